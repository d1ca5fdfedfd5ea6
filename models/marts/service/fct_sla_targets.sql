-- Grain: one row per ticket, SLA metric and occurrence of a promise that a policy covered.
with

targets as (
    select * from {{ ref('int_sla_targets_judged') }}
),

scopes as (
    select scope_id, priority, channel, segment, category, team
    from {{ ref('int_service_scopes') }}
),

tickets as (
    select source_system, ticket_id, ticket_key, customer_key, coalesce(resolver_key, assignee_key) as agent_key
    from {{ ref('fct_tickets') }}
),

final as (
    select
        {{ surrogate_key(['targets.source_system', 'targets.ticket_id', 'targets.sla_metric', 'targets.occurrence']) }}
            as sla_target_key,
        tickets.ticket_key,
        tickets.customer_key,
        tickets.agent_key,
        targets.sla_metric,
        targets.occurrence,
        targets.policy,
        scopes.priority,
        scopes.channel,
        scopes.segment,
        scopes.category,
        scopes.team,
        targets.sla_status,
        targets.target_seconds,
        targets.elapsed_seconds,
        targets.is_open,
        case when targets.sla_status in ('met', 'breached') then targets.sla_status = 'met' end as is_met,
        case
            when targets.sla_status in ('met', 'breached')
                then {{ reporting_day('coalesce(targets.breached_at, targets.fulfilled_at)') }}
        end as judged_on,
        targets.started_at,
        targets.fulfilled_at,
        targets.breached_at,
        targets.due_at
    from targets
    inner join scopes
        on targets.scope_id = scopes.scope_id
    inner join tickets
        on targets.source_system = tickets.source_system
        and targets.ticket_id = tickets.ticket_id
)

select * from final
