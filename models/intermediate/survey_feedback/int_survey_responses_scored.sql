-- Grain: one row per survey response.
-- A score outside the survey's scale (a code such as 11 for 'no answer') is no answer: it has no group
-- and counts in no metric.
with

responses as (
    select
        source_system, response_id, survey_id, invitation_id, contact_id, account_id, ticket_id,
        interaction_id, order_id, comment, language, score, weight, issue_resolved, responded_at
    from {{ ref('int_survey_responses_united') }}
),

surveys as (
    select source_system, survey_id, survey_type, scale_min, scale_max
    from {{ ref('int_surveys_united') }}
),

scales as (
    select survey_type, scale_min, scale_max, score_from, score_to, answer_group
    from {{ ref('survey_scales') }}
),

final as (
    select
        responses.source_system,
        responses.response_id,
        responses.survey_id,
        responses.invitation_id,
        responses.contact_id,
        responses.account_id,
        responses.ticket_id,
        responses.interaction_id,
        responses.order_id,
        surveys.survey_type,
        scales.answer_group,
        responses.comment,
        responses.language,
        responses.score,
        surveys.scale_min,
        surveys.scale_max,
        coalesce(responses.weight, 1) as weight,
        responses.issue_resolved,
        scales.answer_group is not null as is_answer,
        responses.responded_at
    from responses
    left join surveys
        on responses.source_system = surveys.source_system
        and responses.survey_id = surveys.survey_id
    left join scales
        on surveys.survey_type = scales.survey_type
        and surveys.scale_min = scales.scale_min
        and surveys.scale_max = scales.scale_max
        and responses.score between scales.score_from and scales.score_to
        and responses.score between surveys.scale_min and surveys.scale_max
)

select * from final
