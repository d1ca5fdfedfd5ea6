-- Grain: one row per period of the first purchase, first day of it, scope and value of the scope.
{% set scopes = ['segment', 'region', 'country', 'industry'] %}
with

purchases as (
    select customer_key, purchase_number, reporting_amount, ordered_on
    from {{ ref('int_purchase_days') }}
),

buyers as (
    select
        purchases.customer_key,
        min(purchases.ordered_on) as day,
        count(*) - 1 as repeat_purchases,
        sum(purchases.reporting_amount) filter (where purchases.purchase_number > 1) as repeat_amount
    from purchases
    group by purchases.customer_key
),

described as (
    select
        buyers.day,
        buyers.repeat_purchases,
        buyers.repeat_amount,
        {% for scope in scopes %}
        customers.{{ scope }}{{ ',' if not loop.last }}
        {% endfor %}
    from buyers
    inner join {{ ref('dim_customers') }} as customers
        on buyers.customer_key = customers.customer_key
),

counted as (
    {{ by_period_and_scope('described', scopes, [
        'count(*) as buyers',
        'count(*) filter (where repeat_purchases > 0) as repeat_buyers',
        'cast(sum(repeat_purchases) as bigint) as repeat_purchases',
        'cast(coalesce(sum(repeat_amount), 0) as decimal(18, 2)) as repeat_amount',
    ]) }}
),

spine as (
    {{ every_period('counted') }}
),

final as (
    {% set rate = 'counted.repeat_buyers / nullif(cast(counted.buyers as double), 0)' %}
    select
        spine.period,
        spine.period_start,
        spine.scope,
        spine.scope_value,
        spine.is_complete,
        coalesce(counted.buyers, 0) as buyers,
        coalesce(counted.repeat_buyers, 0) as repeat_buyers,
        coalesce(counted.repeat_purchases, 0) as repeat_purchases,
        coalesce(counted.repeat_amount, 0) as repeat_amount,
        round({{ rate }}, 6) as repeat_purchase_rate,
        round({{ wilson_bound(rate, 'counted.buyers', -1) }}, 6) as repeat_purchase_rate_ci_low,
        round({{ wilson_bound(rate, 'counted.buyers', 1) }}, 6) as repeat_purchase_rate_ci_high
    from spine
    left join counted
        on spine.period = counted.period
        and spine.period_start = counted.period_start
        and spine.scope = counted.scope
        and spine.scope_value = counted.scope_value
)

select * from final
