-- Grain: one row per eligible ticket that was resolved: whether its first contact settled it.
-- Settled at once is: one contact with an agent (or none, where self-service did it), never reopened, and no
-- new contact of the same customer on the same category, from the ticket's creation until the window after
-- its first resolution has passed. Before that nothing is said.
{% set window_end = dbt.dateadd('day', var('repeat_contact_days'), 'resolved.first_resolved_at') %}
with

tickets as (
    select
        source_system,
        ticket_id,
        coalesce(customer_key, contact_key) as asked_by,
        coalesce(category, '') as category,
        created_at
    from {{ ref('int_tickets_described') }}
    where is_eligible
),

resolved as (
    select source_system, ticket_id, reopen_count, first_resolved_at
    from {{ ref('int_tickets_resolved') }}
    where first_resolved_at is not null
),

answered as (
    select source_system, ticket_id, agent_turn_count
    from {{ ref('int_tickets_answered') }}
),

sources as (
    select source_system, sends_statuses from {{ ref('int_sources_described') }}
),

calls as (
    select * from {{ ref('int_ticket_calls_counted') }}
),

counted as (
    select
        tickets.source_system,
        tickets.ticket_id,
        -- What was said in a chat or beside a call is part of that one contact.
        case
            when calls.has_contact_of_own_channel then calls.handled_contact_count
            else answered.agent_turn_count + coalesce(calls.handled_contact_count, 0)
        end as agent_contact_count,
        coalesce(calls.self_served_contact_count, 0) > 0 as is_self_served,
        resolved.reopen_count,
        coalesce(
            next_contact.opened_at <= {{ window_end }} or calls.next_contact_at <= {{ window_end }}, false
        ) as is_repeated,
        -- Where customer, contacts or reopenings are not known, nothing is said.
        tickets.asked_by is not null
        and answered.ticket_id is not null
        and sources.sends_statuses
        and {{ window_end }} <= clock.as_of_at as is_judged
    from tickets
    inner join resolved
        on tickets.source_system = resolved.source_system
        and tickets.ticket_id = resolved.ticket_id
    inner join sources
        on tickets.source_system = sources.source_system
    cross join {{ ref('int_as_of') }} as clock
    left join answered
        on tickets.source_system = answered.source_system
        and tickets.ticket_id = answered.ticket_id
    left join calls
        on tickets.source_system = calls.source_system
        and tickets.ticket_id = calls.ticket_id
    {{ join_next(ref('int_contacts_opened'), 'next_contact',
        'tickets.asked_by = next_contact.asked_by and tickets.category = next_contact.category',
        'tickets.created_at', 'opened_at') }}
),

final as (
    select
        source_system,
        ticket_id,
        agent_contact_count,
        case when is_judged then is_repeated end as is_repeated,
        case
            when is_judged then (agent_contact_count = 1 or (agent_contact_count = 0 and is_self_served))
                and reopen_count = 0
                and not is_repeated
        end as is_first_contact_resolution
    from counted
)

select * from final
