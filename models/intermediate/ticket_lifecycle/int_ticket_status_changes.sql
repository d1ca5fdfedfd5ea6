-- Grain: one row per change of a ticket's status, in order of time.
-- event_id breaks ties: two changes of one moment would otherwise follow each other in any order.
with

changes as (
    select source_system, event_id, ticket_id, occurred_at, old_value, new_value
    from {{ ref('int_ticket_events_united') }}
    where field = 'status' and new_value is not null
),

final as (
    select
        source_system,
        event_id,
        ticket_id,
        -- The source's own word on what was before outranks the order of events.
        coalesce(
            old_value,
            lag(new_value) over (
                partition by source_system, ticket_id order by occurred_at, event_id
            )
        ) as from_status,
        new_value as to_status,
        lead(event_id) over (
            partition by source_system, ticket_id order by occurred_at, event_id
        ) is null as is_last_change,
        occurred_at
    from changes
)

select * from final
