-- Grain: one row per customer, month, kind of activity and category.
with

counted as (
    select
        customer_key,
        {{ period_start('month', 'day') }} as period_start,
        kind,
        coalesce(category, '(none)') as category,
        count(*) as transactions,
        cast(sum(category_amount) as decimal(18, 2)) as transaction_value
    from {{ ref('int_customer_activities') }}
    where customer_key is not null
    group by customer_key, {{ period_start('month', 'day') }}, kind, coalesce(category, '(none)')
),

final as (
    select
        customer_key,
        period_start,
        kind,
        category,
        transactions,
        transaction_value,
        round(
            transactions / nullif(cast(sum(transactions) over (partition by customer_key, period_start) as double), 0), 6
        ) as share_of_transactions
    from counted
)

select * from final
