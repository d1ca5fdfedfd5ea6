-- Grain: one row per message on a ticket. The text stays in intermediate: it is personal data.
with

messages as (
    select * from {{ ref('int_ticket_messages_united') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'message_id']) }} as ticket_message_key,
        {{ surrogate_key(['source_system', 'ticket_id']) }} as ticket_key,
        source_system,
        message_id,
        author_id,
        author_role,
        channel,
        cast(length(body) as bigint) as body_characters,
        is_public,
        sent_at
    from messages
)

select * from final
