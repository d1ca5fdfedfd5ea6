-- Grain: one row per ticket, eligible or not.
with

tickets as (
    select * from {{ ref('int_tickets_united') }}
),

answered as (
    select
        source_system, ticket_id, is_opened_by_agent, response_clock_started_at, first_response_at,
        customer_message_count, agent_message_count
    from {{ ref('int_tickets_answered') }}
),

resolved as (
    select
        source_system, ticket_id, first_resolved_at, last_resolved_at, reopen_count, last_status
    from {{ ref('int_tickets_resolved') }}
),

-- A source that sends no messages, or no changes of status, says nothing about answers or reopenings.
message_logs as (
    select source_system from {{ ref('int_ticket_messages_united') }} group by source_system
),

status_logs as (
    select source_system from {{ ref('int_ticket_status_changes') }} group by source_system
),

clock as (
    select as_of_at from {{ ref('int_as_of') }}
),

joined as (
    select
        {{ surrogate_key(['tickets.source_system', 'tickets.ticket_id']) }} as ticket_key,
        coalesce(
            {{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }}
        ) as customer_key,
        {{ found_key('contact_id', 'contact_key') }} as contact_key,
        {{ found_key('agent_id', 'agent_key') }} as assignee_key,
        {{ found_key('offering_id', 'offering_key') }} as offering_key,
        tickets.source_system,
        tickets.ticket_id,
        tickets.channel,
        tickets.category,
        tickets.subcategory,
        lower(tickets.priority) as priority,
        tickets.team,
        -- The ticket's own column is its status when it was last changed, which may lie after as_of.
        case
            when tickets.updated_at > clock.as_of_at and resolved.last_status is not null
                then resolved.last_status
            when
                tickets.status in ('resolved', 'closed')
                and coalesce(tickets.resolved_at, tickets.closed_at) > clock.as_of_at
                then 'open'
            else tickets.status
        end as status,
        tickets.language,
        tickets.merged_into_ticket_id is not null as is_merged,
        coalesce(tickets.is_spam, false) as is_spam,
        coalesce(tickets.is_test, false) as is_test,
        message_logs.source_system is not null as is_response_known,
        status_logs.source_system is not null as is_reopening_known,
        coalesce(answered.is_opened_by_agent, false) as is_opened_by_agent,
        coalesce(answered.customer_message_count, 0) as customer_message_count,
        coalesce(answered.agent_message_count, 0) as agent_message_count,
        coalesce(resolved.reopen_count, 0) as reopen_count,
        tickets.reported_first_response_seconds,
        tickets.reported_resolution_seconds,
        tickets.reported_sla_met,
        tickets.created_at,
        case
            when not coalesce(answered.is_opened_by_agent, false) then tickets.created_at
            else answered.response_clock_started_at
        end as response_clock_started_at,
        answered.first_response_at,
        -- The log of changes outranks the ticket's own column, which knows one resolution at most.
        coalesce(
            resolved.first_resolved_at,
            case when tickets.resolved_at <= clock.as_of_at then tickets.resolved_at end
        ) as first_resolved_at,
        coalesce(
            resolved.last_resolved_at,
            case when tickets.resolved_at <= clock.as_of_at then tickets.resolved_at end
        ) as last_resolved_at,
        case when tickets.closed_at <= clock.as_of_at then tickets.closed_at end as closed_at
    from tickets
    cross join clock
    left join answered
        on tickets.source_system = answered.source_system
        and tickets.ticket_id = answered.ticket_id
    left join resolved
        on tickets.source_system = resolved.source_system
        and tickets.ticket_id = resolved.ticket_id
    left join message_logs
        on tickets.source_system = message_logs.source_system
    left join status_logs
        on tickets.source_system = status_logs.source_system
    {{ join_keys('tickets', 'account_id', 'int_account_keys') }}
    {{ join_keys('tickets', 'contact_id', 'int_contact_keys') }}
    {{ join_keys('tickets', 'agent_id', 'int_agent_keys', named_by='assignee_id') }}
    {{ join_keys('tickets', 'offering_id', 'int_offering_keys') }}
),

settled as (
    select
        *,
        status in ('resolved', 'closed') as is_resolved
    from joined
),

final as (
    select
        ticket_key,
        customer_key,
        contact_key,
        assignee_key,
        offering_key,
        source_system,
        ticket_id,
        channel,
        category,
        subcategory,
        priority,
        team,
        status,
        language,
        customer_message_count,
        agent_message_count,
        reopen_count,
        {{ seconds_between('response_clock_started_at', 'first_response_at') }}
            as first_response_calendar_seconds,
        {{ seconds_between('created_at', 'first_resolved_at') }}
            as first_resolution_calendar_seconds,
        case when is_resolved then {{ seconds_between('created_at', 'last_resolved_at') }} end
            as full_resolution_calendar_seconds,
        reported_first_response_seconds,
        reported_resolution_seconds,
        not (is_merged or is_spam or is_test) as is_eligible,
        is_merged,
        is_spam,
        is_test,
        is_opened_by_agent,
        -- An outbound ticket to which the customer never wrote asks for no answer.
        not (is_merged or is_spam or is_test) and response_clock_started_at is not null
            as is_answerable,
        is_response_known,
        is_reopening_known,
        is_resolved,
        reopen_count > 0 as was_reopened,
        reported_sla_met,
        {{ reporting_day('created_at') }} as created_on,
        created_at,
        first_response_at,
        first_resolved_at,
        case when is_resolved then last_resolved_at end as full_resolved_at,
        closed_at
    from settled
)

select * from final
