-- Grain: one row per incident, as its last log entry leaves it.
-- Entries of one sys_mod_count are ordered by their time of update.
with

entries as (
    select
        *,
        row_number() over (
            partition by number
            order by
                cast(sys_mod_count as integer) desc,
                strptime(sys_updated_at, '%d/%m/%Y %H:%M') desc
        ) as entries_to_the_end
    from read_parquet('incident_event_log.parquet')
)

select
    number as ticket_id,
    contact_type as channel,
    nullif(category, '?') as category,
    nullif(subcategory, '?') as subcategory,
    priority,
    incident_state as status,
    nullif(assigned_to, '?') as assignee_id,
    nullif(assignment_group, '?') as team,
    strptime(opened_at, '%d/%m/%Y %H:%M') as created_at,
    strptime(nullif(resolved_at, '?'), '%d/%m/%Y %H:%M') as resolved_at,
    strptime(closed_at, '%d/%m/%Y %H:%M') as closed_at,
    strptime(sys_updated_at, '%d/%m/%Y %H:%M') as updated_at,
    made_sla = 'true' as reported_sla_met
from entries
where entries_to_the_end = 1
