-- Grain: one row per calendar and uninterrupted interval [opens_at, closes_at) in which it is open, in UTC,
-- with the open time before it. Elapsed business time is the total at the end less the total at the
-- beginning: two lookups, however long a ticket is open.
-- The calendar '24x7' is always there: calendar time is business time without a closing hour.
with

weekdays as (
    select calendar, timezone, weekday_number, opens_minute, closes_minute, valid_from, valid_to
    from {{ ref('int_weekday_hours_split') }}
),

special_hours as (
    select
        calendar,
        holiday_on,
        coalesce({{ minutes_of('opens') }}, 0) as opens_minute,
        -- Without opening hours a holiday is closed all day.
        coalesce({{ minutes_of('closes') }}, 0) as closes_minute
    from {{ ref('holidays') }}
),

days as (
    select date_day from {{ ref('int_calendar_days') }}
),

opened as (
    select
        weekdays.calendar,
        weekdays.timezone,
        days.date_day,
        greatest(weekdays.opens_minute, coalesce(special_hours.opens_minute, 0)) as opens_minute,
        least(weekdays.closes_minute, coalesce(special_hours.closes_minute, 1440)) as closes_minute
    from days
    inner join weekdays
        on {{ weekday_number('days.date_day') }} = weekdays.weekday_number
        and days.date_day >= weekdays.valid_from
        and days.date_day < weekdays.valid_to
    left join special_hours
        on weekdays.calendar = special_hours.calendar
        and days.date_day = special_hours.holiday_on
),

local_edges as (
    select
        calendar,
        timezone,
        {{ plus_minutes('cast(date_day as timestamp)', 'opens_minute') }} as opens,
        {{ plus_minutes('cast(date_day as timestamp)', 'closes_minute') }} as closes
    from opened
    where opens_minute < closes_minute
),

edges as (
    select
        calendar,
        {{ utc_moment('opens', 'timezone') }} as opens_at,
        {{ utc_moment('closes', 'timezone') }} as closes_at
    from local_edges
    union all
    select
        '24x7' as calendar,
        cast(min(date_day) as timestamp with time zone) as opens_at,
        cast(max(date_day) as timestamp with time zone) as closes_at
    from days
    where not exists (select 1 from weekdays where calendar = '24x7')
),

-- Intervals that touch or overlap become one, so that nothing is counted twice.
reached as (
    select
        calendar,
        opens_at,
        closes_at,
        max(closes_at) over (
            partition by calendar order by opens_at, closes_at
            rows between unbounded preceding and 1 preceding
        ) as open_until
    from edges
    where opens_at < closes_at
),

numbered as (
    select
        calendar,
        opens_at,
        closes_at,
        sum(case when opens_at <= open_until then 0 else 1 end) over (
            partition by calendar order by opens_at, closes_at
            rows between unbounded preceding and current row
        ) as interval_number
    from reached
),

joined as (
    select
        calendar,
        min(opens_at) as opens_at,
        max(closes_at) as closes_at
    from numbered
    group by calendar, interval_number
),

final as (
    select
        calendar,
        cast(
            coalesce(
                sum({{ microseconds_between('opens_at', 'closes_at') }}) over (
                    partition by calendar order by opens_at
                    rows between unbounded preceding and 1 preceding
                ), 0
            ) as bigint
        ) as open_microseconds_before,
        opens_at,
        closes_at
    from joined
)

select * from final
