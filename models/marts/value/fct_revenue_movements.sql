-- Grain: one row per basis, period, first day of it, scope and value of the scope: how monthly revenue moved.
-- opening + new + reactivated + expansion - contraction - churned = closing, of every customer by its state at the
-- period's two ends.
{% set scopes = buyer_scopes() %}
{% set up = 'closing_revenue - opening_revenue' %}
with

changes as (
    select * from {{ ref('int_revenue_changes') }}
),

counted as (
    {{ by_scope('changes', scopes, [
        "sum(" ~ up ~ ") as net_change",
        "sum(case when opening_revenue = 0 and is_first then closing_revenue end) as new_revenue",
        "sum(case when opening_revenue = 0 and not is_first then closing_revenue end) as reactivated_revenue",
        "sum(case when opening_revenue > 0 and closing_revenue > opening_revenue then " ~ up ~ " end) as expansion_revenue",
        "sum(case when closing_revenue > 0 and closing_revenue < opening_revenue then opening_revenue - closing_revenue end) as contraction_revenue",
        "sum(case when opening_revenue > 0 and closing_revenue = 0 then opening_revenue end) as churned_revenue",
        "count(*) filter (where opening_revenue > 0 and closing_revenue = 0) as customers_churned",
        "count(*) filter (where closing_revenue > 0 and closing_revenue < opening_revenue) as customers_contracted",
        "count(*) filter (where opening_revenue > 0 and closing_revenue > opening_revenue) as customers_expanded",
        "count(*) filter (where opening_revenue = 0 and closing_revenue > 0) - count(*) filter (where opening_revenue > 0 and closing_revenue = 0) as net_customers",
    ], also=['basis']) }}
),

spine as (
    {{ every_period('counted', also=['basis']) }}
),

added_up as (
    select
        {{ spine_columns() }},
        spine.basis,
        {% for movement in ['new', 'reactivated', 'expansion', 'contraction', 'churned'] %}
        cast(coalesce(counted.{{ movement }}_revenue, 0) as decimal(18, 2)) as {{ movement }}_revenue,
        {% endfor %}
        {% for count in ['churned', 'contracted', 'expanded'] %}
        cast(coalesce(counted.customers_{{ count }}, 0) as bigint) as customers_{{ count }},
        {% endfor %}
        coalesce(counted.net_change, 0) as net_change,
        coalesce(counted.net_customers, 0) as net_customers,
        sum(coalesce(counted.net_change, 0)) over up_to_now as closing_revenue,
        sum(coalesce(counted.net_customers, 0)) over up_to_now as customers_at_end
    from spine
    {{ join_counted('spine', 'counted', also=['basis']) }}
    {{ window_up_to_now(also=['basis']) }}
),

final as (
    {% set opening = 'nullif(cast(closing_revenue - net_change as double), 0)' %}
    select
        basis,
        period,
        period_start,
        scope,
        scope_value,
        is_complete,
        cast(customers_at_end - net_customers as bigint) as customers_at_start,
        cast(customers_at_end as bigint) as customers_at_end,
        customers_expanded,
        customers_contracted,
        customers_churned,
        cast(closing_revenue - net_change as decimal(18, 2)) as opening_revenue,
        new_revenue,
        reactivated_revenue,
        expansion_revenue,
        contraction_revenue,
        churned_revenue,
        cast(closing_revenue as decimal(18, 2)) as closing_revenue,
        round((churned_revenue + contraction_revenue) / {{ opening }}, 6) as revenue_churn_rate,
        round(
            (closing_revenue - net_change + expansion_revenue - contraction_revenue - churned_revenue) / {{ opening }}, 6
        ) as net_revenue_retention_rate
    from added_up
)

select * from final
