-- Grain: one row per cohort of customers (the month in which they joined), scope, value of the scope and age in
-- months. Age 0 is the end of the month in which they joined; who had left by then is in customers_joined alone.
{% set scopes = ['relationship', 'segment'] %}
with

{% for what, source in {'members': 'int_membership_changes', 'revenues': 'int_revenue_changes'}.items() %}
{{ what }} as (
    select
        changes.*,
        {{ period_start('month', 'relationships.joined_on') }} as cohort_month
    from {{ ref(source) }} as changes
    inner join {{ ref('int_customer_relationships') }} as relationships
        on changes.customer_key = relationships.customer_key
    where changes.period = 'month' {{ "and changes.basis = 'subscriptions'" if what == 'revenues' }}
),

{{ what }}_counted as (
    {{ by_scope(what, scopes, [
        'sum(case when is_active then 1 else 0 end - case when was_active then 1 else 0 end) as change',
        'count(*) filter (where is_first) as joined',
    ] if what == 'members' else [
        'sum(closing_revenue - opening_revenue) as change',
    ], also=['cohort_month']) }}
),
{% endfor %}

cohorts as (
    select cohort_month, scope, scope_value, sum(joined) as customers_joined
    from members_counted
    group by cohort_month, scope, scope_value
),

spine as (
    select
        cohorts.cohort_month,
        cohorts.scope,
        cohorts.scope_value,
        cohorts.customers_joined,
        periods.period_start,
        periods.period_end <= {{ reporting_day('clock.as_of_at') }} as is_complete,
        {{ dbt.datediff('cohorts.cohort_month', 'periods.period_start', 'month') }} as age_months
    from cohorts
    cross join {{ ref('int_as_of') }} as clock
    inner join {{ ref('dim_periods') }} as periods
        on periods.period = 'month'
        and cohorts.cohort_month <= periods.period_start
        and periods.period_start <= {{ reporting_day('clock.as_of_at') }}
),

added_up as (
    select
        spine.cohort_month,
        spine.scope,
        spine.scope_value,
        spine.age_months,
        spine.is_complete,
        cast(spine.customers_joined as bigint) as customers_joined,
        cast(sum(coalesce(members_counted.change, 0)) over up_to_now as bigint) as customers_active,
        cast(sum(coalesce(revenues_counted.change, 0)) over up_to_now as decimal(18, 2)) as recurring_revenue
    from spine
    {% for what in ['members', 'revenues'] %}
    left join {{ what }}_counted
        on spine.cohort_month = {{ what }}_counted.cohort_month
        and spine.period_start = {{ what }}_counted.period_start
        and spine.scope = {{ what }}_counted.scope
        and spine.scope_value = {{ what }}_counted.scope_value
    {% endfor %}
    window up_to_now as (
        partition by spine.cohort_month, spine.scope, spine.scope_value
        order by spine.period_start
        rows between unbounded preceding and current row
    )
),

based as (
    select
        *,
        max(case when age_months = 0 then customers_active end) over cohort as customers_at_start,
        max(case when age_months = 0 then recurring_revenue end) over cohort as recurring_revenue_at_start
    from added_up
    window cohort as (partition by cohort_month, scope, scope_value)
),

final as (
    {% set rate = 'customers_active / nullif(cast(customers_at_start as double), 0)' %}
    select
        cohort_month,
        scope,
        scope_value,
        cast(age_months as bigint) as age_months,
        is_complete,
        customers_joined,
        customers_at_start,
        customers_active,
        recurring_revenue_at_start,
        recurring_revenue,
        round({{ rate }}, 6) as active_share,
        -- Customers who joined and left within the month may come back later: then the share is no proportion.
        case when customers_active <= customers_at_start then round({{ wilson_bound(rate, 'customers_at_start', -1) }}, 6) end
            as active_share_ci_low,
        case when customers_active <= customers_at_start then round({{ wilson_bound(rate, 'customers_at_start', 1) }}, 6) end
            as active_share_ci_high,
        round(recurring_revenue / nullif(cast(recurring_revenue_at_start as double), 0), 6) as revenue_share
    from based
)

select * from final
