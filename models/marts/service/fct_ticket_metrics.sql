-- Grain: one row per period, first day of it, scope and value of the scope.
-- A ticket counts where the metric's own event happened: created, answered, first resolved, last resolved.
{% set scopes = [
    'channel', 'category', 'priority', 'team', 'segment', 'offering', 'language', 'agent'
] %}
with

tickets as (
    select
        tickets.*,
        customers.segment,
        offerings.offering_name as offering,
        assignees.agent as assignee,
        coalesce(resolvers.agent, assignees.agent) as resolver
    from {{ ref('fct_tickets') }} as tickets
    left join {{ ref('dim_customers') }} as customers
        on tickets.customer_key = customers.customer_key
    left join {{ ref('dim_offerings') }} as offerings
        on tickets.offering_key = offerings.offering_key
    left join {{ ref('dim_agents') }} as assignees
        on tickets.assignee_key = assignees.agent_key
    left join {{ ref('dim_agents') }} as resolvers
        on tickets.resolver_key = resolvers.agent_key
    where tickets.is_eligible
),

{% set described = 'channel, category, priority, team, segment, offering, language' %}
created as (
    select
        created_on as day,
        {{ described }},
        assignee as agent,
        first_response_calendar_seconds,
        first_response_business_seconds,
        is_response_known,
        waiting_calendar_seconds,
        unresolved_calendar_seconds,
        is_answered_within_1h,
        is_answered_within_24h
    from tickets
),

answered as (
    select
        replies.answered_on as day,
        {% for name in described.split(', ') %}tickets.{{ name }}, {% endfor %}
        tickets.assignee as agent,
        replies.response_calendar_seconds,
        replies.response_business_seconds
    from {{ ref('fct_replies') }} as replies
    inner join tickets
        on replies.ticket_key = tickets.ticket_key
),

resolved as (
    select
        first_resolved_on as day,
        {{ described }},
        resolver as agent,
        first_resolution_calendar_seconds,
        first_resolution_business_seconds,
        is_reopening_known,
        is_assignment_known,
        is_priority_known,
        was_reopened,
        was_reassigned,
        was_escalated,
        is_first_contact_resolution,
        reported_sla_met
    from tickets
    where first_resolved_on is not null
),

settled as (
    select
        full_resolved_on as day,
        {{ described }},
        resolver as agent,
        full_resolution_calendar_seconds,
        full_resolution_business_seconds,
        requester_wait_calendar_seconds,
        agent_wait_calendar_seconds
    from tickets
    where full_resolved_on is not null
),

by_creation as (
    {{ by_period_and_scope('created', scopes, [
        'count(*) as tickets_created',
        'count(*) filter (where is_response_known) as tickets_with_known_response',
        'count(*) filter (where waiting_calendar_seconds is not null) as tickets_unanswered',
        'count(is_answered_within_1h) as tickets_due_within_1h',
        'count(*) filter (where is_answered_within_1h) as tickets_answered_within_1h',
        'count(is_answered_within_24h) as tickets_due_within_24h',
        'count(*) filter (where is_answered_within_24h) as tickets_answered_within_24h',
        'sum(unresolved_calendar_seconds) / 3600.0 as customer_hours_lost',
        duration_aggregates('first_response_calendar_seconds', 'first_response'),
        duration_aggregates('first_response_business_seconds', 'first_response_business'),
    ], never_daily=['agent']) }}
),

by_answer as (
    {{ by_period_and_scope('answered', scopes, [
        duration_aggregates('response_calendar_seconds', 'response'),
        duration_aggregates('response_business_seconds', 'response_business'),
    ], never_daily=['agent']) }}
),

