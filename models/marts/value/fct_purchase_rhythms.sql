-- Grain: one row per scope and value of the scope: how long customers without a contract usually pause between two purchases, and
-- whether the inactivity window is long enough for it. A pause longer than the window is a customer that was
-- counted as lost and came back. Pauses that still run are not in it.
with

{% set window = var('inactivity_days') %}
pauses as (
    select
        relationships.segment,
        {{ dbt.datediff('purchases.previous_purchase_on', 'purchases.ordered_on', 'day') }} as days
    from {{ ref('int_purchase_days') }} as purchases
    inner join {{ ref('int_customer_relationships') }} as relationships
        on purchases.customer_key = relationships.customer_key
    where purchases.previous_purchase_on is not null and relationships.relationship = 'non_contractual'
),

scoped as (
    select 'company' as scope, 'company' as scope_value, days from pauses
    union all
    select 'segment' as scope, coalesce(segment, '(none)') as scope_value, days from pauses
),

counted as (
    select
        scope,
        scope_value,
        count(*) as pauses,
        count(*) filter (where days <= {{ window }}) as pauses_within_window,
        {{ sorted_values('days') }} as days_sorted
    from scoped
    group by scope, scope_value
),

final as (
    select
        scope,
        scope_value,
        cast({{ window }} as integer) as inactivity_days,
        pauses,
        {{ share_statistics('counted', 'pauses_within_window', 'pauses', 'within_window_share') }},
        round(cast({{ quantile_of('days_sorted', 0.5) }} as double), 6) as days_median,
        round(cast({{ quantile_of('days_sorted', 0.9) }} as double), 6) as days_p90,
        round(cast({{ quantile_of('days_sorted', 0.95) }} as double), 6) as days_p95,
        round(cast({{ quantile_of('days_sorted', 0.99) }} as double), 6) as days_p99
    from counted
)

select * from final
