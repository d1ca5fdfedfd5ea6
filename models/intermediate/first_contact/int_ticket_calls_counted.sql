-- Grain: one row per ticket that live contacts name.
with

interactions as (
    select
        {{ found_key('ticket_id', 'ticket_key') }} as ticket_key,
        interactions.channel,
        interactions.direction,
        interactions.outcome,
        interactions.offered_at
    from {{ ref('int_interactions_united') }} as interactions
    {{ join_keys('interactions', 'ticket_id', 'int_ticket_keys') }}
    where interactions.ticket_id is not null
),

tickets as (
    select
        {{ surrogate_key(['tickets.source_system', 'tickets.ticket_id']) }} as ticket_key,
        tickets.source_system,
        tickets.ticket_id,
        tickets.channel,
        resolved.first_resolved_at
    from {{ ref('int_tickets_described') }} as tickets
    inner join {{ ref('int_tickets_resolved') }} as resolved
        on tickets.source_system = resolved.source_system
        and tickets.ticket_id = resolved.ticket_id
),

final as (
    select
        tickets.source_system,
        tickets.ticket_id,
        count(*) filter (where interactions.outcome in ('handled', 'transferred')) as handled_contact_count,
        bool_or(
            interactions.outcome in ('handled', 'transferred') and interactions.channel = tickets.channel
        ) as has_contact_of_own_channel,
        count(*) filter (where interactions.outcome = 'self_served') as self_served_contact_count,
        min(interactions.offered_at) filter (
            where interactions.direction = 'inbound' and interactions.offered_at > tickets.first_resolved_at
        ) as next_contact_at
    from interactions
    inner join tickets
        on interactions.ticket_key = tickets.ticket_key
    group by tickets.source_system, tickets.ticket_id
)

select * from final
