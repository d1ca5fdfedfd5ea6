-- Grain: one row per source that has tickets, with the logs it sends: it says nothing about what it sends no
-- log of.
with

sources as (
    select source_system from {{ ref('int_tickets_united') }} group by source_system
),

messages as (
    select source_system from {{ ref('int_ticket_messages_united') }} group by source_system
),

events as (
    select
        source_system,
        bool_or(field = 'status') as sends_statuses,
        bool_or(field in ('assignee', 'team')) as sends_assignments,
        bool_or(field = 'priority') as sends_priorities
    from {{ ref('int_ticket_events_united') }}
    group by source_system
),

final as (
    select
        sources.source_system,
        messages.source_system is not null as sends_messages,
        coalesce(events.sends_statuses, false) as sends_statuses,
        coalesce(events.sends_assignments, false) as sends_assignments,
        coalesce(events.sends_priorities, false) as sends_priorities
    from sources
    left join messages
        on sources.source_system = messages.source_system
    left join events
        on sources.source_system = events.source_system
)

select * from final
