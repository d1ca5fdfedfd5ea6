-- Grain: one row per calendar, UTC day and piece [begins_at, ends_at) of it that is open or closed throughout,
-- with the open time before it: what a moment is looked up in, by calendar and day.
with

intervals as (
    select calendar, opens_at, closes_at
    from {{ ref('int_open_hours_totalled') }}
),

calendars as (
    select calendar from intervals group by calendar
),

days as (
    select date_day from {{ ref('int_calendar_days') }}
),

edges as (
    select calendar, opens_at as begins_at, 1 as opening
    from intervals
    union all
    select calendar, closes_at as begins_at, -1 as opening
    from intervals
    union all
    select calendars.calendar, cast(days.date_day as timestamp with time zone) as begins_at, 0 as opening
    from calendars
    cross join days
),

moments as (
    select calendar, begins_at, sum(opening) as opening
    from edges
    group by calendar, begins_at
),

pieces as (
    select
        calendar,
        begins_at,
        lead(begins_at) over (partition by calendar order by begins_at) as ends_at,
        cast(
            sum(opening) over (
                partition by calendar order by begins_at rows between unbounded preceding and current row
            ) as bigint
        ) as is_open
    from moments
),

final as (
    select
        calendar,
        {{ utc_day_number('begins_at') }} as day_number,
        is_open,
        cast(
            coalesce(
                sum(is_open * {{ microseconds_between('begins_at', 'ends_at') }}) over (
                    partition by calendar order by begins_at
                    rows between unbounded preceding and 1 preceding
                ), 0
            ) as bigint
        ) as open_microseconds_before,
        begins_at,
        ends_at
    from pieces
    where ends_at is not null
)

select * from final
