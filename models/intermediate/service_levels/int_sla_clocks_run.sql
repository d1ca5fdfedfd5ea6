-- Grain: one row per promise and interval [ran_from, ran_to) of one state of its ticket that was not settled.
-- A paused clock has intervals too, of no length: a target that is lowered meanwhile holds at once. What was
-- kept in the moment it was promised has the state of that moment, settled or not.
{{ config(materialized='view') }}
with

spans as (
    select * from {{ ref('int_sla_spans') }}
),

states as (
    select source_system, ticket_id, scope_id, status, is_last, valid_from, valid_to
    from {{ ref('int_ticket_states') }}
),

scopes as (
    select scope_id, calendar from {{ ref('int_service_scopes') }}
),

targets as (
    select * from {{ ref('int_sla_targets_matched') }}
),

clocks as (
    select * from {{ ref('sla_clocks') }}
),

cut as (
    select
        spans.source_system,
        spans.ticket_id,
        spans.sla_metric,
        states.scope_id,
        case states.status
            when 'new' then clocks.runs_in_new
            when 'open' then clocks.runs_in_open
            when 'pending' then clocks.runs_in_pending
            when 'on_hold' then clocks.runs_in_on_hold
            else false
        end as is_running,
        states.is_last and spans.fulfilled_at is null as is_last,
        spans.started_at,
        spans.fulfilled_at,
        greatest(states.valid_from, spans.started_at) as ran_from,
        least(states.valid_to, coalesce(spans.fulfilled_at, states.valid_to)) as ran_to
    from spans
    inner join states
        on spans.source_system = states.source_system
        and spans.ticket_id = states.ticket_id
        and (spans.started_at < states.valid_to or (states.is_last and spans.started_at = states.valid_to))
        and (
            (
                states.status not in ('resolved', 'closed')
                and (spans.fulfilled_at is null or spans.fulfilled_at > states.valid_from)
            )
            or (spans.fulfilled_at = spans.started_at and spans.started_at = states.valid_from)
        )
    inner join clocks
        on spans.sla_metric = clocks.sla_metric
),

ruled as (
    select
        cut.source_system,
        cut.ticket_id,
        cut.sla_metric,
        coalesce(targets.calendar, scopes.calendar, '24x7') as calendar,
        targets.target_seconds * 1000000 as target_microseconds,
        cut.is_running,
        cut.is_last,
        cut.scope_id,
        cut.started_at,
        cut.fulfilled_at,
        cut.ran_from,
        cut.ran_to
    from cut
    inner join scopes
        on cut.scope_id = scopes.scope_id
    left join targets
        on cut.scope_id = targets.scope_id
        and cut.sla_metric = targets.sla_metric
),

final as (
    select
        ruled.source_system,
        ruled.ticket_id,
        ruled.sla_metric,
        ruled.calendar,
        ruled.scope_id,
        ruled.target_microseconds,
        {{ open_microseconds_until('hours_at_start', 'ruled.ran_from') }} as open_microseconds_at_start,
        case
            when ruled.is_running
                then {{ open_microseconds_until('hours_at_end', 'ruled.ran_to') }}
                    - {{ open_microseconds_until('hours_at_start', 'ruled.ran_from') }}
            else 0
        end as ran_microseconds,
        ruled.is_running,
        ruled.is_last,
        ruled.started_at,
        ruled.fulfilled_at,
        ruled.ran_from,
        ruled.ran_to
    from ruled
    {{ join_open_hours('hours_at_start', 'ruled.calendar', 'ruled.ran_from') }}
    {{ join_open_hours('hours_at_end', 'ruled.calendar', 'ruled.ran_to') }}
)

select * from final
