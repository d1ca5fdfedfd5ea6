-- Grain: one row per period, first day of it, scope and value of the scope.
-- A detractor or dissatisfied answer counts in the period in which it was given, once somebody followed it up or the
-- time to do so has passed.
{% set scopes = ['survey', 'team', 'segment', 'cause', 'agent'] %}
with

answers as (
    select
        follow_ups.responded_on as day,
        follow_ups.survey_id as survey,
        follow_ups.team,
        follow_ups.segment,
        follow_ups.likely_cause as cause,
        agents.agent,
        follow_ups.follow_up_status = 'in_time' as is_in_time
    from {{ ref('fct_detractor_follow_ups') }} as follow_ups
    left join {{ ref('dim_agents') }} as agents
        on follow_ups.agent_key = agents.agent_key
    where follow_ups.follow_up_status <> 'waiting'
),

{% set aggregates = [
    'count(*) as low_answers',
    'count(*) filter (where is_in_time) as low_answers_followed_up',
] %}
counted as (
    {{ by_period_and_scope('answers', scopes, aggregates, never_daily=['agent']) }}
),

spine as (
    {{ every_period('counted') }}
),

final as (
    select
        {{ spine_columns() }},
        {{ rate_statistics('counted', 'low_answers_followed_up', 'low_answers', 'detractor_follow_up_rate') }}
    from spine
    {{ join_counted('spine', 'counted') }}
)

select * from final
