-- Grain: one row per account_id and source that may name it, with the customer; source_system '*' is any other
-- source, and has a row only where the identifier means one customer.
with

records as (
    select source_system, record_id as account_id, customer_key
    from {{ ref('int_customers_resolved') }}
    where record_kind in ('account', 'buyer')
),

final as (
    select source_system, account_id, customer_key from records
    union all
    select '*' as source_system, account_id, min(customer_key) as customer_key
    from records
    group by account_id
    having count(distinct customer_key) = 1
)

select * from final
