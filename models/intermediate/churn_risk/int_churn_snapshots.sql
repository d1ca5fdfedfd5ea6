-- Grain: one row per active customer and snapshot: as_of (number 0) and the days every `churn_horizon_days` before it.
-- has_left says whether the customer was no longer active one horizon later; null for number 0, of which nobody
-- knows yet. A snapshot is what was known at the start of the day after it.
{% set horizon = var('churn_horizon_days') %}
with

snapshots as (
    {% for number in range(var('churn_snapshots') + 1) %}
    select
        {{ number }} as snapshot_number,
        cast({{ dbt.dateadd('day', -horizon * number, reporting_day('as_of_at')) }} as date) as snapshot_on
    from {{ ref('int_as_of') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

states as (
    select
        snapshots.snapshot_number,
        snapshots.snapshot_on,
        membership.customer_key,
        sum(membership.change) as active_things,
        min(membership.changed_on) as joined_on
    from snapshots
    inner join {{ ref('int_membership_days') }} as membership
        on membership.changed_on <= snapshots.snapshot_on
    group by snapshots.snapshot_number, snapshots.snapshot_on, membership.customer_key
),

-- Of buyers nothing is known before the files are older than the inactivity window: nobody can have left yet.
known as (
    select cast({{ dbt.dateadd('day', var('inactivity_days'), 'min(first_purchase_on)') }} as date) as known_from
    from {{ ref('int_customer_relationships') }}
),

final as (
    select
        states.snapshot_number,
        states.snapshot_on,
        states.customer_key,
        states.joined_on,
        case
            when relationships.first_contract_on <= states.snapshot_on then 'contractual'
            else 'non_contractual'
        end as relationship,
        case when states.snapshot_number > 0 then coalesce(later.active_things, 0) <= 0 end as has_left
    from states
    inner join {{ ref('int_customer_relationships') }} as relationships
        on states.customer_key = relationships.customer_key
    cross join known
    left join states as later
        on states.customer_key = later.customer_key
        and states.snapshot_number - 1 = later.snapshot_number
    where states.active_things > 0
        and (relationships.first_contract_on <= states.snapshot_on or states.snapshot_on >= known.known_from)
)

select * from final
