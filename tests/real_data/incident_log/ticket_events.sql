-- Grain: one row per reopening, which the log tells by its counter.
-- The log has an entry only where something was saved, so that it holds reopenings but not, for every
-- incident, the moment of its resolution: that one is the incident's own resolved_at.
with

entries as (
    select
        number,
        cast(reopen_count as integer) as reopen_count,
        strptime(sys_updated_at, '%d/%m/%Y %H:%M') as updated_at,
        lag(cast(reopen_count as integer), 1, 0) over (
            partition by number
            order by cast(sys_mod_count as integer), strptime(sys_updated_at, '%d/%m/%Y %H:%M')
        ) as reopened_before
    from read_parquet('incident_event_log.parquet')
)

select
    number || '-' || reopen_count as event_id,
    number as ticket_id,
    min(updated_at) as occurred_at,
    'status' as field,
    'resolved' as old_value,
    'open' as new_value,
    min(updated_at) as updated_at
from entries
where reopen_count > reopened_before
group by number, reopen_count
