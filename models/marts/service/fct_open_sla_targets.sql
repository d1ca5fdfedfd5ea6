-- Grain: one row per promise that is still to be kept, the most urgent first within its team.
with

targets as (
    select * from {{ ref('fct_sla_targets') }} where is_open and sla_status <> 'withdrawn'
),

tickets as (
    select ticket_key, assignee_key, ticket_id, status from {{ ref('fct_tickets') }}
),

final as (
    select
        targets.sla_target_key,
        targets.ticket_key,
        targets.customer_key,
        tickets.assignee_key,
        tickets.ticket_id,
        targets.team,
        targets.priority,
        targets.sla_metric,
        targets.policy,
        tickets.status,
        targets.sla_status,
        row_number() over (
            partition by targets.team
            order by targets.due_at nulls last, targets.sla_target_key nulls last
        ) as urgency,
        targets.target_seconds,
        targets.elapsed_seconds,
        {{ seconds_between('clock.as_of_at', 'targets.due_at') }} as due_in_seconds,
        targets.started_at,
        targets.due_at
    from targets
    inner join tickets
        on targets.ticket_key = tickets.ticket_key
    cross join {{ ref('int_as_of') }} as clock
)

select * from final
