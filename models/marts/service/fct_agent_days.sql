-- Grain: one row per agent and day: counts and sums that add up over days and agents.
-- Tickets count for whom they are assigned to or were resolved by; answers and SLA targets for the resolver.
{% set measures = agent_measures() %}
with

tickets as (
    select * from {{ ref('fct_tickets') }} where is_eligible
),

parts as (
    {% set created = {
        'assigned': '1', 'assigned_resolved': 'case when is_resolved then 1 else 0 end',
        'first_responses': 'case when first_response_calendar_seconds is not null then 1 else 0 end',
        'first_response_seconds': 'coalesce(first_response_calendar_seconds, 0)',
    } %}
    select assignee_key as agent_key, created_on as day
        {%- for measure in measures %}, {{ created.get(measure, '0') }} as {{ measure }}{% endfor %}
    from tickets
    where assignee_key is not null
    {% set resolved = {
        'fcr_judged': 'case when is_first_contact_resolution is not null then 1 else 0 end',
        'fcr': 'case when is_first_contact_resolution then 1 else 0 end',
    } %}
    union all
    select resolver_key, {{ reporting_day('first_resolved_at') }}
        {%- for measure in measures %}, {{ resolved.get(measure, '0') }}{% endfor %}
    from tickets
    where resolver_key is not null and first_resolved_at is not null
    union all
    select resolver_key, full_resolved_on
        {%- for measure in measures %}, {{ {'solved': '1'}.get(measure, '0') }}{% endfor %}
    from tickets
    where resolver_key is not null and full_resolved_at is not null
    {% set judged = {'sla_judged': '1', 'sla_met': 'case when is_met then 1 else 0 end'} %}
    union all
    select agent_key, judged_on
        {%- for measure in measures %}, {{ judged.get(measure, '0') }}{% endfor %}
    from {{ ref('fct_sla_targets') }}
    where agent_key is not null and judged_on is not null
    {% set rated = {
        'csat_answers': '1',
        'csat_positive': "case when responses.answer_group = 'positive' then 1 else 0 end",
    } %}
    union all
    select coalesce(tickets.resolver_key, tickets.assignee_key), responses.responded_on
        {%- for measure in measures %}, {{ rated.get(measure, '0') }}{% endfor %}
    from {{ ref('fct_survey_responses') }} as responses
    inner join tickets
        on responses.ticket_key = tickets.ticket_key
    where responses.is_answer
        and responses.survey_type = 'csat'
        and coalesce(tickets.resolver_key, tickets.assignee_key) is not null
    {% set handled = {
        'handled': '1', 'timed': 'case when handle_seconds is not null then 1 else 0 end',
        'handle_seconds': 'coalesce(handle_seconds, 0)',
    } %}
    union all
    select agent_key, offered_on
        {%- for measure in measures %}, {{ handled.get(measure, '0') }}{% endfor %}
    from {{ ref('fct_interactions') }}
    where agent_key is not null and is_handled
    {# Decimals, because sums of doubles change with the order of the rows. #}
    {% set share = 'reviews.score / nullif(reviews.max_score, 0)' %}
    {% set reviewed = {'reviews': '1', 'quality': 'cast(' ~ share ~ ' as decimal(18, 9))',
        'quality_squared': 'cast(' ~ share ~ ' * ' ~ share ~ ' as decimal(18, 9))'} %}
    union all
    select {{ found_key('agent_id', 'agent_key') }}, {{ reporting_day('reviews.reviewed_at') }}
        {%- for measure in measures %}, {{ reviewed.get(measure, '0') }}{% endfor %}
    from {{ ref('int_quality_reviews_united') }} as reviews
    {{ join_keys('reviews', 'agent_id', 'int_agent_keys') }}
    where reviews.max_score > 0
    {% set scheduled = {
        'scheduled_seconds': 'schedules.scheduled_seconds',
        'adherence_known_seconds':
            'case when schedules.adherent_seconds is not null then schedules.scheduled_seconds else 0 end',
        'adherent_seconds': 'coalesce(schedules.adherent_seconds, 0)',
    } %}
    union all
    select {{ found_key('agent_id', 'agent_key') }}, schedules.scheduled_on
        {%- for measure in measures %}, {{ scheduled.get(measure, '0') }}{% endfor %}
    from {{ ref('int_agent_schedules_united') }} as schedules
    {{ join_keys('schedules', 'agent_id', 'int_agent_keys') }}
    cross join {{ ref('int_as_of') }} as clock
    where schedules.scheduled_on <= {{ reporting_day('clock.as_of_at') }}
),

final as (
    select
        agents.agent_key,
        agents.agent,
        agents.team
        {%- for measure in measures %},
        {{ 'cast(sum(parts.' ~ measure ~ ') as decimal(38, 9))' if 'quality' in measure else 'cast(sum(parts.' ~ measure ~ ') as bigint)' }}
            as {{ measure }}
        {%- endfor %},
        parts.day as worked_on
    from parts
    inner join {{ ref('dim_agents') }} as agents
        on parts.agent_key = agents.agent_key
    group by agents.agent_key, agents.agent, agents.team, parts.day
)

select * from final
