-- Grain: one row per order, with the margin that was made with it, in the reporting currency: amount less cost of
-- its lines; of a line without a cost the share that margin_shares states for its category, or that the lines
-- of the category with a cost show. Null where none of this is known.
with

lines as (
    select
        order_key,
        coalesce(category, '*') as category,
        reporting_amount as amount,
        reporting_cost_amount as cost
    from {{ ref('int_order_lines_converted') }}
),

known as (
    select
        lines.order_key,
        lines.amount,
        cast(coalesce(lines.amount - lines.cost, lines.amount * shares.margin_share) as decimal(18, 2)) as margin
    from lines
    left join {{ ref('int_margin_shares') }} as shares
        on lines.category = shares.category
),

by_order as (
    select
        order_key,
        case when count(margin) = count(*) then cast(sum(margin) as decimal(18, 2)) end as margin
    from known
    group by order_key
),

any_category as (
    select margin_share from {{ ref('int_margin_shares') }} where category = '*'
),

final as (
    select
        orders.order_key,
        orders.customer_key,
        orders.ordered_on,
        case
            when orders.status in ('cancelled', 'returned') then cast(0 as decimal(18, 2))
            when by_order.order_key is not null then by_order.margin
            else cast(orders.reporting_amount * any_category.margin_share as decimal(18, 2))
        end as reporting_margin
    from {{ ref('int_orders_converted') }} as orders
    left join by_order
        on orders.order_key = by_order.order_key
    left join any_category
        on true
)

select * from final
