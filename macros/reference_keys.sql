{# From identifiers to keys. A row names a record by the identifier of its own source, or, where that
   source has none such, by the identifier of the one source that has it. #}
{% macro reference_keys(united, id, key) %}
with

records as (
    select
        source_system,
        {{ id }},
        {{ surrogate_key(['source_system', id]) }} as {{ key }}
    from {{ ref(united) }}
),

final as (
    select source_system, {{ id }}, {{ key }} from records
    union all
    select '*' as source_system, {{ id }}, min({{ key }}) as {{ key }}
    from records
    group by {{ id }}
    having count(*) = 1
)

select * from final
{% endmacro %}

{# Joins that give `relation` the keys of the records it names. #}
{% macro join_keys(relation, id, keys, named_by=none) %}
    left join {{ ref(keys) }} as own_{{ id }}
        on {{ relation }}.source_system = own_{{ id }}.source_system
        and {{ relation }}.{{ named_by or id }} = own_{{ id }}.{{ id }}
    left join {{ ref(keys) }} as any_{{ id }}
        on any_{{ id }}.source_system = '*'
        and {{ relation }}.{{ named_by or id }} = any_{{ id }}.{{ id }}
{% endmacro %}

{# The key that `join_keys` found; null where nothing has the identifier. #}
{% macro found_key(id, key) -%}
    coalesce(own_{{ id }}.{{ key }}, any_{{ id }}.{{ key }})
{%- endmacro %}
