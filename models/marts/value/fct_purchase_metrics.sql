-- Grain: one row per period, first day of it, scope and value of the scope.
-- The rate is of all customers up to the end of the period: a rate of new buyers alone would fall in
-- every latest period, because they have not had the time to come back.
{% set scopes = buyer_scopes() %}
with

purchases as (
    select
        purchases.ordered_on as day,
        purchases.purchase_number,
        purchases.reporting_amount,
        {{ dbt.datediff('purchases.previous_purchase_on', 'purchases.ordered_on', 'day') }} as days_since_last,
        {% for scope in scopes %}
        customers.{{ scope }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_purchase_days') }} as purchases
    inner join {{ ref('int_customer_relationships') }} as customers
        on purchases.customer_key = customers.customer_key
),

counted as (
    {{ by_period_and_scope('purchases', scopes, [
        'count(*) filter (where purchase_number = 1) as new_buyers',
        'count(*) filter (where purchase_number = 2) as new_repeat_buyers',
        'count(*) filter (where purchase_number > 1) as repeat_purchases',
        'cast(coalesce(sum(reporting_amount) filter (where purchase_number > 1), 0) as decimal(18, 2)) as repeat_amount',
        'cast(sum(reporting_amount) as decimal(18, 2)) as amount',
        mean_aggregates('days_since_last', 'days_between_purchases'),
    ]) }}
),

spine as (
    {{ every_period('counted') }}
),

added_up as (
    select
        {{ spine_columns() }},
        coalesce(counted.new_buyers, 0) as new_buyers,
        coalesce(counted.repeat_purchases, 0) as repeat_purchases,
        coalesce(counted.repeat_amount, 0) as repeat_purchase_value,
        coalesce(counted.amount, 0) as purchase_value,
        {{ mean_columns('counted', 'days_between_purchases') }},
        cast(sum(counted.new_buyers) over up_to_now as bigint) as buyers,
        cast(sum(counted.new_repeat_buyers) over up_to_now as bigint) as repeat_buyers
    from spine
    {{ join_counted('spine', 'counted') }}
    {{ join_student_t('counted', 'days_between_purchases') }}
    {{ window_up_to_now() }}
),

final as (
    {% set rate = 'repeat_buyers / nullif(cast(buyers as double), 0)' %}
    select
        period,
        period_start,
        scope,
        scope_value,
        is_complete,
        new_buyers,
        repeat_purchases,
        repeat_purchase_value,
        purchase_value,
        buyers,
        repeat_buyers,
        round({{ rate }}, 6) as repeat_purchase_rate,
        round({{ wilson_bound(rate, 'buyers', -1) }}, 6) as repeat_purchase_rate_ci_low,
        round({{ wilson_bound(rate, 'buyers', 1) }}, 6) as repeat_purchase_rate_ci_high,
        days_between_purchases_count,
        days_between_purchases_sum,
        days_between_purchases_mean,
        days_between_purchases_mean_ci_low,
        days_between_purchases_mean_ci_high
    from added_up
)

select * from final
