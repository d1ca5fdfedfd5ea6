-- Grain: one row per customer, offering and day on which its use of the offering began or ended. An offering is in
-- use while a contract for it runs, and `offering_use_days` long after a purchase of it that was kept; only while
-- it is on sale.
with

offerings as (
    select
        {{ surrogate_key(['source_system', 'offering_id']) }} as offering_key,
        category,
        launched_on,
        retired_on
    from {{ ref('int_offerings_united') }}
),

uses as (
    select
        customer_key,
        offering_key,
        ordered_on as used_from,
        cast({{ dbt.dateadd('day', var('offering_use_days'), 'ordered_on') }} as date) as used_until
    from {{ ref('int_order_lines_converted') }}
    where is_purchase and quantity > 0 and net_amount >= 0
    union all
    select customer_key, offering_key, started_on as used_from, ended_on as used_until
    from {{ ref('int_subscriptions_converted') }}
),

on_sale as (
    select
        uses.customer_key,
        uses.offering_key,
        offerings.category,
        case when offerings.launched_on > uses.used_from then offerings.launched_on else uses.used_from end as used_from,
        case
            when offerings.retired_on < uses.used_until or uses.used_until is null then offerings.retired_on
            else uses.used_until
        end as used_until
    from uses
    inner join offerings
        on uses.offering_key = offerings.offering_key
),

changes as (
    select customer_key, offering_key, category, used_from as day, 1 as change from on_sale
    where used_until is null or used_until > used_from
    union all
    select customer_key, offering_key, category, used_until as day, -1 as change from on_sale
    where used_until > used_from
),

by_day as (
    select customer_key, offering_key, category, day, sum(change) as change
    from changes
    cross join {{ ref('int_as_of') }} as clock
    where day <= {{ reporting_day('clock.as_of_at') }}
    group by customer_key, offering_key, category, day
),

added_up as (
    select
        *,
        sum(change) over (
            partition by customer_key, offering_key order by day
            rows between unbounded preceding and current row
        ) as uses_running
    from by_day
),

final as (
    select
        customer_key,
        offering_key,
        category,
        day,
        case when uses_running > 0 then 1 else -1 end as change
    from added_up
    where uses_running > 0 and uses_running = change or uses_running = 0 and change < 0
)

select * from final
