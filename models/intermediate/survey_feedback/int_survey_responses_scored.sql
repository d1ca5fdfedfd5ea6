-- Grain: one row per survey response.
-- A score outside the survey's scale (a code such as 11 for 'no answer') is no answer: it has no group
-- and counts in no metric; neither does a score that survey_scales calls no_answer.
with

responses as (
    select * from {{ ref('int_survey_responses_united') }}
),

invitations as (
    select * from {{ ref('int_survey_invitations_united') }}
),

surveys as (
    select source_system, survey_id, survey_type, scale_min, scale_max
    from {{ ref('int_surveys_united') }}
),

scales as (
    select survey_id, survey_type, scale_min, scale_max, score_from, score_to, answer_group
    from {{ ref('survey_scales') }}
),

-- On a reversed scale, such as school grades, the best answers have the lowest scores.
directions as (
    select
        survey_id,
        survey_type,
        scale_min,
        scale_max,
        min(case when answer_group in ('positive', 'promoter') then score_from end)
        < min(case when answer_group in ('negative', 'detractor') then score_from end) as is_reversed
    from scales
    group by survey_id, survey_type, scale_min, scale_max
),

-- What the answer is about, if it does not say so itself, is what the invitation was sent about.
invited as (
    select
        responses.source_system,
        responses.response_id,
        responses.survey_id,
        responses.invitation_id,
        {% for id in ['contact_id', 'account_id', 'ticket_id', 'interaction_id', 'order_id'] -%}
        coalesce(responses.{{ id }}, invitations.{{ id }}) as {{ id }},
        {% endfor -%}
        surveys.survey_type,
        surveys.scale_min,
        surveys.scale_max,
        responses.score between surveys.scale_min and surveys.scale_max as is_on_scale,
        responses.comment,
        responses.language,
        responses.score,
        coalesce(responses.weight, 1) as weight,
        responses.issue_resolved,
        responses.responded_at
    from responses
    left join surveys
        on responses.source_system = surveys.source_system
        and responses.survey_id = surveys.survey_id
    left join invitations
        on responses.source_system = invitations.source_system
        and responses.invitation_id = invitations.invitation_id
),

-- A row of the scales that names the survey outranks the ones for every survey of its type and scale.
{% set same_scale -%}
        on invited.survey_type = {0}.survey_type
        and invited.scale_min = {0}.scale_min
        and invited.scale_max = {0}.scale_max
{%- endset %}
grouped as (
    select
        invited.*,
        nullif(coalesce(own.answer_group, general.answer_group), 'no_answer') as answer_group,
        coalesce(own_direction.is_reversed, general_direction.is_reversed, false) as is_reversed
    from invited
    {% for owner, survey in [('own', 'invited.survey_id'), ('general', "'*'")] -%}
    left join scales as {{ owner }}
    {{ same_scale | replace('{0}', owner) }}
        and {{ owner }}.survey_id = {{ survey }}
        and invited.is_on_scale
        and invited.score between {{ owner }}.score_from and {{ owner }}.score_to
    left join directions as {{ owner }}_direction
    {{ same_scale | replace('{0}', owner ~ '_direction') }}
        and {{ owner }}_direction.survey_id = {{ survey }}
    {% endfor -%}
),

-- How good the answer is, from 0, the worst score of its scale, to 1, the best.
placed as (
    select
        *,
        case
            when answer_group is null then null
            when is_reversed then (scale_max - score) / nullif(cast(scale_max - scale_min as double), 0)
            else (score - scale_min) / nullif(cast(scale_max - scale_min as double), 0)
        end as goodness
    from grouped
),

final as (
    select
        source_system,
        response_id,
        survey_id,
        invitation_id,
        contact_id,
        account_id,
        ticket_id,
        interaction_id,
        order_id,
        survey_type,
        answer_group,
        {{ survey_touchpoint('placed') }} as touchpoint,
        comment,
        language,
        score,
        scale_min,
        scale_max,
        -- On the usual scale of the type: satisfaction 1 to 5, recommendation 0 to 10, ease 1 to 7.
        round(case survey_type
            when 'csat' then 1 + 4 * goodness
            when 'nps' then 10 * goodness
            when 'ces' then 1 + 6 * goodness
        end, 6) as points,
        round(2 * goodness - 1, 6) as rating_score,
        weight,
        issue_resolved,
        answer_group is not null as is_answer,
        responded_at
    from placed
)

select * from final
