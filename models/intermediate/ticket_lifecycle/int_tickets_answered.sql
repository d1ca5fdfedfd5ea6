-- Grain: one row per ticket of a source that sends messages.
with

messages as (
    select * from {{ ref('int_ticket_messages_ordered') }}
),

final as (
    select
        source_system,
        ticket_id,
        bool_or(is_opened_by_agent) as is_opened_by_agent,
        count(*) filter (where author_role = 'customer' and not is_creation) as customer_message_count,
        count(*) filter (where author_role = 'agent') as agent_message_count,
        count(*) filter (where author_role = 'agent' and starts_turn) as agent_turn_count,
        min(sent_at) filter (where author_role = 'customer') as response_clock_started_at,
        min(next_agent_message_at) filter (where author_role = 'customer' and is_first_of_customer)
            as first_response_at
    from messages
    group by source_system, ticket_id
)

select * from final
