-- Grain: one row per reopening, which the log tells by its counter, and per change of the incident's state.
-- The log has an entry only where something was saved, so that it holds reopenings but not, for every
-- incident, the moment of its resolution: that one is the incident's own resolved_at. The states are therefore
-- a field of their own, as the log spells them, for process mining.
with

entries as (
    select
        number,
        cast(reopen_count as integer) as reopen_count,
        incident_state,
        cast(sys_mod_count as integer) as mod_count,
        strptime(sys_updated_at, '%d/%m/%Y %H:%M') as updated_at
    from read_parquet('incident_event_log.parquet')
),

compared as (
    select
        *,
        lag(reopen_count, 1, 0) over (partition by number order by mod_count, updated_at) as reopened_before,
        lag(incident_state) over in_order as state_before,
        row_number() over in_order as entry
    from entries
    window in_order as (partition by number order by updated_at, mod_count, incident_state)
)

select
    number || '-' || reopen_count as event_id,
    number as ticket_id,
    min(updated_at) as occurred_at,
    'status' as field,
    'resolved' as old_value,
    'open' as new_value,
    min(updated_at) as updated_at
from compared
where reopen_count > reopened_before
group by number, reopen_count
union all
select
    number || '-state-' || lpad(cast(entry as varchar), 4, '0') as event_id,
    number as ticket_id,
    updated_at as occurred_at,
    'incident_state' as field,
    state_before as old_value,
    incident_state as new_value,
    updated_at
from compared
where incident_state is distinct from state_before
