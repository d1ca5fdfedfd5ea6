-- Grain: one row per line of an order.
with

orders as (
    select source_system, order_id, status, currency, exchange_rate, ordered_on
    from {{ ref('int_orders_converted') }}
),

final as (
    select
        {{ surrogate_key(['order_lines.source_system', 'order_lines.order_line_id']) }} as order_line_key,
        {{ surrogate_key(['order_lines.source_system', 'order_lines.order_id']) }} as order_key,
        {{ found_key('offering_id', 'offering_key') }} as offering_key,
        order_lines.source_system,
        order_lines.order_line_id,
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
        orders.ordered_on
    from {{ ref('int_order_lines_united') }} as order_lines
    left join orders
        on order_lines.source_system = orders.source_system
        and order_lines.order_id = orders.order_id
    {{ join_keys('order_lines', 'offering_id', 'int_offering_keys') }}
)

select * from final
