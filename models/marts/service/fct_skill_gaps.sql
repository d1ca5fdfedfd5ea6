-- Grain: one row per agent and category over the last `skill_days` days, against the rest of the team.
-- Hundreds of pairs are compared, so a gap is a need for training only from three standard errors on: by chance
-- one pair in seven hundred looks like that.
with

tickets as (
    select
        tickets.resolver_key,
        agents.team,
        coalesce(tickets.category, '(none)') as category,
        case when tickets.is_first_contact_resolution then 1.0 else 0.0 end as is_good
    from {{ ref('fct_tickets') }} as tickets
    inner join {{ ref('dim_agents') }} as agents
        on tickets.resolver_key = agents.agent_key
    cross join {{ ref('int_as_of') }} as clock
    where tickets.is_eligible
        and tickets.is_first_contact_resolution is not null
        and tickets.first_resolved_at >= {{ dbt.dateadd('day', -var('skill_days'), 'clock.as_of_at') }}
),

answers as (
    select
        coalesce(tickets.resolver_key, tickets.assignee_key) as resolver_key,
        agents.team,
        coalesce(tickets.category, '(none)') as category,
        case when responses.answer_group = 'positive' then 1.0 else 0.0 end as is_good
    from {{ ref('fct_survey_responses') }} as responses
    inner join {{ ref('fct_tickets') }} as tickets
        on responses.ticket_key = tickets.ticket_key
        and tickets.is_eligible
    inner join {{ ref('dim_agents') }} as agents
        on coalesce(tickets.resolver_key, tickets.assignee_key) = agents.agent_key
    cross join {{ ref('int_as_of') }} as clock
    where responses.is_answer
        and responses.survey_type = 'csat'
        and responses.responded_at >= {{ dbt.dateadd('day', -var('skill_days'), 'clock.as_of_at') }}
),

counted as (
    {% for skill, relation in [('first_contact_resolution', 'tickets'), ('csat', 'answers')] %}
    select
        '{{ skill }}' as skill,
        resolver_key as agent_key,
        team,
        category,
        count(*) as cases,
        sum(is_good) as good_cases
    from {{ relation }}
    group by resolver_key, team, category
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

compared as (
    select
        *,
        good_cases / nullif(cast(cases as double), 0) as share,
        sum(cases) over (partition by skill, team, category) - cases as other_cases,
        (sum(good_cases) over (partition by skill, team, category) - good_cases)
        / nullif(cast(sum(cases) over (partition by skill, team, category) - cases as double), 0) as other_share
    from counted
),

bounded as (
    select
        *,
        (cases * share + other_cases * other_share) / nullif(cast(cases + other_cases as double), 0) as pooled,
        {{ wilson_bound('share', 'cast(cases as double)', -1) }} as share_ci_low,
        {{ wilson_bound('share', 'cast(cases as double)', 1) }} as share_ci_high
    from compared
),

final as (
    select
        agent_key,
        team,
        category,
        skill,
        cast(cases as bigint) as cases,
        round(share, 6) as good_share,
        round(share_ci_low, 6) as good_share_ci_low,
        round(share_ci_high, 6) as good_share_ci_high,
        cast(other_cases as bigint) as other_cases,
        round(other_share, 6) as other_share,
        round(share - other_share, 6) as gap,
        coalesce(
            cases >= {{ var('skill_cases') }}
            and other_cases >= {{ var('skill_cases') }}
            and share - other_share < -3 * sqrt(greatest(
                pooled * (1 - pooled) * (1.0 / nullif(cases, 0) + 1.0 / nullif(other_cases, 0)), 0
            )), false
        ) as is_training_need
    from bounded
)

select * from final
