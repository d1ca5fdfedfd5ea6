-- Grain: one row per call, chat or other live contact.
-- Offered is what reached a queue of agents: inbound, not served by the IVR, and not given up so early that
-- `service_levels` says not to count it.
with

interactions as (
    select
        interactions.*,
        {{ surrogate_key(['interactions.source_system', 'interactions.interaction_id']) }}
            as interaction_key,
        coalesce(
            {{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }}
        ) as customer_key,
        {{ found_key('contact_id', 'contact_key') }} as contact_key,
        {{ found_key('agent_id', 'agent_key') }} as agent_key,
        {{ found_key('ticket_id', 'ticket_key') }} as ticket_key,
        -- A source that sends only times says how long the queue was by them.
        coalesce(
            interactions.wait_seconds,
            {{ no_less_than(
                seconds_between('interactions.offered_at', 'interactions.answered_at')
                ~ ' - coalesce(interactions.ivr_seconds, 0)', '0'
            ) }}
        ) as waited_seconds
    from {{ ref('int_interactions_united') }} as interactions
    {{ join_keys('interactions', 'account_id', 'int_account_keys') }}
    {{ join_keys('interactions', 'contact_id', 'int_contact_keys') }}
    {{ join_keys('interactions', 'agent_id', 'int_agent_keys') }}
    {{ join_keys('interactions', 'ticket_id', 'int_ticket_keys') }}
),

levels as (
    select channel, answer_within_seconds, short_abandon_seconds
    from {{ ref('service_levels') }}
),

judged as (
    select
        interactions.*,
        coalesce(own.answer_within_seconds, others.answer_within_seconds) as answer_within_seconds,
        interactions.outcome in ('handled', 'transferred') as is_handled,
        interactions.direction = 'inbound'
        and interactions.outcome <> 'self_served'
        and not (
            interactions.outcome = 'abandoned'
            and coalesce(
                interactions.waited_seconds
                < coalesce(own.short_abandon_seconds, others.short_abandon_seconds), false
            )
        ) as is_offered
    from interactions
    left join levels as own
        on interactions.channel = own.channel
    left join levels as others
        on others.channel = '*'
),

final as (
    select
        interaction_key,
        customer_key,
        contact_key,
        agent_key,
        ticket_key,
        source_system,
        interaction_id,
        channel,
        direction,
        queue,
        transaction_type,
        outcome,
        ivr_seconds,
        waited_seconds as wait_seconds,
        talk_seconds,
        hold_seconds,
        wrap_up_seconds,
        case
            when is_handled and coalesce(talk_seconds, hold_seconds, wrap_up_seconds) is not null
                then coalesce(talk_seconds, 0) + coalesce(hold_seconds, 0) + coalesce(wrap_up_seconds, 0)
        end as handle_seconds,
        is_offered,
        is_handled,
        direction = 'inbound' and (coalesce(ivr_seconds, 0) > 0 or outcome = 'self_served') as has_entered_ivr,
        case
            when is_offered and answer_within_seconds is not null
                and not (is_handled and waited_seconds is null)
                then coalesce(is_handled and waited_seconds <= answer_within_seconds, false)
        end as is_answered_in_time,
        {{ reporting_day('offered_at') }} as offered_on,
        offered_at,
        answered_at,
        ended_at
    from judged
)

select * from final
