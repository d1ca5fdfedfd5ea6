-- Grain: one row per ticket that a policy covered: its promises by verdict.
-- A ticket's verdict falls at its first breach, or, where all that was promised was kept, at its resolution.
with

targets as (
    select * from {{ ref('int_sla_targets_judged') }}
),

final as (
    select
        source_system,
        ticket_id,
        count(*) filter (where sla_status = 'met') as targets_met,
        count(*) filter (where sla_status = 'breached') as targets_breached,
        count(*) filter (where sla_status in ('active', 'paused')) as targets_open,
        min(due_at) filter (where sla_status = 'active') as next_due_at,
        min(breached_at) as first_breached_at,
        min(target_seconds) filter (where sla_metric = 'resolution') as resolution_target_seconds,
        bool_and(sla_status <> 'breached') filter (
            where sla_metric = 'resolution' and sla_status in ('met', 'breached')
        ) as is_resolution_target_met
    from targets
    group by source_system, ticket_id
)

select * from final
