-- Grain: one row per customer and uninterrupted time under contract; left_on is null while it lasts.
with

by_day as (
    select customer_key, day, sum(change) as change
    from (
        select customer_key, started_on as day, 1 as change from {{ ref('int_subscriptions_converted') }}
        union all
        select customer_key, counts_until as day, -1 as change
        from {{ ref('int_subscriptions_converted') }}
        where counts_until is not null
    ) as changes
    group by customer_key, day
),

running as (
    select
        customer_key,
        day,
        change,
        sum(change) over (
            partition by customer_key order by day
            rows between unbounded preceding and current row
        ) as contracts
    from by_day
),

edges as (
    select
        customer_key,
        day,
        contracts > 0 as begins,
        lead(day) over (partition by customer_key order by day) as next_day
    from running
    -- What starts and ends on one day is no time.
    where (contracts > 0 and contracts = change) or (contracts = 0 and change < 0)
),

final as (
    select
        customer_key,
        row_number() over (partition by customer_key order by day) as spell_number,
        row_number() over (partition by customer_key order by day desc nulls last) = 1 as is_latest,
        day as began_on,
        next_day as left_on
    from edges
    where begins
)

select * from final
