{# The periods of the warehouse and the scopes within them. #}

{% macro period_names() %}{{ return(['day', 'week', 'month', 'quarter', 'year']) }}{% endmacro %}

{# The day of a moment in the company's reporting timezone. #}
{% macro reporting_day(moment) -%}
    cast({{ local_time(moment, var('reporting_timezone')) }} as date)
{%- endmacro %}

{# First day of the period that holds a day; weeks begin on the company's first day of the week. #}
{% macro period_start(period, day) -%}
    {% if period == 'day' -%}
    {{ day }}
    {%- elif period == 'week' and var('week_offset_days') -%}
    cast({{ dbt.dateadd('day', var('week_offset_days'), dbt.date_trunc('week', dbt.dateadd('day', -var('week_offset_days'), day))) }} as date)
    {%- else -%}
    cast({{ dbt.date_trunc(period, day) }} as date)
    {%- endif %}
{%- endmacro %}

{# First day after a period. #}
{% macro period_end(period, start) -%}
    {% if period == 'quarter' -%}
    cast({{ dbt.dateadd('month', 3, start) }} as date)
    {%- else -%}
    cast({{ dbt.dateadd(period, 1, start) }} as date)
    {%- endif %}
{%- endmacro %}

{# First day of the period before, and of the same one a year earlier: 52 weeks for a week, which keeps its days. #}
{% macro period_before(period, start) -%}
    cast(case {{ period }}
        when 'day' then {{ dbt.dateadd('day', -1, start) }}
        when 'week' then {{ dbt.dateadd('day', -7, start) }}
        when 'month' then {{ dbt.dateadd('month', -1, start) }}
        when 'quarter' then {{ dbt.dateadd('month', -3, start) }}
        else {{ dbt.dateadd('month', -12, start) }}
    end as date)
{%- endmacro %}

{% macro period_year_before(period, start) -%}
    cast(case when {{ period }} in ('day', 'week') then {{ dbt.dateadd('day', -364, start) }} else {{ dbt.dateadd('month', -12, start) }} end as date)
{%- endmacro %}

{# The columns that grouping sets group scopes by; a null in a scope is the scope value '(none)'. #}
{% macro scopes_filled(scopes) -%}
    {% for scope in scopes -%}
    coalesce({{ scope }}, '(none)') as scope_{{ scope }}{{ ',
            ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The scope of a row of such a set and its value, as columns. #}
{% macro grouped_scope(scopes) -%}
    case
            {% for scope in scopes %}
            when grouping(scope_{{ scope }}) = 0 then '{{ scope }}'
            {% endfor %}
            else 'company'
        end as scope,
        coalesce({% for scope in scopes %}scope_{{ scope }}, {% endfor %}'company') as scope_value
{%- endmacro %}

{# One grouped pass over a relation for every period and scope.

   relation: has the column `day` and one column per scope; scopes: names of those columns;
   aggregates: SQL of the aggregated columns, each with its alias; never_daily: scopes so fine that a day of
   them says nothing. A null in a scope's column is the scope value '(none)'. Yields period, period_start,
   scope, scope_value and the aggregates. #}
{% macro by_period_and_scope(relation, scopes, aggregates, never_daily=[]) %}
    {% set sets = [] %}
    {% for period in period_names() %}
        {% do sets.append('(start_of_' ~ period ~ ')') %}
        {% for scope in scopes if period != 'day' or scope not in never_daily %}
            {% do sets.append('(start_of_' ~ period ~ ', scope_' ~ scope ~ ')') %}
        {% endfor %}
    {% endfor %}
    select
        case
            {% for period in period_names() %}
            when grouping(start_of_{{ period }}) = 0 then '{{ period }}'
            {% endfor %}
        end as period,
        coalesce({% for period in period_names() %}start_of_{{ period }}{{ ', ' if not loop.last }}{% endfor %})
            as period_start,
        {{ grouped_scope(scopes) }},
        {{ aggregates | join(',\n        ') }}
    from (
        select
            *,
            {% for period in period_names() %}
            {{ period_start(period, 'day') }} as start_of_{{ period }},
            {% endfor %}
            {{ scopes_filled(scopes) }}
        from {{ relation }}
    ) as placed
    group by grouping sets (
        {{ sets | join(',\n        ') }}
    )
{% endmacro %}

{# The same over a relation that has a row per period already: its columns period and period_start stay. `also`
   are further columns to group by. #}
{% macro by_scope(relation, scopes, aggregates, also=[]) %}
    {% set kept = (['period', 'period_start'] + also) | join(', ') %}
    select
        {{ kept }},
        {{ grouped_scope(scopes) }},
        {{ aggregates | join(',\n        ') }}
    from (
        select
            *,
            {{ scopes_filled(scopes) }}
        from {{ relation }}
    ) as placed
    group by grouping sets (
        ({{ kept }}){% for scope in scopes %},
        ({{ kept }}, scope_{{ scope }}){% endfor %}
    )
{% endmacro %}

{# What a customer that ever bought is grouped by. #}
{% macro buyer_scopes() %}{{ return(['relationship', 'segment', 'region', 'country', 'industry']) }}{% endmacro %}

{# Every period and scope value from its first observed period to the one that holds `as_of`.

   observed: relation with period, period_start, scope, scope_value. A period in which nothing
   happened gets a row too: a count of it is 0 and a rate is null, and neither is a gap. `also`: further columns
   that a row is told apart by. #}
{% macro every_period(observed, also=[]) %}
    select
        began.period,
        periods.period_start,
        {% for column in also %}
        began.{{ column }},
        {% endfor %}
        began.scope,
        began.scope_value,
        periods.period_end <= {{ reporting_day('clock.as_of_at') }} as is_complete
    from (
        select
            period, scope, scope_value, {% for column in also %}{{ column }}, {% endfor %}min(period_start) as first_period_start
        from {{ observed }}
        group by period, scope, scope_value{% for column in also %}, {{ column }}{% endfor %}
    ) as began
    inner join {{ ref('dim_periods') }} as periods
        on began.period = periods.period
        and began.first_period_start <= periods.period_start
    cross join {{ ref('int_as_of') }} as clock
    where periods.period_start <= {{ reporting_day('clock.as_of_at') }}
{% endmacro %}

{# The columns with which every wide mart begins. #}
{% macro spine_columns() -%}
    spine.period,
        spine.period_start,
        spine.scope,
        spine.scope_value,
        spine.is_complete
{%- endmacro %}

{# Joins what was counted to the row of the spine with the same period, scope and value. #}
{% macro join_counted(spine, relation, also=[]) %}
    left join {{ relation }}
        on {{ spine }}.period = {{ relation }}.period
        {% for column in also %}
        and {{ spine }}.{{ column }} = {{ relation }}.{{ column }}
        {% endfor %}
        and {{ spine }}.period_start = {{ relation }}.period_start
        and {{ spine }}.scope = {{ relation }}.scope
        and {{ spine }}.scope_value = {{ relation }}.scope_value
{% endmacro %}

{# The window `up_to_now` over the spine: a period of a scope and all before it. `also` as in every_period. #}
{% macro window_up_to_now(also=[]) %}
    window up_to_now as (
        partition by {% for column in also %}spine.{{ column }}, {% endfor %}spine.period, spine.scope, spine.scope_value
        order by spine.period_start
        rows between unbounded preceding and current row
    )
{% endmacro %}
