-- Grain: one row, the days between which the value models learn and are checked: they are fitted on what was known
-- by the end of learned_until, checked on the days after it (half of the history, at most a year), and fitted
-- again on everything, which is what is used.
with

began as (
    select min(joined_on) as began_on from {{ ref('int_customer_relationships') }}
),

spans as (
    select
        began.began_on,
        {{ reporting_day('clock.as_of_at') }} as today,
        {{ dbt.datediff('began.began_on', reporting_day('clock.as_of_at'), 'day') }} + 1 as days
    from began
    cross join {{ ref('int_as_of') }} as clock
),

final as (
    select
        began_on,
        cast({{ dbt.dateadd('day', '-' ~ no_more_than('floor(days / 2.0)', var('holdout_days_most')), 'today') }} as date)
            as learned_until,
        today
    from spans
)

select * from final
