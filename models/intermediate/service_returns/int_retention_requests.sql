-- Grain: one row per active customer and day on which it told the service centre that it wanted to leave, and whether
-- it was saved: `save_days` later it is active, and none of the contracts that ran has ended, or, where none ran, it has
-- bought again. is_saved is null until then.
with

asked as (
    select customer_key, source_system, lower(category) as category, {{ reporting_day('created_at') }} as asked_on
    from {{ ref('int_tickets_described') }}
    where is_eligible
    union all
    select
        coalesce({{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }})
            as customer_key,
        interactions.source_system,
        lower(interactions.transaction_type) as category,
        {{ reporting_day('interactions.offered_at') }} as asked_on
    from {{ ref('int_interactions_united') }} as interactions
    {{ join_keys('interactions', 'account_id', 'int_account_keys') }}
    {{ join_keys('interactions', 'contact_id', 'int_contact_keys') }}
    where interactions.direction = 'inbound'
),

requests as (
    select asked.customer_key, asked.asked_on
    from asked
    inner join {{ ref('retention_requests') }} as categories
        on asked.category = lower(categories.category)
        and categories.source_system in ('*', asked.source_system)
    where asked.customer_key is not null
    group by asked.customer_key, asked.asked_on
),

{% set judged_on = 'cast(' ~ dbt.dateadd('day', var('save_days'), 'requests.asked_on') ~ ' as date)' %}
states as (
    select
        requests.customer_key,
        requests.asked_on,
        coalesce(sum(case when membership.changed_on < requests.asked_on then membership.change end), 0) > 0 as was_active,
        coalesce(sum(case when membership.changed_on <= {{ judged_on }} then membership.change end), 0) > 0 as is_active
    from requests
    left join {{ ref('int_membership_days') }} as membership
        on requests.customer_key = membership.customer_key
    group by requests.customer_key, requests.asked_on
),

contracts as (
    select
        requests.customer_key,
        requests.asked_on,
        count(*) as contracts,
        count(case when contracts.ended_on <= {{ judged_on }} then 1 end) as contracts_ended
    from requests
    inner join {{ ref('int_subscriptions_converted') }} as contracts
        on requests.customer_key = contracts.customer_key
        and contracts.started_on <= requests.asked_on
        and (contracts.ended_on is null or contracts.ended_on >= requests.asked_on)
    group by requests.customer_key, requests.asked_on
),

purchases as (
    select requests.customer_key, requests.asked_on, count(*) as purchases
    from requests
    inner join {{ ref('int_purchase_days') }} as purchases
        on requests.customer_key = purchases.customer_key
        and purchases.ordered_on > requests.asked_on
        and purchases.ordered_on <= {{ judged_on }}
    group by requests.customer_key, requests.asked_on
),

final as (
    select
        requests.customer_key,
        requests.asked_on,
        case
            when {{ judged_on }} > {{ reporting_day('clock.as_of_at') }} then null
            when contracts.contracts > 0 then requests.is_active and contracts.contracts_ended = 0
            else requests.is_active and coalesce(purchases.purchases, 0) > 0
        end as is_saved
    from states as requests
    cross join {{ ref('int_as_of') }} as clock
    left join contracts
        on requests.customer_key = contracts.customer_key
        and requests.asked_on = contracts.asked_on
    left join purchases
        on requests.customer_key = purchases.customer_key
        and requests.asked_on = purchases.asked_on
    where requests.was_active
)

select * from final
