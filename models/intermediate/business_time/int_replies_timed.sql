-- Grain: one row per stretch in which a customer waited for a reply and got one: from the first unanswered
-- message to the next public message of a human agent.
-- Each part of it runs on the calendar of the team that was in charge then.
with

replies as (
    select
        source_system,
        ticket_id,
        is_first_of_customer,
        sent_at as started_at,
        next_agent_message_at as answered_at
    from {{ ref('int_ticket_messages_ordered') }}
    where author_role = 'customer' and starts_turn and next_agent_message_at is not null
),

states as (
    select source_system, ticket_id, calendar, valid_from, valid_to
    from {{ ref('int_ticket_states_timed') }}
),

cut as (
    select
        replies.source_system,
        replies.ticket_id,
        replies.is_first_of_customer,
        states.calendar,
        replies.started_at,
        replies.answered_at,
        greatest(states.valid_from, replies.started_at) as waited_from,
        least(states.valid_to, replies.answered_at) as waited_to
    from replies
    inner join states
        on replies.source_system = states.source_system
        and replies.ticket_id = states.ticket_id
        and replies.started_at < states.valid_to
        and replies.answered_at > states.valid_from
),

final as (
    select
        cut.source_system,
        cut.ticket_id,
        bool_or(cut.is_first_of_customer) as is_first,
        min({{ seconds_between('cut.started_at', 'cut.answered_at') }}) as response_calendar_seconds,
        case
            when bool_and(cut.calendar is not null) then {{ whole_seconds('sum('
                ~ open_microseconds_until('hours_at_end', 'cut.waited_to') ~ ' - '
                ~ open_microseconds_until('hours_at_start', 'cut.waited_from') ~ ')') }}
        end as response_business_seconds,
        cut.started_at,
        min(cut.answered_at) as answered_at
    from cut
    {{ join_open_hours('hours_at_start', 'cut.calendar', 'cut.waited_from') }}
    {{ join_open_hours('hours_at_end', 'cut.calendar', 'cut.waited_to') }}
    group by cut.source_system, cut.ticket_id, cut.started_at
)

select * from final
