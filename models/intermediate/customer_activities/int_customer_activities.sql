-- Grain: one row per activity of a customer and category it touches. An order of two categories has two rows, of
-- which `is_counted` marks one. Value is what an order or return was worth, in the reporting currency; null for
-- activities without a price.
with

orders as (
    select
        orders.order_key,
        orders.customer_key,
        orders.ordered_on,
        case
            when orders.status = 'cancelled' then 'cancellation'
            when orders.status = 'returned' or orders.net_amount < 0 then 'return'
            else 'order'
        end as kind,
        cast(abs(orders.net_amount) * orders.exchange_rate as decimal(18, 2)) as amount
    from {{ ref('int_orders_converted') }} as orders
),

categories as (
    select
        lines.order_key,
        lines.category,
        cast(abs(sum(lines.net_amount)) * max(orders.exchange_rate) as decimal(18, 2)) as amount
    from {{ ref('int_order_lines_converted') }} as lines
    inner join {{ ref('int_orders_converted') }} as orders
        on lines.order_key = orders.order_key
    group by lines.order_key, lines.category
),

ordered as (
    select
        orders.customer_key,
        orders.kind,
        categories.category,
        orders.ordered_on as day,
        row_number() over (partition by orders.order_key order by categories.category nulls last) = 1 as is_counted,
        orders.amount,
        coalesce(categories.amount, orders.amount) as category_amount
    from orders
    left join categories
        on orders.order_key = categories.order_key
),

others as (
    select customer_key, 'contact' as kind, category, {{ reporting_day('created_at') }} as day
    from {{ ref('int_tickets_described') }}
    where is_eligible
    union all
    select
        coalesce({{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }})
            as customer_key,
        'contact' as kind,
        interactions.transaction_type as category,
        {{ reporting_day('interactions.offered_at') }} as day
    from {{ ref('int_interactions_united') }} as interactions
    {{ join_keys('interactions', 'account_id', 'int_account_keys') }}
    {{ join_keys('interactions', 'contact_id', 'int_contact_keys') }}
    where interactions.ticket_id is null and interactions.direction = 'inbound'
    union all
    select
        coalesce({{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }})
            as customer_key,
        'digital' as kind,
        events.kind as category,
        {{ reporting_day('events.occurred_at') }} as day
    from {{ ref('int_digital_events_united') }} as events
    {{ join_keys('events', 'account_id', 'int_account_keys') }}
    {{ join_keys('events', 'contact_id', 'int_contact_keys') }}
),

final as (
    select customer_key, kind, category, day, is_counted, amount, category_amount from ordered
    union all
    select
        customer_key,
        kind,
        category,
        day,
        true as is_counted,
        cast(null as decimal(18, 2)) as amount,
        cast(null as decimal(18, 2)) as category_amount
    from others
)

select * from final