by_resolution as (
    {{ by_period_and_scope('resolved', scopes, [
        'count(*) filter (where is_reopening_known) as tickets_resolved',
        'count(*) filter (where was_reopened) as tickets_reopened',
        'count(*) filter (where is_assignment_known) as tickets_resolved_with_assignments',
        'count(*) filter (where was_reassigned) as tickets_reassigned',
        'count(*) filter (where is_priority_known) as tickets_resolved_with_priorities',
        'count(*) filter (where was_escalated) as tickets_escalated',
        'count(is_first_contact_resolution) as tickets_past_repeat_window',
        'count(*) filter (where is_first_contact_resolution) as tickets_resolved_at_first_contact',
        'count(reported_sla_met) as tickets_with_reported_sla',
        'count(*) filter (where reported_sla_met) as tickets_reported_within_sla',
        duration_aggregates('first_resolution_calendar_seconds', 'first_resolution'),
        duration_aggregates('first_resolution_business_seconds', 'first_resolution_business'),
    ], never_daily=['agent']) }}
),

by_settlement as (
    {{ by_period_and_scope('settled', scopes, [
        duration_aggregates('full_resolution_calendar_seconds', 'full_resolution'),
        duration_aggregates('full_resolution_business_seconds', 'full_resolution_business'),
        duration_aggregates('requester_wait_calendar_seconds', 'requester_wait'),
        duration_aggregates('agent_wait_calendar_seconds', 'agent_wait'),
    ], never_daily=['agent']) }}
),

observed as (
    {% for relation in ['by_creation', 'by_answer', 'by_resolution', 'by_settlement'] %}
    select period, period_start, scope, scope_value from {{ relation }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

spine as (
    {{ every_period('observed') }}
),

final as (
    select
        {{ spine_columns() }},
        coalesce(by_creation.tickets_created, 0) as tickets_created,
        coalesce(by_creation.tickets_with_known_response, 0) as tickets_with_known_response,
        coalesce(by_creation.tickets_unanswered, 0) as tickets_unanswered,
        round(coalesce(by_creation.customer_hours_lost, 0), 6) as customer_hours_lost,
        {{ rate_statistics('by_creation', 'tickets_answered_within_1h', 'tickets_due_within_1h',
            'first_response_within_1h') }},
        {{ rate_statistics('by_creation', 'tickets_answered_within_24h', 'tickets_due_within_24h',
            'first_response_within_24h') }},
        {{ duration_columns('by_creation', 'first_response') }},
        {{ duration_columns('by_creation', 'first_response_business') }},
        {{ duration_columns('by_answer', 'response') }},
        {{ duration_columns('by_answer', 'response_business') }},
        {{ duration_columns('by_resolution', 'first_resolution') }},
        {{ duration_columns('by_resolution', 'first_resolution_business') }},
        {{ duration_columns('by_settlement', 'full_resolution') }},
        {{ duration_columns('by_settlement', 'full_resolution_business') }},
        {{ duration_columns('by_settlement', 'requester_wait') }},
        {{ duration_columns('by_settlement', 'agent_wait') }},
        {{ rate_statistics('by_resolution', 'tickets_reopened', 'tickets_resolved', 'reopen_rate') }},
        {{ rate_statistics('by_resolution', 'tickets_reassigned', 'tickets_resolved_with_assignments',
            'reassignment_rate') }},
        {{ rate_statistics('by_resolution', 'tickets_escalated', 'tickets_resolved_with_priorities',
            'escalation_rate') }},
        {{ rate_statistics('by_resolution', 'tickets_resolved_at_first_contact',
            'tickets_past_repeat_window', 'first_contact_resolution_rate') }},
        {{ rate_statistics('by_resolution', 'tickets_reported_within_sla', 'tickets_with_reported_sla',
            'reported_sla_compliance_rate') }}
    from spine
    {% for relation in ['by_creation', 'by_answer', 'by_resolution', 'by_settlement'] %}
    {{ join_counted('spine', relation) }}
    {% endfor %}
    {% for relation, names in {
        'by_creation': ['first_response', 'first_response_business'],
        'by_answer': ['response', 'response_business'],
        'by_resolution': ['first_resolution', 'first_resolution_business'],
        'by_settlement': ['full_resolution', 'full_resolution_business', 'requester_wait', 'agent_wait'],
    }.items() %}
    {% for name in names %}
    {{ join_student_t(relation, name) }}
    {% endfor %}
    {% endfor %}
)

select * from final
