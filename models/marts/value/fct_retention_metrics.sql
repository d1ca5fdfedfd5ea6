-- Grain: one row per period, first day of it, scope and value of the scope: who stayed and who left.
-- Churned are customers active at the period's start and not at its end. Who joined within the period is in neither
-- count, whether or not it stayed.
{% set scopes = buyer_scopes() %}
with

changes as (
    select *, case when is_active then 1 else 0 end - case when was_active then 1 else 0 end as net_change
    from {{ ref('int_membership_changes') }}
),

counted as (
    {{ by_scope('changes', scopes, [
        'sum(net_change) as net_change',
        'count(*) filter (where is_first and is_active) as customers_new',
        'count(*) filter (where is_first and not is_active) as customers_joined_and_left',
        'count(*) filter (where not is_first and not was_active and is_active) as customers_reactivated',
        'count(*) filter (where was_active and not is_active) as customers_churned',
    ]) }}
),

spine as (
    {{ every_period('counted') }}
),

added_up as (
    select
        {{ spine_columns() }},
        cast(coalesce(counted.customers_new, 0) as bigint) as customers_new,
        cast(coalesce(counted.customers_joined_and_left, 0) as bigint) as customers_joined_and_left,
        cast(coalesce(counted.customers_reactivated, 0) as bigint) as customers_reactivated,
        cast(coalesce(counted.customers_churned, 0) as bigint) as customers_churned,
        cast(coalesce(counted.net_change, 0) as bigint) as net_change,
        cast(sum(coalesce(counted.net_change, 0)) over up_to_now as bigint) as active_customers
    from spine
    {{ join_counted('spine', 'counted') }}
    {{ window_up_to_now() }}
),

based as (
    select
        *,
        active_customers - net_change as customers_at_start,
        active_customers - net_change - customers_churned as customers_retained
    from added_up
),

final as (
    {% set churned = 'customers_churned / nullif(cast(customers_at_start as double), 0)' %}
    {% set kept = 'customers_retained / nullif(cast(customers_at_start as double), 0)' %}
    select
        period,
        period_start,
        scope,
        scope_value,
        is_complete,
        customers_at_start,
        customers_new,
        customers_reactivated,
        customers_churned,
        customers_retained,
        customers_joined_and_left,
        active_customers,
        round({{ churned }}, 6) as churn_rate,
        round({{ wilson_bound(churned, 'customers_at_start', -1) }}, 6) as churn_rate_ci_low,
        round({{ wilson_bound(churned, 'customers_at_start', 1) }}, 6) as churn_rate_ci_high,
        round({{ kept }}, 6) as retention_rate,
        round({{ wilson_bound(kept, 'customers_at_start', -1) }}, 6) as retention_rate_ci_low,
        round({{ wilson_bound(kept, 'customers_at_start', 1) }}, 6) as retention_rate_ci_high
    from based
)

select * from final
