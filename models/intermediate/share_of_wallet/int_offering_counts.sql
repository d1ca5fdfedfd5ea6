-- Grain: one row per customer and day on which the number of offerings it uses changed.
with

by_day as (
    select customer_key, day, sum(change) as change
    from {{ ref('int_offering_use_days') }}
    group by customer_key, day
),

final as (
    select
        customer_key,
        day,
        cast(change as bigint) as change,
        cast(
            sum(change) over (
                partition by customer_key order by day
                rows between unbounded preceding and current row
            ) as bigint
        ) as offerings_in_use
    from by_day
    where change <> 0
)

select * from final
