-- Grain: one row per ticket, eligible or not.
with

tickets as (
    select * from {{ ref('int_tickets_described') }}
),

resolved as (
    select * from {{ ref('int_tickets_resolved') }}
),

answered as (
    select * from {{ ref('int_tickets_answered') }}
),

first_replies as (
    select source_system, ticket_id, response_calendar_seconds, response_business_seconds
    from {{ ref('int_replies_timed') }}
    where is_first
),

timed as (
    select * from {{ ref('int_tickets_timed') }}
),

promised as (
    select * from {{ ref('int_tickets_promised') }}
),

settled_at_once as (
    select * from {{ ref('int_tickets_settled_at_once') }}
),

rated as (
    select source_system, ticket_id, satisfaction from {{ ref('int_tickets_rated') }}
),

sources as (
    select * from {{ ref('int_sources_described') }}
),

joined as (
    select
        tickets.*,
        coalesce(resolved.last_resolver_id, tickets.assignee_id) as resolver_id,
        -- Of the ticket's own column and the log, the newer one tells the status; but what the column says
        -- since a change after as_of is not yet so.
        case
            when tickets.is_updated_later and resolved.has_status_changes then resolved.last_status
            when tickets.updated_at < resolved.last_logged_status_at then resolved.last_status
            else tickets.status
        end as status_as_of,
        answered.ticket_id is not null as is_response_known,
        sources.sends_statuses as is_reopening_known,
        sources.sends_assignments as is_assignment_known,
        sources.sends_priorities as is_priority_known,
        coalesce(answered.is_opened_by_agent, false) as is_opened_by_agent,
        coalesce(answered.customer_message_count, 0) as customer_message_count,
        coalesce(answered.agent_message_count, 0) as agent_message_count,
        settled_at_once.agent_contact_count,
        resolved.reopen_count,
        resolved.reassignment_count,
        resolved.escalation_count,
        rated.satisfaction,
        coalesce(promised.targets_met, 0) as sla_targets_met,
        coalesce(promised.targets_breached, 0) as sla_targets_breached,
        coalesce(promised.targets_open, 0) as sla_targets_open,
        first_replies.response_calendar_seconds,
        first_replies.response_business_seconds,
        timed.first_resolution_business_seconds,
        timed.full_resolution_business_seconds,
        timed.requester_wait_calendar_seconds,
        timed.requester_wait_business_seconds,
        timed.agent_wait_calendar_seconds,
        timed.agent_wait_business_seconds,
        timed.on_hold_calendar_seconds,
        timed.on_hold_business_seconds,
        settled_at_once.is_repeated,
        settled_at_once.is_first_contact_resolution,
        promised.resolution_target_seconds,
        promised.is_resolution_target_met,
        answered.response_clock_started_at,
        answered.first_response_at,
        resolved.first_resolved_at,
        resolved.last_resolved_at,
        promised.next_due_at,
        promised.first_breached_at
    from tickets
    inner join sources
        on tickets.source_system = sources.source_system
    {% for relation in [
        'resolved', 'answered', 'first_replies', 'timed', 'promised', 'settled_at_once', 'rated'
    ] -%}
    left join {{ relation }}
        on tickets.source_system = {{ relation }}.source_system
        and tickets.ticket_id = {{ relation }}.ticket_id
    {% endfor -%}
),

judged as (
    select
        joined.*,
        {{ surrogate_key(['joined.source_system', 'joined.ticket_id']) }} as ticket_key,
        coalesce(own_assignee.agent_key, any_assignee.agent_key) as assignee_key,
        coalesce(own_resolver.agent_key, any_resolver.agent_key) as resolver_key,
        joined.status_as_of in ('resolved', 'closed') as is_resolved,
        -- An outbound ticket to which the customer never wrote asks for no answer.
        joined.is_eligible and (joined.response_clock_started_at is not null or not joined.is_response_known)
            as is_answerable,
        case
            when joined.is_response_known and joined.status_as_of not in ('resolved', 'closed')
                and joined.first_response_at is null
                then {{ seconds_between('joined.response_clock_started_at', 'clock.as_of_at') }}
        end as waiting_calendar_seconds,
        clock.as_of_at
    from joined
    cross join {{ ref('int_as_of') }} as clock
    {% for who in ['assignee', 'resolver'] -%}
    left join {{ ref('int_agent_keys') }} as own_{{ who }}
        on joined.source_system = own_{{ who }}.source_system
        and joined.{{ who }}_id = own_{{ who }}.agent_id
    left join {{ ref('int_agent_keys') }} as any_{{ who }}
        on any_{{ who }}.source_system = '*'
        and joined.{{ who }}_id = any_{{ who }}.agent_id
    {% endfor %}
),

