{# Statistics of a duration, from one grouped pass to the wide marts and on to the metric values. #}

{# What the grouped pass keeps of a duration in seconds. #}
{% macro duration_aggregates(seconds, name) -%}
    count({{ seconds }}) as {{ name }}_count,
    cast(sum({{ seconds }}) as bigint) as {{ name }}_seconds_sum,
    {{ exact_sum_of_squares(seconds) }} as {{ name }}_seconds_squared,
    {{ sorted_values(seconds) }} as {{ name }}_sorted
{%- endmacro %}

{# The quantiles that every duration is published with. #}
{% macro duration_quantiles() %}
    {{ return([('median', 0.5), ('p90', 0.9), ('p95', 0.95)]) }}
{% endmacro %}

{# Joins the quantile of Student's t for a duration, for `duration_columns`. #}
{% macro join_student_t(relation, name) %}
    left join {{ ref('student_t_quantiles') }} as {{ name }}_t
        on {{ name }}_t.degrees_of_freedom = {{ relation }}.{{ name }}_count - 1
{% endmacro %}

{# Mean and quantiles with their intervals, as columns; needs `join_student_t`. #}
{% macro duration_columns(relation, name) -%}
    {% set count = relation ~ '.' ~ name ~ '_count' -%}
    {% set mean = relation ~ '.' ~ name ~ '_seconds_sum / nullif(cast(' ~ count ~ ' as double), 0)' -%}
    {% set half = mean_half_width(relation, name, count, relation ~ '.' ~ name ~ '_seconds_sum',
        relation ~ '.' ~ name ~ '_seconds_squared') -%}
    {% set sorted = relation ~ '.' ~ name ~ '_sorted' -%}
    coalesce({{ count }}, 0) as {{ name }}_count,
    {{ relation }}.{{ name }}_seconds_sum,
    round({{ mean }}, 6) as {{ name }}_seconds_mean,
    round({{ mean }} - {{ half }}, 6) as {{ name }}_seconds_mean_ci_low,
    round({{ mean }} + {{ half }}, 6) as {{ name }}_seconds_mean_ci_high
    {%- for label, p in duration_quantiles() %},
    round(cast({{ quantile_of(sorted, p) }} as double), 6) as {{ name }}_seconds_{{ label }},
    cast({{ quantile_bound(sorted, p, -1) }} as double) as {{ name }}_seconds_{{ label }}_ci_low,
    cast({{ quantile_bound(sorted, p, 1) }} as double) as {{ name }}_seconds_{{ label }}_ci_high
    {%- endfor %}
{%- endmacro %}
