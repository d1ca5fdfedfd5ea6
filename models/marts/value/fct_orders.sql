-- Grain: one row per order.
with

final as (
    select
        orders.order_key,
        orders.customer_key,
        {{ found_key('contact_id', 'contact_key') }} as contact_key,
        {{ found_key('ticket_id', 'ticket_key') }} as sourced_ticket_key,
        {{ found_key('interaction_id', 'interaction_key') }} as sourced_interaction_key,
        orders.source_system,
        orders.order_id,
        orders.status,
        orders.channel,
        orders.currency,
        orders.net_amount,
        orders.exchange_rate,
        orders.reporting_amount,
        margins.reporting_margin,
        orders.is_purchase,
        orders.ordered_on,
        orders.ordered_at
    from {{ ref('int_orders_converted') }} as orders
    inner join {{ ref('int_order_margins') }} as margins
        on orders.order_key = margins.order_key
    {{ join_keys('orders', 'contact_id', 'int_contact_keys') }}
    {{ join_keys('orders', 'ticket_id', 'int_ticket_keys', named_by='sourced_ticket_id') }}
    {{ join_keys('orders', 'interaction_id', 'int_interaction_keys', named_by='sourced_interaction_id') }}
)

select * from final
