-- Grain: one row per row of business_calendars and weekday on which it is open, cut at midnight.
-- A row of the seed is an interval of the week: from a weekday's clock time to a weekday's clock time. So a
-- night shift, 24 × 5 and 24 × 7 are each one row, and a lunch break makes two.
with

hours as (
    select
        calendar,
        timezone,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to,
        {{ weekday_of('weekday') }} as opens_on,
        {{ weekday_of('closes_weekday') }} as closes_on,
        {{ minutes_of('opens') }} as opens_minute,
        {{ minutes_of('closes') }} as closes_minute
    from {{ ref('business_calendars') }}
),

-- Minutes since Monday 00:00. What ends where it began lasts a whole day, or, with both weekdays given, a
-- whole week.
weekly as (
    select
        calendar,
        timezone,
        valid_from,
        valid_to,
        (opens_on - 1) * 1440 + opens_minute as begins,
        case
            when closes_on is not null then (closes_on - 1) * 1440 + closes_minute
            when closes_minute > opens_minute then (opens_on - 1) * 1440 + closes_minute
            else opens_on * 1440 + closes_minute
        end as ends
    from hours
),

unrolled as (
    select
        calendar,
        timezone,
        valid_from,
        valid_to,
        begins,
        case when ends <= begins then ends + 10080 else ends end as ends
    from weekly
),

-- An interval may run on into the next week: its days are those of two weeks.
days as (
    {% for number in range(14) %}
    select {{ number }} as day_number{{ ' union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        unrolled.calendar,
        unrolled.timezone,
        days.day_number % 7 + 1 as weekday_number,
        greatest(unrolled.begins - days.day_number * 1440, 0) as opens_minute,
        least(unrolled.ends - days.day_number * 1440, 1440) as closes_minute,
        unrolled.valid_from,
        unrolled.valid_to
    from unrolled
    inner join days
        on unrolled.begins < (days.day_number + 1) * 1440
        and unrolled.ends > days.day_number * 1440
)

select * from final
