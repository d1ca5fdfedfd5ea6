-- Grain: one row per customer, basis and day on which its monthly revenue changed, in the reporting currency.
-- basis subscriptions: what contracts bring a month. basis purchases: what was bought in the inactivity window,
-- as a monthly average, whether or not the customer also has contracts.
with

{% set months = var('inactivity_days') / 30.4375 %}
purchases as (
    select
        customer_key,
        ordered_on,
        cast({{ dbt.dateadd('day', var('inactivity_days'), 'ordered_on') }} as date) as left_on,
        cast(reporting_amount / {{ months }} as decimal(18, 2)) as monthly_amount
    from {{ ref('int_purchase_days') }}
),

contracts as (
    select customer_key, started_on, counts_until, reporting_monthly_amount as monthly_amount
    from {{ ref('int_subscriptions_converted') }}
),

changes as (
    select customer_key, 'purchases' as basis, ordered_on as changed_on, monthly_amount as change from purchases
    union all
    select customer_key, 'purchases' as basis, left_on as changed_on, -monthly_amount as change from purchases
    union all
    select customer_key, 'subscriptions' as basis, started_on as changed_on, monthly_amount as change from contracts
    union all
    select customer_key, 'subscriptions' as basis, counts_until as changed_on, -monthly_amount as change
    from contracts
    where counts_until is not null
),

final as (
    select
        changes.customer_key,
        changes.basis,
        changes.changed_on,
        cast(sum(changes.change) as decimal(18, 2)) as change
    from changes
    cross join {{ ref('int_as_of') }} as clock
    where changes.changed_on <= {{ reporting_day('clock.as_of_at') }} and changes.change is not null
    group by changes.customer_key, changes.basis, changes.changed_on
)

select * from final
