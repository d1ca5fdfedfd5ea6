-- Grain: one row per ticket: its resolutions, and how often it was reopened, handed over and escalated.
with

changes as (
    select * from {{ ref('int_ticket_changes_ordered') }}
),

final as (
    select
        source_system,
        ticket_id,
        max(case when next_change_at is null then status end) as last_status,
        nullif(max_by(coalesce(assignee_id, ''), change_number) filter (where is_resolution), '')
            as last_resolver_id,
        count(*) filter (where is_reopening) as reopen_count,
        count(*) filter (where is_reassignment) as reassignment_count,
        count(*) filter (where is_escalation) as escalation_count,
        bool_or(is_status_change) as has_status_changes,
        max(occurred_at) filter (where is_status_change and is_logged) as last_logged_status_at,
        min(occurred_at) filter (where is_reopening) as first_reopened_at,
        min(occurred_at) filter (where is_reassignment) as first_reassigned_at,
        min(occurred_at) filter (where is_resolution) as first_resolved_at,
        max(occurred_at) filter (where is_resolution) as last_resolved_at
    from changes
    group by source_system, ticket_id
)

select * from final
