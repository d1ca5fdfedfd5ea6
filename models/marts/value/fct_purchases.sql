-- Grain: one row per customer and day with a purchase. Purchases of one day are one purchase.
with

purchases as (
    select customer_key, purchase_number, reporting_amount, previous_purchase_on, ordered_on
    from {{ ref('int_purchase_days') }}
),

final as (
    select
        purchases.customer_key,
        relationships.relationship,
        purchases.purchase_number,
        {{ dbt.datediff('purchases.previous_purchase_on', 'purchases.ordered_on', 'day') }} as days_since_last,
        purchases.reporting_amount,
        purchases.ordered_on
    from purchases
    inner join {{ ref('int_customer_relationships') }} as relationships
        on purchases.customer_key = relationships.customer_key
)

select * from final
