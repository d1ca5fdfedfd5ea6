-- Grain: one row per line of an order.
with

final as (
    select
        {{ surrogate_key(['source_system', 'order_line_id']) }} as order_line_key,
        order_key,
        offering_key,
        source_system,
        order_line_id,
        currency,
        quantity,
        net_amount,
        cost_amount,
        reporting_amount,
        reporting_cost_amount,
        ordered_on
    from {{ ref('int_order_lines_converted') }}
)

select * from final
