-- Grain: one row per ticket that has a message.
-- One pass over the messages: the opening, the first answer and the counts.
with

messages as (
    select source_system, ticket_id, author_role, is_public, sent_at
    from {{ ref('int_ticket_messages_united') }}
),

tickets as (
    select source_system, ticket_id, created_at
    from {{ ref('int_tickets_united') }}
),

counted as (
    select
        messages.source_system,
        messages.ticket_id,
        min(tickets.created_at) as created_at,
        min(messages.sent_at) filter (
            where messages.author_role = 'customer' and messages.is_public
        ) as first_customer_message_at,
        -- An opening message is no answer: answers come strictly after the creation.
        min(messages.sent_at) filter (
            where messages.author_role = 'agent' and messages.is_public
            and messages.sent_at > tickets.created_at
        ) as first_agent_message_at,
        bool_or(
            messages.author_role = 'agent' and messages.is_public
            and messages.sent_at <= tickets.created_at
        ) as has_agent_opening,
        bool_or(
            messages.author_role = 'customer' and messages.is_public
            and messages.sent_at <= tickets.created_at
        ) as has_customer_opening,
        count(*) filter (where messages.author_role = 'customer' and messages.is_public)
            as customer_message_count,
        count(*) filter (where messages.author_role = 'agent' and messages.is_public)
            as agent_message_count
    from messages
    inner join tickets
        on messages.source_system = tickets.source_system
        and messages.ticket_id = tickets.ticket_id
    group by messages.source_system, messages.ticket_id
),

-- An outbound ticket is opened by an agent; its clock starts when the customer first writes.
opened as (
    select
        *,
        has_agent_opening and not has_customer_opening as is_opened_by_agent
    from counted
),

outbound_answers as (
    select
        opened.source_system,
        opened.ticket_id,
        min(messages.sent_at) as first_agent_message_after_customer_at
    from opened
    inner join messages
        on opened.source_system = messages.source_system
        and opened.ticket_id = messages.ticket_id
        and opened.first_customer_message_at < messages.sent_at
    where opened.is_opened_by_agent
        and messages.author_role = 'agent'
        and messages.is_public
    group by opened.source_system, opened.ticket_id
),

final as (
    select
        opened.source_system,
        opened.ticket_id,
        opened.is_opened_by_agent,
        case
            when opened.is_opened_by_agent then opened.first_customer_message_at
            else opened.created_at
        end as response_clock_started_at,
        case
            when opened.is_opened_by_agent
                then outbound_answers.first_agent_message_after_customer_at
            else opened.first_agent_message_at
        end as first_response_at,
        opened.customer_message_count,
        opened.agent_message_count
    from opened
    left join outbound_answers
        on opened.source_system = outbound_answers.source_system
        and opened.ticket_id = outbound_answers.ticket_id
)

select * from final
