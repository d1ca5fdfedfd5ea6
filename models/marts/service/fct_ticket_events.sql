-- Grain: one row per change of one field of a ticket.
with

events as (
    select * from {{ ref('int_ticket_events_united') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'event_id']) }} as ticket_event_key,
        {{ surrogate_key(['source_system', 'ticket_id']) }} as ticket_key,
        source_system,
        event_id,
        actor_id,
        actor_role,
        field,
        old_value,
        new_value,
        occurred_at
    from events
)

select * from final
