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

{# The values of a window's rows that meet a condition as an array, in the order of the window; null for none. #}
{% macro values_over(expression, condition, window) %}{{ return(adapter.dispatch('values_over')(expression, condition, window)) }}{% endmacro %}
{% macro duckdb__values_over(expression, condition, window) -%}
    list({{ expression }}) filter (where {{ condition }}) over {{ window }}
{%- endmacro %}

{# An array in ascending order. #}
{% macro sorted_array(values) %}{{ return(adapter.dispatch('sorted_array')(values)) }}{% endmacro %}
{% macro duckdb__sorted_array(values) -%}
    list_sort({{ values }})
{%- endmacro %}

{# The texts of a group joined, in an order. #}
{% macro texts_joined(expression, separator, order_by) %}{{ return(adapter.dispatch('texts_joined')(expression, separator, order_by)) }}{% endmacro %}
{% macro duckdb__texts_joined(expression, separator, order_by) -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }})
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

{# The moment at which a timezone's clocks show a time. A time they show twice is its first occurrence; a
   time they leave out is what they would have shown had they not moved. #}
{% macro utc_moment(wall_clock, timezone) %}{{ return(adapter.dispatch('utc_moment')(wall_clock, timezone)) }}{% endmacro %}
{% macro duckdb__utc_moment(wall_clock, timezone) -%}
    case
        when timezone({{ timezone }}, timezone({{ timezone }}, {{ wall_clock }}) - interval 1 hour) = {{ wall_clock }}
            then timezone({{ timezone }}, {{ wall_clock }}) - interval 1 hour
        else timezone({{ timezone }}, {{ wall_clock }})
    end
{%- endmacro %}

{# Whole microseconds from one time to a later one. #}
{% macro microseconds_between(from_at, to_at) %}{{ return(adapter.dispatch('microseconds_between')(from_at, to_at)) }}{% endmacro %}
{% macro duckdb__microseconds_between(from_at, to_at) -%}
    (epoch_us({{ to_at }}) - epoch_us({{ from_at }}))
{%- endmacro %}

{# A time moved by whole microseconds. #}
{% macro plus_microseconds(moment, count) %}{{ return(adapter.dispatch('plus_microseconds')(moment, count)) }}{% endmacro %}
{% macro duckdb__plus_microseconds(moment, count) -%}
    ({{ moment }} + to_microseconds({{ count }}))
{%- endmacro %}

{# A time moved by whole minutes, without zone. #}
{% macro plus_minutes(wall_clock, count) %}{{ return(adapter.dispatch('plus_minutes')(wall_clock, count)) }}{% endmacro %}
{% macro duckdb__plus_minutes(wall_clock, count) -%}
    ({{ wall_clock }} + to_minutes({{ count }}))
{%- endmacro %}

{# Joins, to each row, the latest row of a relation that is not later: equal in `same`, its `theirs` at or
   before `ours`. #}
{% macro join_latest(relation, alias, same, ours, theirs) %}{{ return(adapter.dispatch('join_latest')(relation, alias, same, ours, theirs)) }}{% endmacro %}
{% macro duckdb__join_latest(relation, alias, same, ours, theirs) %}
    asof left join {{ relation }} as {{ alias }}
        on {{ same }}
        and {{ ours }} >= {{ alias }}.{{ theirs }}
{% endmacro %}

{# The latest value of an expression that is not null, up to this row of a window (`last_known`), or the first
   one of the whole window (`first_known`). `frame` ends with the row up to which is looked. #}
{% macro last_known(expression, partition_by, order_by, until='current row') %}{{ return(adapter.dispatch('last_known')(expression, partition_by, order_by, until)) }}{% endmacro %}
{% macro duckdb__last_known(expression, partition_by, order_by, until) -%}
    last_value({{ expression }} ignore nulls) over (
        partition by {{ partition_by }} order by {{ order_by }}
        rows between unbounded preceding and {{ until }}
    )
{%- endmacro %}
{% macro first_known(expression, partition_by, order_by) %}{{ return(adapter.dispatch('first_known')(expression, partition_by, order_by)) }}{% endmacro %}
{% macro duckdb__first_known(expression, partition_by, order_by) -%}
    first_value({{ expression }} ignore nulls) over (
        partition by {{ partition_by }} order by {{ order_by }}
        rows between unbounded preceding and unbounded following
    )
{%- endmacro %}

{# Joins, to each row, the earliest row of a relation that is later: equal in `same`, its `theirs` after
   `ours`. #}
{% macro join_next(relation, alias, same, ours, theirs) %}{{ return(adapter.dispatch('join_next')(relation, alias, same, ours, theirs)) }}{% endmacro %}
{% macro duckdb__join_next(relation, alias, same, ours, theirs) %}
    asof left join {{ relation }} as {{ alias }}
        on {{ same }}
        and {{ ours }} < {{ alias }}.{{ theirs }}
{% endmacro %}

{# The number of a moment's day in UTC, counted from 1970-01-01. #}
{% macro utc_day_number(moment) %}{{ return(adapter.dispatch('utc_day_number')(moment)) }}{% endmacro %}
{% macro duckdb__utc_day_number(moment) -%}
    (epoch_us({{ moment }}) // 86400000000)
{%- endmacro %}

{# The hour of a wall-clock time, 0 to 23. #}
{% macro hour_of(wall_clock) %}{{ return(adapter.dispatch('hour_of')(wall_clock)) }}{% endmacro %}
{% macro duckdb__hour_of(wall_clock) -%}
    cast(extract(hour from {{ wall_clock }}) as integer)
{%- endmacro %}

{# The sum of squares of whole numbers, exact: sums of doubles change with the order of the rows. #}
{% macro exact_sum_of_squares(expression) %}{{ return(adapter.dispatch('exact_sum_of_squares')(expression)) }}{% endmacro %}
{% macro duckdb__exact_sum_of_squares(expression) -%}
    sum(cast({{ expression }} as hugeint) * {{ expression }})
{%- endmacro %}

{# Standard deviation of a sample of whole numbers from its exact sums; null for fewer than two. #}
{% macro exact_deviation(count, total, squares) %}{{ return(adapter.dispatch('exact_deviation')(count, total, squares)) }}{% endmacro %}
{% macro duckdb__exact_deviation(count, total, squares) -%}
    sqrt(
        cast({{ count }} * {{ squares }} - cast({{ total }} as hugeint) * {{ total }} as double)
        / nullif(cast({{ count }} as double) * ({{ count }} - 1), 0)
    )
{%- endmacro %}

{# Every match of a regular expression replaced. The classes \p{Hebrew}, \p{Arabic} and \p{Latin} and code points
   as \x{0640} are the only ones used beyond what all engines share. #}
{% macro replace_all(text, pattern, replacement) %}{{ return(adapter.dispatch('replace_all')(text, pattern, replacement)) }}{% endmacro %}
{% macro duckdb__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern | replace("'", "''") }}', '{{ replacement }}', 'g')
{%- endmacro %}

{# The matches of a regular expression as an array, in order. #}
{% macro all_matches(text, pattern, group=0) %}{{ return(adapter.dispatch('all_matches')(text, pattern, group)) }}{% endmacro %}
{% macro duckdb__all_matches(text, pattern, group=0) -%}
    regexp_extract_all({{ text }}, '{{ pattern | replace("'", "''") }}'{{ ', ' ~ group if group }})
{%- endmacro %}

{# The elements of an array of texts, joined by a line break. #}
{% macro joined_lines(values) %}{{ return(adapter.dispatch('joined_lines')(values)) }}{% endmacro %}
{% macro duckdb__joined_lines(values) -%}
    array_to_string({{ values }}, chr(10))
{%- endmacro %}

{# One row per word of an array column, with its position from 1 and the two words after it, null beyond the end. #}
{% macro words_placed(relation, columns, words) %}{{ return(adapter.dispatch('words_placed')(relation, columns, words)) }}{% endmacro %}
{% macro duckdb__words_placed(relation, columns, words) %}
    select
        {{ columns | join(', ') }},
        cast(unnest(range(1, len({{ words }}) + 1)) as integer) as position,
        unnest({{ words }}) as word,
        unnest({{ words }}[2:]) as second_word,
        unnest({{ words }}[3:]) as third_word
    from {{ relation }}
{% endmacro %}

{# A hash of a set of texts, the same whatever their order; null for an empty set. #}
{% macro digest_of(expression) %}{{ return(adapter.dispatch('digest_of')(expression)) }}{% endmacro %}
{% macro duckdb__digest_of(expression) -%}
    md5(cast(bit_xor(md5_number({{ expression }})) as varchar) || ':' || cast(count(*) as varchar))
{%- endmacro %}
