-- Grain: one row per ticket and interval of its state, with its length on the calendar of the team in charge.
with

states as (
    select
        states.source_system,
        states.ticket_id,
        states.status,
        states.valid_from,
        states.valid_to,
        scopes.calendar
    from {{ ref('int_ticket_states') }} as states
    inner join {{ ref('int_service_scopes') }} as scopes
        on states.scope_id = scopes.scope_id
),

final as (
    select
        states.source_system,
        states.ticket_id,
        states.status,
        states.calendar,
        {{ microseconds_between('states.valid_from', 'states.valid_to') }} as calendar_microseconds,
        case
            when states.calendar is not null
                then {{ open_microseconds_until('hours_at_end', 'states.valid_to') }}
                    - {{ open_microseconds_until('hours_at_start', 'states.valid_from') }}
        end as business_microseconds,
        states.valid_from,
        states.valid_to
    from states
    {{ join_open_hours('hours_at_start', 'states.calendar', 'states.valid_from') }}
    {{ join_open_hours('hours_at_end', 'states.calendar', 'states.valid_to') }}
)

select * from final
