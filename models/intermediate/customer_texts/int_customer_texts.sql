-- Grain: one row per text of a customer: a public message on a ticket, the subject of a ticket without one, the
-- customer's side of a conversation, a survey comment, a review and the like.
with

messages as (
    select source_system, message_id, ticket_id, body, sent_at
    from {{ ref('int_ticket_messages_united') }}
    where author_role = 'customer' and is_public and body is not null
),

written_tickets as (
    select distinct source_system, ticket_id from messages
),

conversations as (
    select
        interactions.*,
        -- Of a transcript that says who speaks, only what the customer says.
        case
            when {{ array_length(all_matches(
                'transcript', '(?mi)^\\s*(?:customer|caller|client|visitor|agent|advisor|representative|bot|לקוח|לקוחה|נציג|נציגה|مشتری|کارشناس|اپراتور)\\s*:'
            )) }} > 0 then {{ joined_lines(all_matches(
                'transcript', '(?mi)^\\s*(?:customer|caller|client|visitor|לקוח|לקוחה|مشتری)\\s*:(.*)$', 1
            )) }}
            else transcript
        end as said
    from {{ ref('int_interactions_united') }} as interactions
    where transcript is not null
),

texts as (
    select
        'ticket_message' as text_kind,
        messages.source_system,
        messages.message_id as record_id,
        messages.ticket_id,
        cast(null as varchar) as interaction_id,
        cast(null as varchar) as response_id,
        cast(null as varchar) as contact_id,
        cast(null as varchar) as account_id,
        tickets.language,
        cast(null as double) as rating_score,
        messages.body,
        messages.sent_at as written_at
    from messages
    left join {{ ref('int_tickets_united') }} as tickets
        on messages.source_system = tickets.source_system
        and messages.ticket_id = tickets.ticket_id

    union all

    select
        'ticket_subject' as text_kind,
        tickets.source_system,
        tickets.ticket_id as record_id,
        tickets.ticket_id,
        null as interaction_id,
        null as response_id,
        tickets.contact_id,
        tickets.account_id,
        tickets.language,
        null as rating_score,
        tickets.subject as body,
        tickets.created_at as written_at
    from {{ ref('int_tickets_united') }} as tickets
    left join written_tickets
        on tickets.source_system = written_tickets.source_system
        and tickets.ticket_id = written_tickets.ticket_id
    where tickets.subject is not null and written_tickets.ticket_id is null

    union all

    select
        case when channel = 'phone' then 'call' else 'chat' end as text_kind,
        source_system,
        interaction_id as record_id,
        ticket_id,
        interaction_id,
        null as response_id,
        contact_id,
        account_id,
        null as language,
        null as rating_score,
        said as body,
        offered_at as written_at
    from conversations

    union all

    select
        'survey_comment' as text_kind,
        source_system,
        response_id as record_id,
        ticket_id,
        interaction_id,
        response_id,
        contact_id,
        account_id,
        language,
        rating_score,
        comment as body,
        responded_at as written_at
    from {{ ref('int_survey_responses_scored') }}

    union all

    select
        kind as text_kind,
        source_system,
        feedback_id as record_id,
        null as ticket_id,
        null as interaction_id,
        null as response_id,
        contact_id,
        account_id,
        language,
        -- A rating without the end of its scale says nothing about how good it is.
        case when rating between 1 and rating_max then 2 * (rating - 1) / nullif(rating_max - 1, 0) - 1 end
            as rating_score,
        body,
        observed_at as written_at
    from {{ ref('int_feedback_united') }}
),

final as (
    select
        *,
        md5(coalesce(language, '') || ':' || body) as text_key
    from texts
    where trim(body) <> ''
)

select * from final
