-- Grain: one row per ticket, how long it was in which kind of state, in calendar and business time.
-- Business time is null where the calendar of a team in charge is not known. Open tickets count until as_of.
with

states as (
    select * from {{ ref('int_ticket_states_timed') }}
),

resolved as (
    select source_system, ticket_id, first_resolved_at, last_resolved_at
    from {{ ref('int_tickets_resolved') }}
),

{% set ends = {'first_resolution': 'first_resolved_at', 'full_resolution': 'last_resolved_at'} %}
{% set parts = {
    'first_resolution': 'states.valid_from < resolved.first_resolved_at',
    'full_resolution': 'states.valid_from < resolved.last_resolved_at',
    'requester_wait': "states.status in ('new', 'open', 'on_hold')",
    'agent_wait': "states.status = 'pending'",
    'on_hold': "states.status = 'on_hold'",
} %}
final as (
    select
        states.source_system,
        states.ticket_id
        {%- for part, condition in parts.items() %},
        {% set is_known = 'coalesce(bool_and(states.calendar is not null) filter (where ' ~ condition ~ '), true)' -%}
        {% set calendar_time = 'sum(states.calendar_microseconds) filter (where ' ~ condition ~ ')' -%}
        {% set business_time = 'sum(states.business_microseconds) filter (where ' ~ condition ~ ')' -%}
        {% if part in ends -%}
        case
            when min(resolved.{{ ends[part] }}) is not null and {{ is_known }}
                then coalesce({{ whole_seconds(business_time) }}, 0)
        end as {{ part }}_business_seconds
        {%- else -%}
        coalesce({{ whole_seconds(calendar_time) }}, 0) as {{ part }}_calendar_seconds,
        case when {{ is_known }} then coalesce({{ whole_seconds(business_time) }}, 0) end
            as {{ part }}_business_seconds
        {%- endif %}
        {%- endfor %}
    from states
    inner join resolved
        on states.source_system = resolved.source_system
        and states.ticket_id = resolved.ticket_id
    group by states.source_system, states.ticket_id
)

select * from final
