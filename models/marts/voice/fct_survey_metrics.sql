-- Grain: one row per period, first day of it, scope and value of the scope.
-- Every answer counts once in the period in which it was given.
{% set scopes = ['survey', 'channel', 'category', 'priority', 'team', 'segment', 'language', 'agent'] %}
{% set groups = {
    'csat': ['positive', 'neutral', 'negative'],
    'nps': ['promoter', 'passive', 'detractor'],
} %}
with

answers as (
    select
        responses.responded_on as day,
        responses.survey_id as survey,
        tickets.channel,
        tickets.category,
        tickets.priority,
        tickets.team,
        customers.segment,
        responses.language,
        agents.agent,
        responses.survey_type,
        responses.answer_group,
        responses.weight,
        responses.is_answer,
        responses.issue_resolved
    from {{ ref('fct_survey_responses') }} as responses
    left join {{ ref('fct_tickets') }} as tickets
        on responses.ticket_key = tickets.ticket_key
    left join {{ ref('dim_customers') }} as customers
        on responses.customer_key = customers.customer_key
    left join {{ ref('dim_agents') }} as agents
        on coalesce(tickets.resolver_key, tickets.assignee_key) = agents.agent_key
    where (responses.is_answer or responses.issue_resolved is not null)
        -- What is said about a spam, test or merged ticket counts as little as the ticket.
        and coalesce(tickets.is_eligible, true)
),

{% set aggregates = [
    'count(issue_resolved) as issue_answers',
    'count(*) filter (where issue_resolved) as issues_resolved',
] %}
{% for type, names in groups.items() %}
    {% do aggregates.append("count(*) filter (where is_answer and survey_type = '" ~ type ~ "') as " ~ type ~ "_answers") %}
    {% do aggregates.append("sum(weight) filter (where is_answer and survey_type = '" ~ type ~ "') as " ~ type ~ "_weight") %}
    {% do aggregates.append("sum(weight * weight) filter (where is_answer and survey_type = '" ~ type ~ "') as " ~ type ~ "_weight_squared") %}
    {% for name in names %}
        {% do aggregates.append("count(*) filter (where is_answer and survey_type = '" ~ type ~ "' and answer_group = '" ~ name ~ "') as " ~ type ~ "_" ~ name) %}
        {% do aggregates.append("coalesce(sum(weight) filter (where is_answer and survey_type = '" ~ type ~ "' and answer_group = '" ~ name ~ "'), 0) as " ~ type ~ "_" ~ name ~ "_weight") %}
    {% endfor %}
{% endfor %}
counted as (
    {{ by_period_and_scope('answers', scopes, aggregates, never_daily=['agent']) }}
),

-- Weights make a sample worth fewer answers than it has: Kish's effective size.
shares as (
    select
        *,
        csat_positive / nullif(cast(csat_answers as double), 0) as csat,
        csat_positive_weight / nullif(csat_weight, 0) as csat_weighted,
        csat_weight * csat_weight / nullif(csat_weight_squared, 0) as csat_effective_answers,
        nps_promoter / nullif(cast(nps_answers as double), 0) as promoters,
        nps_detractor / nullif(cast(nps_answers as double), 0) as detractors,
        nps_promoter_weight / nullif(nps_weight, 0) as promoters_weighted,
        nps_detractor_weight / nullif(nps_weight, 0) as detractors_weighted,
        nps_weight * nps_weight / nullif(nps_weight_squared, 0) as nps_effective_answers
    from counted
),

spine as (
    {{ every_period('counted') }}
),

final as (
    select
        spine.period,
        spine.period_start,
        spine.scope,
        spine.scope_value,
        spine.is_complete,
        {% for type, names in groups.items() %}
        coalesce(shares.{{ type }}_answers, 0) as {{ type }}_answers,
        {% for name in names %}
        coalesce(shares.{{ type }}_{{ name }}, 0) as {{ type }}_{{ name }},
        {% endfor %}
        round(shares.{{ type }}_weight, 6) as {{ type }}_weight,
        {% endfor %}
        round(shares.csat_positive_weight, 6) as csat_positive_weight,
        round(shares.nps_promoter_weight - shares.nps_detractor_weight, 6) as nps_net_weight,
        round(shares.csat, 6) as csat,
        round({{ wilson_bound('shares.csat', 'shares.csat_answers', -1) }}, 6) as csat_ci_low,
        round({{ wilson_bound('shares.csat', 'shares.csat_answers', 1) }}, 6) as csat_ci_high,
        round(shares.csat_weighted, 6) as csat_weighted,
        round({{ wilson_bound('shares.csat_weighted', 'shares.csat_effective_answers', -1) }}, 6)
            as csat_weighted_ci_low,
        round({{ wilson_bound('shares.csat_weighted', 'shares.csat_effective_answers', 1) }}, 6)
            as csat_weighted_ci_high,
        {{ rate_statistics('shares', 'issues_resolved', 'issue_answers', 'fcr_customer_reported') }},
        {% for suffix, n in [('', 'nps_answers'), ('_weighted', 'nps_effective_answers')] %}
        {% set net = '(shares.promoters' ~ suffix ~ ' - shares.detractors' ~ suffix ~ ')' %}
        {% set half = trinomial_half_width('shares.promoters' ~ suffix, 'shares.detractors' ~ suffix, 'shares.' ~ n) %}
        round(100 * {{ net }}, 6) as nps{{ suffix }},
        round({{ no_less_than('100 * (' ~ net ~ ' - ' ~ half ~ ')', '-100') }}, 6) as nps{{ suffix }}_ci_low,
        round({{ no_more_than('100 * (' ~ net ~ ' + ' ~ half ~ ')', '100') }}, 6) as nps{{ suffix }}_ci_high{{ ',' if not loop.last }}
        {% endfor %}
    from spine
    {{ join_counted('spine', 'shares') }}
)

select * from final
