-- Grain: one row per customer and day with a purchase. Purchases of one day are one purchase.
with

orders as (
    select
        {{ found_key('account_id', 'customer_key') }} as customer_key,
        orders.ordered_on,
        orders.reporting_amount
    from {{ ref('int_orders_converted') }} as orders
    {{ join_keys('orders', 'account_id', 'int_account_keys') }}
    where orders.is_purchase
),

days as (
    select
        customer_key,
        ordered_on,
        cast(sum(reporting_amount) as decimal(18, 2)) as reporting_amount
    from orders
    where customer_key is not null
    group by customer_key, ordered_on
),

final as (
    select
        customer_key,
        row_number() over (partition by customer_key order by ordered_on) as purchase_number,
        reporting_amount,
        ordered_on
    from days
)

select * from final
