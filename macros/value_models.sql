{# The two fits of every value model: one on what was known by the split, to be checked on the days after it, and one on
   everything. #}
{% macro both_fits() %}
    select 'check' as fit, learned_until, today from {{ ref('int_value_split') }}
    union all
    select 'final' as fit, today as learned_until, today from {{ ref('int_value_split') }}
{% endmacro %}
