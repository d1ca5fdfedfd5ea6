-- Grain: one row per contract, its monthly amount in the reporting currency at the rate of the day it started:
-- a currency that moves is no expansion. An end after as_of has not happened yet. A contract that the customer's next
-- one follows within `renewal_gap_days` counts until that one starts: it was renewed.
with

subscriptions as (
    select
        subscriptions.*,
        upper(subscriptions.currency) as currency_code,
        {{ found_key('account_id', 'customer_key') }} as customer_key,
        {{ found_key('offering_id', 'offering_key') }} as offering_key,
        {{ found_key('offering_id', 'category') }} as category,
        {{ reporting_day('subscriptions.started_at') }} as started_on,
        case when subscriptions.ended_at <= clock.as_of_at then {{ reporting_day('subscriptions.ended_at') }} end
            as ended_on
    from {{ ref('int_subscriptions_united') }} as subscriptions
    cross join {{ ref('int_as_of') }} as clock
    {{ join_keys('subscriptions', 'account_id', 'int_account_keys') }}
    {{ join_keys('subscriptions', 'offering_id', 'int_offering_keys') }}
),

starts as (
    select customer_key, started_on
    from subscriptions
    group by customer_key, started_on
),

final as (
    select
        {{ surrogate_key(['subscriptions.source_system', 'subscriptions.subscription_id']) }} as subscription_key,
        subscriptions.customer_key,
        subscriptions.offering_key,
        subscriptions.source_system,
        subscriptions.subscription_id,
        subscriptions.category,
        subscriptions.currency_code as currency,
        subscriptions.monthly_amount,
        cast(subscriptions.monthly_amount * rates.rate as decimal(18, 2)) as reporting_monthly_amount,
        cast(subscriptions.monthly_amount * rates.rate * shares.margin_share as decimal(18, 2))
            as reporting_monthly_margin,
        case when subscriptions.ended_on is not null then subscriptions.cancel_reason end as cancel_reason,
        subscriptions.started_at,
        case when subscriptions.ended_on is not null then subscriptions.ended_at end as ended_at,
        subscriptions.started_on,
        subscriptions.ended_on,
        case
            when next_one.started_on <= {{ dbt.dateadd('day', var('renewal_gap_days'), 'subscriptions.ended_on') }}
                then next_one.started_on
            else subscriptions.ended_on
        end as counts_until
    from subscriptions
    {{ join_next('starts', 'next_one', 'subscriptions.customer_key = next_one.customer_key', 'subscriptions.ended_on', 'started_on') }}
    left join {{ ref('int_exchange_rates_dated') }} as rates
        on subscriptions.currency_code = rates.currency
        and subscriptions.started_on >= rates.valid_from
        and subscriptions.started_on < rates.valid_to
    left join {{ ref('int_margin_shares') }} as shares
        on coalesce(subscriptions.category, '*') = shares.category
)

select * from final
