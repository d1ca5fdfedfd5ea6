-- Grain: one row per period, first day of it, scope and value of the scope: the transaction profile.
-- An order of two categories is one transaction, and one in each of the two in scope category.
{% set scopes = ['kind', 'category', 'segment', 'region', 'country', 'industry'] %}
with

activities as (
    select
        activities.day,
        activities.kind,
        activities.category,
        activities.is_counted,
        activities.amount,
        activities.category_amount,
        {% for scope in scopes[2:] %}
        customers.{{ scope }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_customer_activities') }} as activities
    left join {{ ref('int_customers') }} as customers
        on activities.customer_key = customers.customer_key
),

counted as (
    {{ by_period_and_scope('activities', scopes, [
        'count(*) filter (where is_counted) as counted',
        'count(*) as touched',
        "count(*) filter (where is_counted and kind = 'order') as orders",
        "count(*) filter (where is_counted and kind = 'return') as returned",
        "count(*) filter (where kind = 'order') as category_orders",
        "count(*) filter (where kind = 'return') as category_returned",
        "sum(case when is_counted and kind = 'order' then amount end) as order_amount",
        "sum(case when kind = 'order' then category_amount end) as category_order_amount",
        "sum(case when is_counted then amount end) as any_amount",
    ]) }}
),

spine as (
    {{ every_period('counted') }}
),

placed as (
    select
        {{ spine_columns() }},
        coalesce(case when spine.scope = 'category' then counted.touched else counted.counted end, 0) as transactions,
        coalesce(case when spine.scope = 'category' then counted.category_orders else counted.orders end, 0) as orders,
        coalesce(case when spine.scope = 'category' then counted.category_returned else counted.returned end, 0)
            as orders_returned,
        -- What a kind is worth is its own; anywhere else it is what was ordered and kept.
        coalesce(
            case spine.scope
                when 'kind' then counted.any_amount
                when 'category' then counted.category_order_amount
                else counted.order_amount
            end, 0
        ) as transaction_value
    from spine
    {{ join_counted('spine', 'counted') }}
),

final as (
    {% set share = "placed.transactions / nullif(cast(whole.transactions as double), 0)" %}
    {% set returned = "placed.orders_returned / nullif(cast(placed.orders + placed.orders_returned as double), 0)" %}
    select
        placed.period,
        placed.period_start,
        placed.scope,
        placed.scope_value,
        placed.is_complete,
        placed.transactions,
        coalesce(whole.transactions, 0) as all_transactions,
        round(case when placed.scope <> 'company' then {{ share }} end, 6) as transaction_share,
        round(case when placed.scope <> 'company' then {{ wilson_bound(share, 'whole.transactions', -1) }} end, 6)
            as transaction_share_ci_low,
        round(case when placed.scope <> 'company' then {{ wilson_bound(share, 'whole.transactions', 1) }} end, 6)
            as transaction_share_ci_high,
        placed.orders + placed.orders_returned as orders_delivered,
        placed.orders_returned,
        round({{ returned }}, 6) as return_rate,
        round({{ wilson_bound(returned, '(placed.orders + placed.orders_returned)', -1) }}, 6) as return_rate_ci_low,
        round({{ wilson_bound(returned, '(placed.orders + placed.orders_returned)', 1) }}, 6) as return_rate_ci_high,
        cast(placed.transaction_value as decimal(18, 2)) as transaction_value
    from placed
    left join placed as whole
        on whole.scope = 'company'
        and placed.period = whole.period
        and placed.period_start = whole.period_start
)

select * from final
