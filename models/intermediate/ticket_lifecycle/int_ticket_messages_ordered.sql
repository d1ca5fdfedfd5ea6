-- Grain: one row per public message of a customer or a human agent, in order of time, and one for the
-- creation of a ticket that a customer opened: the request itself is the first thing said.
-- An answer comes strictly after what it answers: at one moment the agent's message counts as the earlier.
with

tickets as (
    select source_system, ticket_id, created_at
    from {{ ref('int_tickets_described') }}
),

-- A source that sends no messages says nothing about answers.
message_logs as (
    select source_system from {{ ref('int_sources_described') }} where sends_messages
),

messages as (
    select
        messages.source_system,
        messages.ticket_id,
        messages.message_id,
        messages.author_role,
        messages.sent_at <= {{ dbt.dateadd('second', var('opening_tolerance_seconds'), 'tickets.created_at') }}
            as is_opening,
        greatest(messages.sent_at, tickets.created_at) as sent_at
    from {{ ref('int_ticket_messages_united') }} as messages
    inner join tickets
        on messages.source_system = tickets.source_system
        and messages.ticket_id = tickets.ticket_id
    where messages.is_public and messages.author_role in ('customer', 'agent')
),

-- An outbound ticket is opened by an agent; its clock starts when the customer first writes.
opened_by_agent as (
    select source_system, ticket_id
    from messages
    where is_opening
    group by source_system, ticket_id
    having bool_and(author_role = 'agent')
),

said as (
    select
        messages.source_system,
        messages.ticket_id,
        messages.message_id,
        messages.author_role,
        opened_by_agent.ticket_id is not null as is_opened_by_agent,
        messages.sent_at
    from messages
    left join opened_by_agent
        on messages.source_system = opened_by_agent.source_system
        and messages.ticket_id = opened_by_agent.ticket_id
    union all
    select
        tickets.source_system,
        tickets.ticket_id,
        '' as message_id,
        'customer' as author_role,
        false as is_opened_by_agent,
        tickets.created_at as sent_at
    from tickets
    inner join message_logs
        on tickets.source_system = message_logs.source_system
    left join opened_by_agent
        on tickets.source_system = opened_by_agent.source_system
        and tickets.ticket_id = opened_by_agent.ticket_id
    where opened_by_agent.ticket_id is null
),

{% set within_ticket -%}
partition by source_system, ticket_id
order by sent_at, author_role, length(message_id), message_id
{%- endset %}
final as (
    select
        source_system,
        ticket_id,
        author_role,
        message_id = '' as is_creation,
        is_opened_by_agent,
        -- Several messages in a row by one side are one turn.
        coalesce(lag(author_role) over ({{ within_ticket }}) <> author_role, true) as starts_turn,
        count(case when author_role = 'customer' then 1 end) over (
            {{ within_ticket }} rows between unbounded preceding and 1 preceding
        ) = 0 as is_first_of_customer,
        sent_at,
        min(case when author_role = 'agent' then sent_at end) over (
            {{ within_ticket }} rows between 1 following and unbounded following
        ) as next_agent_message_at
    from said
)

select * from final
