-- Grain: one row per customer and day with a purchase. Purchases of one day are one purchase.
with

orders as (
    select customer_key, ordered_on, reporting_amount
    from {{ ref('int_orders_converted') }}
    where is_purchase and customer_key is not null
),

days as (
    select
        customer_key,
        ordered_on,
        cast(sum(reporting_amount) as decimal(18, 2)) as reporting_amount
    from orders
    group by customer_key, ordered_on
),

final as (
    select
        customer_key,
        row_number() over (partition by customer_key order by ordered_on) as purchase_number,
        reporting_amount,
        lag(ordered_on) over (partition by customer_key order by ordered_on) as previous_purchase_on,
        ordered_on
    from days
)

select * from final
