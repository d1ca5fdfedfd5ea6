{# The only SQL that differs between engines. Each macro has one implementation an engine; a second
   engine adds a file beside this one with the same names and its own prefix. #}

{# Whole seconds from one time to a later one; negative when they are the other way round. #}
{% macro seconds_between(from_at, to_at) %}{{ return(adapter.dispatch('seconds_between')(from_at, to_at)) }}{% endmacro %}
{% macro duckdb__seconds_between(from_at, to_at) -%}
    cast(floor((epoch_us({{ to_at }}) - epoch_us({{ from_at }})) / 1000000) as bigint)
{%- endmacro %}

{# The wall-clock time of a moment in a timezone, without zone. #}
{% macro local_time(moment, timezone) %}{{ return(adapter.dispatch('local_time')(moment, timezone)) }}{% endmacro %}
{% macro duckdb__local_time(moment, timezone) -%}
    timezone('{{ timezone }}', {{ moment }})
{%- endmacro %}

{# One row a day from one date to another, both included, as column `date_day`. #}
{% macro date_series(first_on, last_on) %}{{ return(adapter.dispatch('date_series')(first_on, last_on)) }}{% endmacro %}
{% macro duckdb__date_series(first_on, last_on) -%}
    select cast(unnest(generate_series({{ first_on }}, {{ last_on }}, interval 1 day)) as date) as date_day
{%- endmacro %}

{# The values of a group as a sorted array, without nulls; null for a group without any. #}
{% macro sorted_values(expression) %}{{ return(adapter.dispatch('sorted_values')(expression)) }}{% endmacro %}
{% macro duckdb__sorted_values(expression) -%}
    list_sort(list({{ expression }}) filter (where {{ expression }} is not null))
{%- endmacro %}

{# The element of an array at a position, counted from 1; null outside it. #}
{% macro element_at(values, position) %}{{ return(adapter.dispatch('element_at')(values, position)) }}{% endmacro %}
{% macro duckdb__element_at(values, position) -%}
    {{ values }}[cast({{ position }} as bigint)]
{%- endmacro %}

{# The number of elements of an array; null for no array. #}
{% macro array_length(values) %}{{ return(adapter.dispatch('array_length')(values)) }}{% endmacro %}
{% macro duckdb__array_length(values) -%}
    len({{ values }})
{%- endmacro %}

{# Weekday of a date, Monday 1 to Sunday 7. #}
{% macro weekday_number(day) %}{{ return(adapter.dispatch('weekday_number')(day)) }}{% endmacro %}
{% macro duckdb__weekday_number(day) -%}
    extract(isodow from {{ day }})
{%- endmacro %}
