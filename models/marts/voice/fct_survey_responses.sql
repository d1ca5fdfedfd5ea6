-- Grain: one row per survey response, an answer or not.
with

responses as (
    select
        {{ surrogate_key(['responses.source_system', 'responses.response_id']) }}
            as survey_response_key,
        coalesce(
            {{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }}
        ) as customer_key,
        {{ found_key('contact_id', 'contact_key') }} as contact_key,
        coalesce(
            {{ found_key('contact_id', 'contact_key') }}, {{ found_key('account_id', 'customer_key') }}
        ) as respondent_key,
        {{ found_key('ticket_id', 'ticket_key') }} as ticket_key,
        {{ found_key('interaction_id', 'interaction_key') }} as interaction_key,
        responses.source_system,
        responses.response_id,
        responses.survey_id,
        responses.survey_type,
        responses.touchpoint,
        invitations.channel,
        responses.answer_group,
        responses.language,
        responses.score,
        responses.points,
        responses.weight,
        responses.is_answer,
        responses.issue_resolved,
        responses.comment is not null as has_comment,
        {{ reporting_day('responses.responded_at') }} as responded_on,
        responses.responded_at
    from {{ ref('int_survey_responses_scored') }} as responses
    left join {{ ref('int_survey_invitations_united') }} as invitations
        on responses.source_system = invitations.source_system
        and responses.invitation_id = invitations.invitation_id
    {{ join_keys('responses', 'account_id', 'int_account_keys') }}
    {{ join_keys('responses', 'contact_id', 'int_contact_keys') }}
    {{ join_keys('responses', 'ticket_id', 'int_ticket_keys') }}
    {{ join_keys('responses', 'interaction_id', 'int_interaction_keys') }}
),

final as (
    select
        responses.survey_response_key,
        responses.customer_key,
        responses.contact_key,
        responses.respondent_key,
        responses.ticket_key,
        responses.interaction_key,
        responses.source_system,
        responses.response_id,
        responses.survey_id,
        responses.survey_type,
        responses.touchpoint,
        responses.channel,
        {{ survey_subject('responses') }},
        responses.answer_group,
        responses.language,
        responses.score,
        responses.points,
        responses.weight,
        responses.is_answer,
        responses.issue_resolved,
        responses.has_comment,
        responses.responded_on,
        responses.responded_at
    from responses
    {{ join_survey_subject('responses') }}
)

select * from final