final as (
    select
        ticket_key,
        customer_key,
        contact_key,
        assignee_key,
        case when first_resolved_at is not null then resolver_key end as resolver_key,
        offering_key,
        source_system,
        ticket_id,
        channel,
        category,
        subcategory,
        priority,
        team,
        status_as_of as status,
        language,
        satisfaction,
        customer_message_count,
        agent_message_count,
        agent_contact_count,
        reopen_count,
        reassignment_count,
        escalation_count,
        sla_targets_met,
        sla_targets_breached,
        sla_targets_open,
        response_calendar_seconds as first_response_calendar_seconds,
        response_business_seconds as first_response_business_seconds,
        {{ seconds_between('created_at', 'first_resolved_at') }} as first_resolution_calendar_seconds,
        first_resolution_business_seconds,
        case when is_resolved then {{ seconds_between('created_at', 'last_resolved_at') }} end
            as full_resolution_calendar_seconds,
        case when is_resolved then full_resolution_business_seconds end as full_resolution_business_seconds,
        {% for part in ['requester_wait', 'agent_wait', 'on_hold'] -%}
        case when is_reopening_known then {{ part }}_calendar_seconds end as {{ part }}_calendar_seconds,
        case when is_reopening_known then {{ part }}_business_seconds end as {{ part }}_business_seconds,
        {% endfor -%}
        case
            when not is_resolved then {{ seconds_between('created_at', 'as_of_at') }}
            else {{ seconds_between('created_at', 'last_resolved_at') }}
        end as unresolved_calendar_seconds,
        resolution_target_seconds,
        waiting_calendar_seconds,
        reported_first_response_seconds,
        reported_resolution_seconds,
        is_eligible,
        is_merged,
        is_spam,
        is_test,
        is_opened_by_agent,
        is_answerable,
        is_response_known,
        {% for name, seconds in {'1h': 3600, '24h': 86400}.items() -%}
        case
            when is_answerable and is_response_known
                and (response_calendar_seconds is not null or waiting_calendar_seconds > {{ seconds }})
                then coalesce(response_calendar_seconds <= {{ seconds }}, false)
        end as is_answered_within_{{ name }},
        {% endfor -%}
        is_reopening_known,
        is_resolved,
        is_reopening_known and reopen_count > 0 as was_reopened,
        is_assignment_known,
        is_priority_known,
        is_assignment_known and reassignment_count > 0 as was_reassigned,
        is_priority_known and escalation_count > 0 as was_escalated,
        is_repeated,
        is_first_contact_resolution,
        case
            when sla_targets_breached > 0 then false
            when sla_targets_met > 0 and is_resolved then true
        end as is_sla_met,
        is_resolution_target_met,
        reported_sla_met,
        {{ reporting_day('created_at') }} as created_on,
        -- A ticket closed without a known time of resolution still was resolved.
        case
            when is_resolved or first_resolved_at is not null
                then {{ reporting_day('coalesce(first_resolved_at, closed_at)') }}
        end as first_resolved_on,
        case when is_resolved then {{ reporting_day('last_resolved_at') }} end as full_resolved_on,
        case
            when sla_targets_breached > 0 then {{ reporting_day('first_breached_at') }}
            when sla_targets_met > 0 and is_resolved then {{ reporting_day('last_resolved_at') }}
        end as sla_judged_on,
        created_at,
        first_response_at,
        first_resolved_at,
        case when is_resolved then last_resolved_at end as full_resolved_at,
        closed_at,
        next_due_at as next_sla_due_at,
        first_breached_at as first_sla_breached_at
    from judged
)

select * from final
