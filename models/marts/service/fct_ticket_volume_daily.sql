-- Grain: one row per day, scope and value of the scope: volume, what was to be expected, and its trend.
-- Expected is the median of the same weekday in the eight weeks before; the robust z-score divides by the
-- median absolute deviation there, and by no less than a count's own chance.
{% set history = 'history.weekday_number = days.weekday_number
        and history.created_on >= ' ~ dbt.dateadd('day', -56, 'days.created_on') ~ '
        and history.created_on < days.created_on' %}
with

days as (
    select
        metrics.scope,
        metrics.scope_value,
        metrics.period_start as created_on,
        cast({{ weekday_number('metrics.period_start') }} as integer) as weekday_number,
        {{ dbt.datediff("date '2000-01-01'", 'metrics.period_start', 'day') }} as day_number,
        metrics.tickets_created,
        metrics.is_complete
    from {{ ref('fct_ticket_metrics') }} as metrics
    where metrics.period = 'day'
        and metrics.scope in ('company', 'category', 'channel', 'team', 'offering')
),

medians as (
    select
        days.scope,
        days.scope_value,
        days.created_on,
        count(history.tickets_created) as weeks_of_history,
        percentile_cont(0.5) within group (order by history.tickets_created) as expected
    from days
    inner join days as history
        on days.scope = history.scope
        and days.scope_value = history.scope_value
        and {{ history }}
    group by days.scope, days.scope_value, days.created_on
),

deviations as (
    select
        days.scope,
        days.scope_value,
        days.created_on,
        percentile_cont(0.5) within group (order by abs(history.tickets_created - medians.expected)) as deviation
    from days
    inner join medians
        on days.scope = medians.scope
        and days.scope_value = medians.scope_value
        and days.created_on = medians.created_on
    inner join days as history
        on days.scope = history.scope
        and days.scope_value = history.scope_value
        and {{ history }}
    group by days.scope, days.scope_value, days.created_on
),

compared as (
    select
        days.*,
        case when medians.weeks_of_history >= 4 then medians.expected end as expected,
        {{ robust_scale('deviations.deviation', chance_of_count('medians.expected')) }} as scale,
        avg(case when days.is_complete then days.tickets_created end) over (
            partition by days.scope, days.scope_value, days.weekday_number
        ) as weekday_mean,
        avg(case when days.is_complete then days.tickets_created end) over (
            partition by days.scope, days.scope_value, extract(month from days.created_on)
        ) as month_mean,
        avg(case when days.is_complete then days.tickets_created end) over (partition by days.scope, days.scope_value) as overall_mean,
        count(*) over (partition by days.scope, days.scope_value) as days_known,
        count(*) over (
            partition by days.scope, days.scope_value order by days.created_on nulls last
            rows between 27 preceding and current row
        ) as days_of_trend,
        regr_slope(days.tickets_created, days.day_number) over (
            partition by days.scope, days.scope_value order by days.created_on nulls last
            rows between 27 preceding and current row
        ) as slope
    from days
    left join medians
        on days.scope = medians.scope
        and days.scope_value = medians.scope_value
        and days.created_on = medians.created_on
    left join deviations
        on days.scope = deviations.scope
        and days.scope_value = deviations.scope_value
        and days.created_on = deviations.created_on
),

final as (
    select
        scope,
        scope_value,
        weekday_number,
        tickets_created,
        round(expected, 6) as tickets_expected,
        case when is_complete and expected is not null then round((tickets_created - expected) / nullif(scale, 0), 6) end
            as robust_z,
        case when is_complete and days_of_trend = 28 then round(slope, 6) end as trend_tickets_per_day,
        round(weekday_mean / nullif(overall_mean, 0), 6) as weekday_index,
        case when days_known >= 365 then round(month_mean / nullif(overall_mean, 0), 6) end as month_index,
        coalesce(
            is_complete and expected is not null
            and abs(tickets_created - expected) / nullif(scale, 0) > {{ var('anomaly_robust_z') }}, false
        ) as is_anomaly,
        is_complete,
        created_on
    from compared
)

select * from final
