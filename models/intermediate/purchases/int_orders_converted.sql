-- Grain: one row per order, its value in the reporting currency at the rate of the day it was placed.
with

orders as (
    select
        orders.*,
        upper(orders.currency) as currency_code,
        {{ found_key('account_id', 'customer_key') }} as customer_key,
        {{ reporting_day('orders.ordered_at') }} as ordered_on
    from {{ ref('int_orders_united') }} as orders
    {{ join_keys('orders', 'account_id', 'int_account_keys') }}
),

rates as (
    select currency, rate, valid_from, valid_to
    from {{ ref('int_exchange_rates_dated') }}
),

final as (
    select
        {{ surrogate_key(['orders.source_system', 'orders.order_id']) }} as order_key,
        orders.source_system,
        orders.order_id,
        orders.customer_key,
        orders.contact_id,
        orders.sourced_ticket_id,
        orders.sourced_interaction_id,
        orders.status,
        orders.channel,
        orders.currency_code as currency,
        orders.net_amount,
        rates.rate as exchange_rate,
        -- What was cancelled or came back in full is no revenue.
        cast(
            case when orders.status in ('cancelled', 'returned') then 0 else orders.net_amount end
            * rates.rate as decimal(18, 2)
        ) as reporting_amount,
        -- A purchase is what a customer bought and kept; a credit is none.
        orders.status in ('placed', 'fulfilled') and orders.net_amount >= 0 as is_purchase,
        orders.ordered_on,
        orders.ordered_at
    from orders
    left join rates
        on orders.currency_code = rates.currency
        and orders.ordered_on >= rates.valid_from
        and orders.ordered_on < rates.valid_to
)

select * from final
