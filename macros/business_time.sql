{# Business time: reading calendars, and elapsed time by lookup of running totals. #}

{# Monday 1 to Sunday 7 from a weekday's English name; null for none. #}
{% macro weekday_of(name) -%}
    case lower({{ name }})
        {% for weekday in ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] -%}
        when '{{ weekday }}' then {{ loop.index }}
        {% endfor -%}
    end
{%- endmacro %}

{# Minutes since midnight of a clock time HH:MM; null for none. #}
{% macro minutes_of(clock_time) -%}
    (cast({{ dbt.split_part(clock_time, "':'", 1) }} as integer) * 60
    + cast({{ dbt.split_part(clock_time, "':'", 2) }} as integer))
{%- endmacro %}

{# Joins the piece of a calendar's day in which a moment lies. #}
{% macro join_open_hours(alias, calendar, moment) %}
    left join {{ ref('int_open_hours_by_day') }} as {{ alias }}
        on {{ calendar }} = {{ alias }}.calendar
        and {{ utc_day_number(moment) }} = {{ alias }}.day_number
        and {{ moment }} >= {{ alias }}.begins_at
        and {{ moment }} < {{ alias }}.ends_at
{% endmacro %}

{# Open microseconds of a calendar from its beginning to a moment; `alias` is what `join_open_hours` joined.
   Null without a moment or a calendar. #}
{% macro open_microseconds_until(alias, moment) -%}
    ({{ alias }}.open_microseconds_before
        + {{ alias }}.is_open * {{ microseconds_between(alias ~ '.begins_at', moment) }})
{%- endmacro %}

{# Whole seconds of microseconds, rounded down. #}
{% macro whole_seconds(microseconds) -%}
    cast(floor({{ microseconds }} / 1000000.0) as bigint)
{%- endmacro %}
