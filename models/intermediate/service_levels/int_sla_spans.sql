-- Grain: one row per eligible ticket, SLA metric and time it was promised: [started_at, fulfilled_at).
-- fulfilled_at is null while what was promised has not come; whether the clock ran meanwhile is a matter of
-- the ticket's status.
{{ config(materialized='view') }}
with

tickets as (
    select source_system, ticket_id, created_at
    from {{ ref('int_tickets_described') }}
    where is_eligible
),

messages as (
    select * from {{ ref('int_ticket_messages_ordered') }}
),

resolved as (
    select source_system, ticket_id, last_status, last_resolved_at
    from {{ ref('int_tickets_resolved') }}
),

promised as (
    select sla_metric from {{ ref('sla_policies') }} group by sla_metric
),

replies as (
    select
        messages.source_system,
        messages.ticket_id,
        case
            when messages.author_role = 'agent' then 'periodic_update'
            when messages.is_first_of_customer then 'first_reply'
            else 'next_reply'
        end as sla_metric,
        messages.sent_at as started_at,
        messages.next_agent_message_at as fulfilled_at
    from messages
    inner join tickets
        on messages.source_system = tickets.source_system
        and messages.ticket_id = tickets.ticket_id
    where (messages.author_role = 'agent' or messages.starts_turn)
        -- Several messages of one moment are one.
        and (messages.next_agent_message_at is null or messages.next_agent_message_at > messages.sent_at)
),

whole as (
    select
        tickets.source_system,
        tickets.ticket_id,
        metrics.sla_metric,
        tickets.created_at as started_at,
        case when resolved.last_status in ('resolved', 'closed') then resolved.last_resolved_at end
            as fulfilled_at
    from tickets
    inner join resolved
        on tickets.source_system = resolved.source_system
        and tickets.ticket_id = resolved.ticket_id
    -- Settled at a time that nobody knows: whether it was in time cannot be said.
        and not (resolved.last_status in ('resolved', 'closed') and resolved.last_resolved_at is null)
    inner join promised as metrics
        on metrics.sla_metric in ('requester_wait', 'agent_work', 'resolution')
),

final as (
    select replies.*
    from replies
    inner join promised
        on replies.sla_metric = promised.sla_metric
    union all
    select * from whole
)

select * from final
