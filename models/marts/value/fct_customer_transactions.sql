-- Grain: one row per customer, month, kind of activity and category.
with

counted as (
    select
        customer_key,
        {{ period_start('month', 'day') }} as period_start,
        kind,
        coalesce(category, '(none)') as category,
        count(*) as transactions,
        count(*) filter (where is_counted) as transactions_counted_once,
        cast(sum(category_amount) as decimal(18, 2)) as transaction_value,
        cast(sum(case when is_counted then amount end) as decimal(18, 2)) as value_counted_once
    from {{ ref('int_customer_activities') }}
    group by customer_key, {{ period_start('month', 'day') }}, kind, coalesce(category, '(none)')
),

final as (
    select
        customer_key,
        period_start,
        kind,
        category,
        transactions,
        transactions_counted_once,
        transaction_value,
        value_counted_once,
        case
            when customer_key is not null
                then round(
                    transactions / nullif(cast(sum(transactions) over (partition by customer_key, period_start) as double), 0), 6
                )
        end as share_of_transactions
    from counted
)

select * from final
