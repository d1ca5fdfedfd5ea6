-- Grain: one row per customer that ever bought or had a contract. A customer that ever had a contract is
-- contractual, and was not before its first one.
with

contracts as (
    select customer_key, min(started_on) as first_contract_on
    from {{ ref('int_subscriptions_converted') }}
    group by customer_key
),

purchases as (
    select customer_key, min(ordered_on) as first_purchase_on
    from {{ ref('int_purchase_days') }}
    group by customer_key
),

final as (
    select
        customers.customer_key,
        case when contracts.customer_key is not null then 'contractual' else 'non_contractual' end as relationship,
        customers.segment,
        customers.region,
        customers.country,
        customers.industry,
        purchases.first_purchase_on,
        contracts.first_contract_on,
        case
            when purchases.first_purchase_on < contracts.first_contract_on then purchases.first_purchase_on
            else coalesce(contracts.first_contract_on, purchases.first_purchase_on)
        end as joined_on
    from {{ ref('int_customers') }} as customers
    left join contracts
        on customers.customer_key = contracts.customer_key
    left join purchases
        on customers.customer_key = purchases.customer_key
    where contracts.customer_key is not null or purchases.customer_key is not null
)

select * from final
