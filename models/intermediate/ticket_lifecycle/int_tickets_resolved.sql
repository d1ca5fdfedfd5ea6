-- Grain: one row per ticket that has a change of status.
-- Resolved means resolved or closed: a ticket that is closed outright was settled too, and closing a
-- resolved one settles nothing anew.
with

status_changes as (
    select source_system, ticket_id, from_status, to_status, is_last_change, occurred_at
    from {{ ref('int_ticket_status_changes') }}
),

flagged as (
    select
        source_system,
        ticket_id,
        occurred_at,
        case when is_last_change then to_status end as last_status,
        to_status in ('resolved', 'closed')
        and coalesce(from_status, 'new') not in ('resolved', 'closed') as is_resolution,
        to_status not in ('resolved', 'closed')
        and from_status in ('resolved', 'closed') as is_reopening
    from status_changes
),

final as (
    select
        source_system,
        ticket_id,
        min(occurred_at) filter (where is_resolution) as first_resolved_at,
        max(occurred_at) filter (where is_resolution) as last_resolved_at,
        count(*) filter (where coalesce(is_reopening, false)) as reopen_count,
        max(last_status) as last_status
    from flagged
    group by source_system, ticket_id
)

select * from final
