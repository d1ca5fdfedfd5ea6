-- Grain: one row per day on which calendars are laid out: from before the first ticket to far enough ahead
-- to see when open targets fall due.
with

span as (
    select
        min(tickets.created_at) as first_at,
        max(clock.as_of_at) as as_of_at
    from {{ ref('int_tickets_united') }} as tickets
    cross join {{ ref('int_as_of') }} as clock
),

bounds as (
    select
        cast({{ dbt.dateadd('day', -2, 'cast(first_at as date)') }} as date) as first_on,
        cast({{ dbt.dateadd('day', var('calendar_days_ahead'), 'cast(as_of_at as date)') }} as date) as last_on
    from span
    where first_at is not null
),

final as (
    select date_day
    from (
        {{ date_series('(select first_on from bounds)', '(select last_on from bounds)') }}
    ) as series
    where date_day is not null
)

select * from final
