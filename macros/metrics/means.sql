{# The mean of a number, exact whatever the order of rows: what is summed are whole millionths. #}

{# What the grouped pass keeps. #}
{% macro mean_aggregates(expression, name) -%}
    {% set millionths = 'cast(round(1000000 * ' ~ expression ~ ') as bigint)' -%}
    count({{ expression }}) as {{ name }}_count,
    cast(sum({{ millionths }}) as bigint) as {{ name }}_millionths,
    {{ exact_sum_of_squares(millionths) }} as {{ name }}_squares
{%- endmacro %}

{# Count, sum, mean and its interval, as columns; needs `join_student_t`. #}
{% macro mean_columns(relation, name) -%}
    {% set count = relation ~ '.' ~ name ~ '_count' -%}
    {% set total = relation ~ '.' ~ name ~ '_millionths' -%}
    {% set mean = total ~ ' / nullif(cast(' ~ count ~ ' as double), 0)' -%}
    {% set half = mean_half_width(relation, name, count, total, relation ~ '.' ~ name ~ '_squares') -%}
    coalesce({{ count }}, 0) as {{ name }}_count,
    {{ total }} / 1000000.0 as {{ name }}_sum,
    round({{ mean }} / 1000000, 6) as {{ name }}_mean,
    round(({{ mean }} - {{ half }}) / 1000000, 6) as {{ name }}_mean_ci_low,
    round(({{ mean }} + {{ half }}) / 1000000, 6) as {{ name }}_mean_ci_high
{%- endmacro %}

{# Half the width of the interval of a mean of whole numbers; null for fewer than two. #}
{% macro mean_half_width(relation, name, count, total, squares) -%}
    {{ student_t(count, name ~ '_t.quantile_975') }} * {{ exact_deviation(count, total, squares) }} / sqrt(nullif({{ count }}, 0))
{%- endmacro %}
