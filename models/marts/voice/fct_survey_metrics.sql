-- Grain: one row per period, first day of it, scope and value of the scope.
-- Every answer counts once in the period in which it was given, every invitation in the one in which it was sent.
{% set groups = {
    'csat': ['positive', 'neutral', 'negative'],
    'ces': ['positive', 'neutral', 'negative'],
    'nps': ['promoter', 'passive', 'detractor'],
} %}
{% set metrics = {'csat': 'csat', 'ces': 'ease_of_doing_business'} %}
with

answers as (
    select
        responses.responded_on as day,
        {{ survey_scope_columns('responses') }},
        responses.survey_type,
        responses.answer_group,
        responses.points,
        responses.weight,
        responses.is_answer,
        responses.issue_resolved,
        cast(null as boolean) as is_answered
    from {{ ref('fct_survey_responses') }} as responses
    {{ join_survey_scopes('responses') }}
    where (responses.is_answer or responses.issue_resolved is not null)
        and responses.is_eligible
),

invitations as (
    select
        invitations.sent_on as day,
        {{ survey_scope_columns('invitations') }},
        invitations.survey_type,
        null as answer_group,
        null as points,
        null as weight,
        false as is_answer,
        null as issue_resolved,
        invitations.is_answered
    from {{ ref('fct_survey_invitations') }} as invitations
    {{ join_survey_scopes('invitations') }}
    where invitations.is_counted and invitations.is_eligible
),

asked as (
    select * from answers
    union all
    select * from invitations
),

{% set aggregates = [
    'count(issue_resolved) as issue_answers',
    'count(*) filter (where issue_resolved) as issues_resolved',
    'count(is_answered) as invitations_sent',
    'count(*) filter (where is_answered) as invitations_answered',
] %}
{% for type, names in groups.items() %}
    {% set of_type = "is_answer and survey_type = '" ~ type ~ "'" %}
    {% do aggregates.append('count(*) filter (where ' ~ of_type ~ ') as ' ~ type ~ '_answers') %}
    {% do aggregates.append('sum(weight) filter (where ' ~ of_type ~ ') as ' ~ type ~ '_weight') %}
    {% do aggregates.append('sum(weight * weight) filter (where ' ~ of_type ~ ') as ' ~ type ~ '_weight_squared') %}
    {% do aggregates.append(mean_aggregates('case when ' ~ of_type ~ ' then points end', type)) %}
    {% for name in names %}
        {% set of_group = of_type ~ " and answer_group = '" ~ name ~ "'" %}
        {% do aggregates.append('count(*) filter (where ' ~ of_group ~ ') as ' ~ type ~ '_' ~ name) %}
        {% do aggregates.append('coalesce(sum(weight) filter (where ' ~ of_group ~ '), 0) as ' ~ type ~ '_' ~ name ~ '_weight') %}
    {% endfor %}
{% endfor %}
counted as (
    {{ by_period_and_scope('asked', survey_scopes(), aggregates, never_daily=['agent']) }}
),

-- Weights make a sample worth fewer answers than it has: Kish's effective size.
shares as (
    select
        *,
        {% for type, names in groups.items() -%}
        {{ type }}_weight * {{ type }}_weight / nullif({{ type }}_weight_squared, 0) as {{ type }}_effective_answers,
        {% for name in [names[0], names[2]] -%}
        {{ type }}_{{ name }} / nullif(cast({{ type }}_answers as double), 0) as {{ type }}_{{ name }}_share,
        {{ type }}_{{ name }}_weight / nullif({{ type }}_weight, 0) as {{ type }}_{{ name }}_share_weighted{{ ',' if not loop.last }}
        {% endfor %}
        {{- ',' if not loop.last }}
        {% endfor %}
    from counted
),

spine as (
    {{ every_period('counted') }}
),

final as (
    select
        {{ spine_columns() }},
        {% for type, names in groups.items() %}
        coalesce(shares.{{ type }}_answers, 0) as {{ type }}_answers,
        {% for name in names %}
        coalesce(shares.{{ type }}_{{ name }}, 0) as {{ type }}_{{ name }},
        {% endfor %}
        round(shares.{{ type }}_weight, 6) as {{ type }}_weight,
        {% endfor %}
        round(shares.nps_promoter_weight - shares.nps_detractor_weight, 6) as nps_net_weight,
        {% for type, metric in metrics.items() %}
        round(shares.{{ type }}_positive_weight, 6) as {{ type }}_positive_weight,
        {% for suffix, n in [('', 'answers'), ('_weighted', 'effective_answers')] %}
        {% set share = 'shares.' ~ type ~ '_positive_share' ~ suffix %}
        round({{ share }}, 6) as {{ metric }}{{ suffix }},
        round({{ wilson_bound(share, 'shares.' ~ type ~ '_' ~ n, -1) }}, 6) as {{ metric }}{{ suffix }}_ci_low,
        round({{ wilson_bound(share, 'shares.' ~ type ~ '_' ~ n, 1) }}, 6) as {{ metric }}{{ suffix }}_ci_high,
        {% endfor %}
        {% endfor %}
        {% for type in groups %}
        {{ mean_columns('shares', type) }},
        {% endfor %}
        {{ rate_statistics('shares', 'issues_resolved', 'issue_answers', 'fcr_customer_reported') }},
        {{ rate_statistics('shares', 'invitations_answered', 'invitations_sent', 'survey_response_rate') }},
        {% for suffix, n in [('', 'nps_answers'), ('_weighted', 'nps_effective_answers')] %}
        {% set promoters, detractors = 'shares.nps_promoter_share' ~ suffix, 'shares.nps_detractor_share' ~ suffix %}
        {{ net_score('nps' ~ suffix, promoters, detractors, 'shares.' ~ n) }}{{ ',' if not loop.last }}
        {% endfor %}
    from spine
    {{ join_counted('spine', 'shares') }}
    {% for type in groups -%}
    {{ join_student_t('shares', type) }}
    {% endfor %}
)

select * from final
