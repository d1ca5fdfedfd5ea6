-- Grain: one row per fit (check, final) and customer without a contract that bought by the fit's last day: what
-- BG/NBD and gamma-gamma read. Weeks are days ÷ 7. Purchases of one day are one; the first is not a repeat.
with

split as (
    {{ both_fits() }}
),

purchases as (
    select purchases.*
    from {{ ref('int_purchase_days') }} as purchases
    inner join {{ ref('int_customer_relationships') }} as relationships
        on purchases.customer_key = relationships.customer_key
    where relationships.relationship = 'non_contractual'
),

final as (
    select
        split.fit,
        purchases.customer_key,
        count(*) filter (where purchases.ordered_on <= split.learned_until) - 1 as repeat_purchases,
        {{ dbt.datediff(
            'min(purchases.ordered_on)',
            'max(case when purchases.ordered_on <= split.learned_until then purchases.ordered_on end)', 'day'
        ) }} as days_to_last_purchase,
        {{ dbt.datediff('min(purchases.ordered_on)', 'max(split.learned_until)', 'day') }} as days_known,
        cast(
            sum(
                case
                    when purchases.ordered_on <= split.learned_until and purchases.purchase_number > 1
                        then purchases.reporting_amount
                end
            ) as double
        ) / nullif(count(*) filter (where purchases.ordered_on <= split.learned_until) - 1, 0) as mean_repeat_value,
        count(*) filter (where purchases.ordered_on > split.learned_until) as purchases_after,
        cast(coalesce(sum(case when purchases.ordered_on > split.learned_until then purchases.reporting_amount end), 0) as double)
            as value_after,
        {{ dbt.datediff('max(split.learned_until)', 'max(split.today)', 'day') }} as days_after
    from purchases
    cross join split
    group by split.fit, purchases.customer_key
    having min(purchases.ordered_on) <= max(split.learned_until)
)

select * from final
