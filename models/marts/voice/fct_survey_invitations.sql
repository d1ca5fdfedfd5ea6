-- Grain: one row per invitation to answer a survey.
-- An invitation counts once the days that customers have to answer have passed, so that the youngest ones
-- do not look unanswered; what comes later than that is no longer counted.
with

responses as (
    select
        source_system,
        invitation_id,
        min(responded_at) as responded_at
    from {{ ref('int_survey_responses_united') }}
    where invitation_id is not null
    group by source_system, invitation_id
),

surveys as (
    select source_system, survey_id, survey_type, language from {{ ref('int_surveys_united') }}
),

invited as (
    select
        {{ surrogate_key(['invitations.source_system', 'invitations.invitation_id']) }}
            as survey_invitation_key,
        coalesce(
            {{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }}
        ) as customer_key,
        {{ found_key('contact_id', 'contact_key') }} as contact_key,
        {{ found_key('ticket_id', 'ticket_key') }} as ticket_key,
        {{ found_key('interaction_id', 'interaction_key') }} as interaction_key,
        invitations.source_system,
        invitations.invitation_id,
        invitations.survey_id,
        surveys.survey_type,
        {{ survey_touchpoint('invitations') }} as touchpoint,
        invitations.channel,
        coalesce(surveys.language, contacts.language) as language,
        coalesce(invitations.is_delivered, true) as is_delivered,
        {{ plus_microseconds('invitations.sent_at', var('survey_response_days') * 86400000000) }} as answerable_until_at,
        {{ reporting_day('invitations.sent_at') }} as sent_on,
        invitations.sent_at,
        responses.responded_at,
        clock.as_of_at
    from {{ ref('int_survey_invitations_united') }} as invitations
    cross join {{ ref('int_as_of') }} as clock
    left join responses
        on invitations.source_system = responses.source_system
        and invitations.invitation_id = responses.invitation_id
    left join surveys
        on invitations.source_system = surveys.source_system
        and invitations.survey_id = surveys.survey_id
    {{ join_keys('invitations', 'account_id', 'int_account_keys') }}
    {{ join_keys('invitations', 'contact_id', 'int_contact_keys') }}
    {{ join_keys('invitations', 'ticket_id', 'int_ticket_keys') }}
    {{ join_keys('invitations', 'interaction_id', 'int_interaction_keys') }}
    left join {{ ref('dim_contacts') }} as contacts
        on {{ found_key('contact_id', 'contact_key') }} = contacts.contact_key
),

final as (
    select
        invited.survey_invitation_key,
        invited.customer_key,
        invited.contact_key,
        invited.ticket_key,
        invited.interaction_key,
        invited.source_system,
        invited.invitation_id,
        invited.survey_id,
        invited.survey_type,
        invited.touchpoint,
        invited.channel,
        {{ survey_subject('invited') }},
        invited.language,
        invited.is_delivered,
        invited.is_delivered and invited.answerable_until_at <= invited.as_of_at as is_counted,
        coalesce(invited.responded_at < invited.answerable_until_at, false) as is_answered,
        invited.sent_on,
        invited.sent_at,
        invited.responded_at
    from invited
    {{ join_survey_subject('invited') }}
)

select * from final
