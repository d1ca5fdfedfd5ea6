-- Grain: one row per cohort of buyers (the month of their first purchase), scope, value of the scope and age in
-- months: who had bought again by the end of that month, how often and for how much.
{% set scopes = ['segment'] %}
with

purchases as (
    select
        'month' as period,
        {{ period_start('month', 'purchases.ordered_on') }} as period_start,
        {{ period_start('month', 'relationships.first_purchase_on') }} as cohort_month,
        relationships.segment,
        purchases.purchase_number,
        purchases.reporting_amount
    from {{ ref('int_purchase_days') }} as purchases
    inner join {{ ref('int_customer_relationships') }} as relationships
        on purchases.customer_key = relationships.customer_key
),

counted as (
    {{ by_scope('purchases', scopes, [
        'count(*) filter (where purchase_number = 1) as buyers',
        'count(*) filter (where purchase_number = 2) as repeat_buyers',
        'count(*) filter (where purchase_number > 1) as repeat_purchases',
        'sum(case when purchase_number > 1 then reporting_amount end) as repeat_purchase_value',
    ], also=['cohort_month']) }}
),

cohorts as (
    select cohort_month, scope, scope_value, sum(buyers) as buyers
    from counted
    group by cohort_month, scope, scope_value
),

added_up as (
    select
        cohorts.cohort_month,
        cohorts.scope,
        cohorts.scope_value,
        cast({{ dbt.datediff('cohorts.cohort_month', 'periods.period_start', 'month') }} as bigint) as age_months,
        periods.period_end <= {{ reporting_day('clock.as_of_at') }} as is_complete,
        cast(cohorts.buyers as bigint) as buyers,
        cast(sum(coalesce(counted.repeat_buyers, 0)) over up_to_now as bigint) as repeat_buyers,
        cast(sum(coalesce(counted.repeat_purchases, 0)) over up_to_now as bigint) as repeat_purchases,
        cast(sum(coalesce(counted.repeat_purchase_value, 0)) over up_to_now as decimal(18, 2)) as repeat_purchase_value
    from cohorts
    cross join {{ ref('int_as_of') }} as clock
    inner join {{ ref('dim_periods') }} as periods
        on periods.period = 'month'
        and cohorts.cohort_month <= periods.period_start
        and periods.period_start <= {{ reporting_day('clock.as_of_at') }}
    left join counted
        on cohorts.cohort_month = counted.cohort_month
        and cohorts.scope = counted.scope
        and cohorts.scope_value = counted.scope_value
        and periods.period_start = counted.period_start
    window up_to_now as (
        partition by cohorts.cohort_month, cohorts.scope, cohorts.scope_value
        order by periods.period_start
        rows between unbounded preceding and current row
    )
),

final as (
    {% set rate = 'repeat_buyers / nullif(cast(buyers as double), 0)' %}
    select
        cohort_month,
        scope,
        scope_value,
        age_months,
        is_complete,
        buyers,
        repeat_buyers,
        repeat_purchases,
        repeat_purchase_value,
        round({{ rate }}, 6) as repeat_purchase_rate,
        round({{ wilson_bound(rate, 'buyers', -1) }}, 6) as repeat_purchase_rate_ci_low,
        round({{ wilson_bound(rate, 'buyers', 1) }}, 6) as repeat_purchase_rate_ci_high
    from added_up
)

select * from final
