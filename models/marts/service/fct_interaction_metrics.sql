-- Grain: one row per period, first day of it, scope and value of the scope.
-- A contact counts in the period in which it was offered. `hour` is the hour of the day, 00 to 23, in the
-- reporting timezone.
{% set scopes = ['channel', 'direction', 'queue', 'transaction_type', 'team', 'agent', 'segment', 'hour'] %}
with

interactions as (
    select
        interactions.offered_on as day,
        interactions.channel,
        interactions.direction,
        interactions.queue,
        interactions.transaction_type,
        agents.team,
        agents.agent,
        customers.segment,
        substr('0' || cast({{ hour_of(local_time('interactions.offered_at', var('reporting_timezone'))) }} as varchar), -2)
            as hour,
        interactions.is_offered,
        interactions.is_handled,
        interactions.is_answered_in_time,
        interactions.has_entered_ivr,
        interactions.outcome,
        interactions.handle_seconds,
        case when interactions.is_offered and interactions.is_handled then interactions.wait_seconds end
            as speed_of_answer_seconds
    from {{ ref('fct_interactions') }} as interactions
    left join {{ ref('dim_agents') }} as agents
        on interactions.agent_key = agents.agent_key
    left join {{ ref('dim_customers') }} as customers
        on interactions.customer_key = customers.customer_key
),

counted as (
    {{ by_period_and_scope('interactions', scopes, [
        'count(*) as interactions_known',
        'count(*) filter (where is_offered) as interactions_offered',
        'count(*) filter (where is_handled) as interactions_handled',
        "count(*) filter (where is_offered and outcome = 'abandoned') as interactions_abandoned",
        'count(is_answered_in_time) as interactions_with_service_level',
        'count(*) filter (where is_answered_in_time) as interactions_answered_in_time',
        'count(*) filter (where has_entered_ivr) as interactions_in_ivr',
        "count(*) filter (where has_entered_ivr and outcome = 'self_served') as interactions_self_served",
        duration_aggregates('handle_seconds', 'handle'),
        duration_aggregates('speed_of_answer_seconds', 'speed_of_answer'),
    ], never_daily=['agent', 'hour']) }}
),

spine as (
    {{ every_period('counted') }}
),

final as (
    select
        {{ spine_columns() }},
        coalesce(counted.interactions_known, 0) as interactions_known,
        coalesce(counted.interactions_handled, 0) as interactions_handled,
        {{ rate_statistics('counted', 'interactions_abandoned', 'interactions_offered',
            'abandonment_rate') }},
        {{ rate_statistics('counted', 'interactions_answered_in_time', 'interactions_with_service_level',
            'service_level') }},
        {{ rate_statistics('counted', 'interactions_self_served', 'interactions_in_ivr',
            'ivr_containment_rate') }},
        {{ duration_columns('counted', 'handle') }},
        {{ duration_columns('counted', 'speed_of_answer') }}
    from spine
    {{ join_counted('spine', 'counted') }}
    {{ join_student_t('counted', 'handle') }}
    {{ join_student_t('counted', 'speed_of_answer') }}
)

select * from final
