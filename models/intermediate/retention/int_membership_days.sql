-- Grain: one row per customer and day on which what makes it an active customer began or ended.
-- `change` is +1 for a contract that starts or a purchase, -1 for a contract that ends or a purchase that the
-- inactivity window leaves behind. What happens on a day counts from the end of that day on: a customer is
-- active at the start of a day when the changes of the days before add up to more than 0.
with

{% set left_on = dbt.dateadd('day', var('inactivity_days'), 'purchases.ordered_on') %}
purchases as (
    select
        purchases.customer_key,
        purchases.ordered_on,
        -- From its first contract on it is the contract that counts.
        case
            when relationships.first_contract_on < cast({{ left_on }} as date) then relationships.first_contract_on
            else cast({{ left_on }} as date)
        end as left_on
    from {{ ref('int_purchase_days') }} as purchases
    inner join {{ ref('int_customer_relationships') }} as relationships
        on purchases.customer_key = relationships.customer_key
    where relationships.first_contract_on is null or purchases.ordered_on < relationships.first_contract_on
),

contracts as (
    select customer_key, started_on, counts_until from {{ ref('int_subscriptions_converted') }}
),

changes as (
    select customer_key, ordered_on as changed_on, 1 as change from purchases
    union all
    select customer_key, left_on as changed_on, -1 as change from purchases
    union all
    select customer_key, started_on as changed_on, 1 as change from contracts
    union all
    select customer_key, counts_until as changed_on, -1 as change from contracts where counts_until is not null
),

final as (
    select
        changes.customer_key,
        changes.changed_on,
        cast(sum(changes.change) as bigint) as change
    from changes
    cross join {{ ref('int_as_of') }} as clock
    where changes.changed_on <= {{ reporting_day('clock.as_of_at') }}
    group by changes.customer_key, changes.changed_on
)

select * from final
