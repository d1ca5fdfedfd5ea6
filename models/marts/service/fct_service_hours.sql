-- Grain: one row per scope, value of the scope, weekday (0 for all of them) and hour of the day in the
-- reporting timezone, over all that is loaded: how much comes when, and where it gets stuck.
-- An hour is a bottleneck when even the lower end of its median first response is half as long again as the
-- scope's, or even the upper end of its service level is ten points below the scope's.
{% set scopes = ['channel', 'category', 'team', 'queue'] %}
with

tickets as (
    select
        channel,
        category,
        team,
        cast(null as varchar) as queue,
        {{ weekday_number('created_on') }} as weekday_number,
        {{ hour_of(local_time('created_at', var('reporting_timezone'))) }} as hour_of_day,
        1 as tickets_created,
        first_response_calendar_seconds as seconds,
        0 as interactions_offered,
        cast(null as boolean) as is_answered_in_time
    from {{ ref('fct_tickets') }}
    where is_eligible
),

interactions as (
    select
        channel,
        transaction_type as category,
        cast(null as varchar) as team,
        queue,
        {{ weekday_number('offered_on') }} as weekday_number,
        {{ hour_of(local_time('offered_at', var('reporting_timezone'))) }} as hour_of_day,
        0 as tickets_created,
        cast(null as bigint) as seconds,
        case when is_offered then 1 else 0 end as interactions_offered,
        is_answered_in_time
    from {{ ref('fct_interactions') }}
),

contacts as (
    select * from tickets
    union all
    select * from interactions
),

{% set aggregates %}
        sum(tickets_created) as tickets_created,
        count(seconds) as first_response_count,
        {{ sorted_values('seconds') }} as sorted,
        sum(interactions_offered) as interactions_offered,
        count(is_answered_in_time) as interactions_with_service_level,
        count(*) filter (where is_answered_in_time) as interactions_answered_in_time
{% endset %}
counted as (
    {% for scope in ['company'] + scopes %}
    {% set value = "'company'" if scope == 'company' else scope %}
    {% for weekday in ['0', 'weekday_number'] %}
    {% for hour in ['-1', 'hour_of_day'] if weekday == '0' or hour == 'hour_of_day' %}
    {{ 'union all' if not (scope == 'company' and weekday == '0' and hour == '-1') }}
    select
        '{{ scope }}' as scope,
        {{ value }} as scope_value,
        cast({{ weekday }} as integer) as weekday_number,
        cast({{ hour }} as integer) as hour_of_day,
        {{ aggregates }}
    from contacts
    {{ 'where ' ~ scope ~ ' is not null' if scope != 'company' }}
    group by 1, 2, 3, 4
    {% endfor %}
    {% endfor %}
    {% endfor %}
),

measured as (
    select
        *,
        {{ quantile_of('sorted', 0.5) }} as median,
        {{ quantile_bound('sorted', 0.5, -1) }} as median_ci_low,
        {{ quantile_bound('sorted', 0.5, 1) }} as median_ci_high,
        interactions_answered_in_time / nullif(cast(interactions_with_service_level as double), 0)
            as service_level
    from counted
),

bounded as (
    select
        *,
        {{ wilson_bound('service_level', 'cast(interactions_with_service_level as double)', -1) }}
            as service_level_ci_low,
        {{ wilson_bound('service_level', 'cast(interactions_with_service_level as double)', 1) }}
            as service_level_ci_high
    from measured
),

final as (
    select
        hours.scope,
        hours.scope_value,
        hours.weekday_number,
        hours.hour_of_day,
        cast(hours.tickets_created as bigint) as tickets_created,
        hours.first_response_count,
        round(cast(hours.median as double), 6) as first_response_seconds_median,
        cast(hours.median_ci_low as double) as first_response_seconds_median_ci_low,
        cast(hours.median_ci_high as double) as first_response_seconds_median_ci_high,
        cast(hours.interactions_offered as bigint) as interactions_offered,
        hours.interactions_with_service_level,
        hours.interactions_answered_in_time,
        round(hours.service_level, 6) as service_level,
        round(hours.service_level_ci_low, 6) as service_level_ci_low,
        round(hours.service_level_ci_high, 6) as service_level_ci_high,
        coalesce(hours.median_ci_low > 1.5 * overall.median, false)
        or coalesce(hours.service_level_ci_high < overall.service_level - 0.1, false) as is_bottleneck
    from bounded as hours
    inner join bounded as overall
        on hours.scope = overall.scope
        and hours.scope_value = overall.scope_value
        and overall.weekday_number = 0
        and overall.hour_of_day = -1
    where hours.hour_of_day >= 0
)

select * from final
