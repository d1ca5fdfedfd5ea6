-- Grain: one row per period, first day of it, scope (company, team, agent) and value of the scope.
-- An agent's `_shrunk` figures are drawn towards the team's of the same period, the more the fewer cases there
-- are: rank by them. Teams are those that agents belong to now.
{% set measures = agent_measures() %}
{% set aggregates = [
    'count(distinct agent_key) as agents',
    'count(distinct case when scheduled_seconds > 0 then agent_key end) as agents_scheduled',
    'sum(case when scheduled_seconds > 0 then solved + handled else 0 end) as done_while_scheduled',
    'sum(case when scheduled_seconds > 0 then handle_seconds else 0 end) as handle_seconds_while_scheduled',
] %}
{% for measure in measures %}{% do aggregates.append('sum(' ~ measure ~ ') as ' ~ measure) %}{% endfor %}
with

days as (
    select *, worked_on as day from {{ ref('fct_agent_days') }}
),

counted as (
    {{ by_period_and_scope('days', ['team', 'agent'], aggregates, never_daily=['agent']) }}
),

members as (
    select agent, team from {{ ref('dim_agents') }}
),

compared as (
    select
        counted.*,
        reviews_t.quantile_975,
        cast(counted.quality as double) / nullif(counted.reviews, 0) as quality_mean,
        sqrt(greatest(
            (
                cast(counted.quality_squared as double)
                - cast(counted.quality as double) * cast(counted.quality as double) / nullif(counted.reviews, 0)
            ) / nullif(counted.reviews - 1, 0), 0
        )) as quality_deviation,
        {% for measure in ['agents', 'solved', 'handled', 'fcr', 'fcr_judged', 'sla_met', 'sla_judged',
            'csat_positive', 'csat_answers', 'first_responses', 'first_response_seconds', 'timed',
            'handle_seconds'] -%}
        teams.{{ measure }} as team_{{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from counted
    left join members
        on counted.scope = 'agent'
        and counted.scope_value = members.agent
    left join counted as teams
        on counted.period = teams.period
        and counted.period_start = teams.period_start
        and teams.scope = 'team'
        and coalesce(members.team, '(none)') = teams.scope_value
        and counted.scope = 'agent'
    left join {{ ref('student_t_quantiles') }} as reviews_t
        on reviews_t.degrees_of_freedom = counted.reviews - 1
),

spine as (
    {{ every_period('counted') }}
),

{% set m = var('shrinkage_cases') %}
final as (
    select
        {{ spine_columns() }},
        coalesce(compared.agents, 0) as agents,
        {{ rate_statistics('compared', 'assigned_resolved', 'assigned', 'agent_resolution_rate') }},
        cast(coalesce(compared.solved, 0) as bigint) as solved,
        cast(coalesce(compared.handled, 0) as bigint) as handled,
        {% for numerator, denominator, name in [
            ('fcr', 'fcr_judged', 'first_contact_resolution_rate'),
            ('sla_met', 'sla_judged', 'sla_compliance_rate'),
            ('csat_positive', 'csat_answers', 'csat'),
        ] -%}
        {{ rate_statistics('compared', numerator, denominator, name) }},
        round(
            (compared.{{ numerator }} + {{ m }} * compared.team_{{ numerator }} / nullif(cast(compared.team_{{ denominator }} as double), 0))
            / nullif(compared.{{ denominator }} + {{ m }}, 0), 6
        ) as {{ name }}_shrunk,
        {% endfor -%}
        {% for seconds, cases, name in [
            ('first_response_seconds', 'first_responses', 'first_response_seconds_mean'),
            ('handle_seconds', 'timed', 'handle_seconds_mean'),
        ] -%}
        cast(coalesce(compared.{{ cases }}, 0) as bigint) as {{ cases }},
        round(compared.{{ seconds }} / nullif(cast(compared.{{ cases }} as double), 0), 6) as {{ name }},
        round(
            (compared.{{ seconds }} + {{ m }} * compared.team_{{ seconds }} / nullif(cast(compared.team_{{ cases }} as double), 0))
            / nullif(compared.{{ cases }} + {{ m }}, 0), 6
        ) as {{ name }}_shrunk,
        {% endfor -%}
        cast(coalesce(compared.reviews, 0) as bigint) as reviews,
        round(cast(compared.quality as double), 6) as quality_sum,
        {% set half = student_t('compared.reviews', 'compared.quantile_975') ~ ' * compared.quality_deviation / sqrt(nullif(compared.reviews, 0))' -%}
        round(compared.quality_mean, 6) as agent_quality_score,
        round({{ no_less_than('compared.quality_mean - ' ~ half, '0') }}, 6) as agent_quality_score_ci_low,
        round({{ no_more_than('compared.quality_mean + ' ~ half, '1') }}, 6) as agent_quality_score_ci_high,
        cast(coalesce(compared.scheduled_seconds, 0) as bigint) as scheduled_seconds,
        cast(coalesce(compared.adherence_known_seconds, 0) as bigint) as adherence_known_seconds,
        cast(coalesce(compared.adherent_seconds, 0) as bigint) as adherent_seconds,
        cast(coalesce(compared.handle_seconds, 0) as bigint) as handle_seconds,
        round(compared.adherent_seconds / nullif(cast(compared.adherence_known_seconds as double), 0), 6)
            as agent_adherence,
        coalesce(compared.agents_scheduled, 0) as agents_scheduled,
        cast(coalesce(compared.handle_seconds_while_scheduled, 0) as bigint) as handle_seconds_while_scheduled,
        cast(coalesce(compared.done_while_scheduled, 0) as bigint) as done_while_scheduled,
        round(compared.handle_seconds_while_scheduled / nullif(cast(compared.scheduled_seconds as double), 0), 6)
            as agent_utilisation,
        round(compared.done_while_scheduled / nullif(compared.scheduled_seconds / 3600.0, 0), 6)
            as agent_workload,
        -- 1 is the mean of the team's agents who worked in the period.
        round(
            (compared.solved + compared.handled) * compared.team_agents
            / nullif(cast(compared.team_solved + compared.team_handled as double), 0), 6
        ) as relative_workload
    from spine
    {{ join_counted('spine', 'compared') }}
)

select * from final
