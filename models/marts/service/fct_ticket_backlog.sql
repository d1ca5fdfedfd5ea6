-- Grain: one row per period, first day of it, scope and value of the scope: the tickets open at its end, or,
-- for the period that is running, as of now.
with

changes as (
    select * from {{ ref('int_backlog_changes') }}
),

began as (
    select scope, scope_value, min(changed_on) as first_on
    from changes
    group by scope, scope_value
),

clock as (
    select {{ reporting_day('as_of_at') }} as today from {{ ref('int_as_of') }}
),

days as (
    select began.scope, began.scope_value, dates.date_day
    from began
    cross join clock
    inner join {{ ref('dim_dates') }} as dates
        on began.first_on <= dates.date_day
        and dates.date_day <= clock.today
),

daily as (
    select
        days.scope,
        days.scope_value,
        days.date_day,
        cast(
            sum(coalesce(changes.change, 0)) over (
                partition by days.scope, days.scope_value order by days.date_day nulls last
                rows between unbounded preceding and current row
            ) as bigint
        ) as tickets_open
    from days
    left join changes
        on days.scope = changes.scope
        and days.scope_value = changes.scope_value
        and days.date_day = changes.changed_on
),

final as (
    select
        periods.period,
        periods.period_start,
        daily.scope,
        daily.scope_value,
        periods.period_end <= clock.today as is_complete,
        daily.tickets_open
    from {{ ref('dim_periods') }} as periods
    cross join clock
    inner join daily
        on daily.date_day
        = least(cast({{ dbt.dateadd('day', -1, 'periods.period_end') }} as date), clock.today)
        and periods.period_start <= clock.today
)

select * from final
