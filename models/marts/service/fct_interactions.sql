-- Grain: one row per call, chat or other live contact.
with

final as (
    select
        {{ surrogate_key(['interactions.source_system', 'interactions.interaction_id']) }}
            as interaction_key,
        coalesce(
            {{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }}
        ) as customer_key,
        {{ found_key('contact_id', 'contact_key') }} as contact_key,
        {{ found_key('agent_id', 'agent_key') }} as agent_key,
        {{ found_key('ticket_id', 'ticket_key') }} as ticket_key,
        interactions.source_system,
        interactions.interaction_id,
        interactions.channel,
        interactions.direction,
        interactions.queue,
        interactions.transaction_type,
        interactions.outcome,
        interactions.ivr_seconds,
        interactions.wait_seconds,
        interactions.talk_seconds,
        interactions.hold_seconds,
        interactions.wrap_up_seconds,
        {{ reporting_day('interactions.offered_at') }} as offered_on,
        interactions.offered_at,
        interactions.answered_at,
        interactions.ended_at
    from {{ ref('int_interactions_united') }} as interactions
    {{ join_keys('interactions', 'account_id', 'int_account_keys') }}
    {{ join_keys('interactions', 'contact_id', 'int_contact_keys') }}
    {{ join_keys('interactions', 'agent_id', 'int_agent_keys') }}
    {{ join_keys('interactions', 'ticket_id', 'int_ticket_keys') }}
)

select * from final
