-- Grain: one row per line of an order, in the reporting currency at the rate of the order's day.
with

orders as (
    select order_key, customer_key, source_system, order_id, status, is_purchase, exchange_rate, currency, ordered_on
    from {{ ref('int_orders_converted') }}
),

final as (
    select
        order_lines.source_system,
        order_lines.order_line_id,
        order_lines.order_id,
        orders.order_key,
        orders.customer_key,
        {{ found_key('offering_id', 'offering_key') }} as offering_key,
        {{ found_key('offering_id', 'category') }} as category,
        orders.currency,
        order_lines.quantity,
        order_lines.net_amount,
        order_lines.cost_amount,
        cast(
            case when orders.status in ('cancelled', 'returned') then 0 else order_lines.net_amount end
            * orders.exchange_rate as decimal(18, 2)
        ) as reporting_amount,
        cast(
            case when orders.status in ('cancelled', 'returned') then 0 else order_lines.cost_amount end
            * orders.exchange_rate as decimal(18, 2)
        ) as reporting_cost_amount,
        orders.is_purchase,
        orders.ordered_on
    from {{ ref('int_order_lines_united') }} as order_lines
    left join orders
        on order_lines.source_system = orders.source_system
        and order_lines.order_id = orders.order_id
    {{ join_keys('order_lines', 'offering_id', 'int_offering_keys') }}
)

select * from final
