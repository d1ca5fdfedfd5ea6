-- Grain: one row per period, first day of it, scope and value of the scope.
-- A target counts in the period of its verdict: the moment it was kept, or the moment it was breached. A
-- ticket counts once, at its first breach, or, where every target was kept, at its resolution.
{% set scopes = ['sla_metric', 'policy', 'priority', 'team', 'agent', 'channel', 'segment', 'category'] %}
{% set ticket_scopes = scopes[2:] %}
with

agents as (
    select agent_key, agent from {{ ref('dim_agents') }}
),

targets as (
    select
        targets.judged_on as day,
        targets.sla_metric,
        targets.policy,
        targets.priority,
        targets.team,
        agents.agent,
        targets.channel,
        targets.segment,
        targets.category,
        targets.is_met
    from {{ ref('fct_sla_targets') }} as targets
    left join agents
        on targets.agent_key = agents.agent_key
    where targets.judged_on is not null
),

tickets as (
    select
        tickets.sla_judged_on as day,
        tickets.priority,
        tickets.team,
        agents.agent,
        tickets.channel,
        customers.segment,
        tickets.category,
        tickets.is_sla_met
    from {{ ref('fct_tickets') }} as tickets
    left join agents
        on coalesce(tickets.resolver_key, tickets.assignee_key) = agents.agent_key
    left join {{ ref('dim_customers') }} as customers
        on tickets.customer_key = customers.customer_key
    where tickets.is_sla_met is not null
),

by_target as (
    {{ by_period_and_scope('targets', scopes, [
        'count(*) as targets_judged',
        'count(*) filter (where is_met) as targets_met',
    ], never_daily=['agent']) }}
),

by_ticket as (
    {{ by_period_and_scope('tickets', ticket_scopes, [
        'count(*) as tickets_judged',
        'count(*) filter (where is_sla_met) as tickets_within_sla',
    ], never_daily=['agent']) }}
),

observed as (
    select period, period_start, scope, scope_value from by_target
    union all
    select period, period_start, scope, scope_value from by_ticket
),

spine as (
    {{ every_period('observed') }}
),

final as (
    select
        {{ spine_columns() }},
        {{ rate_statistics('by_target', 'targets_met', 'targets_judged', 'sla_compliance_rate') }},
        {{ rate_statistics('by_ticket', 'tickets_within_sla', 'tickets_judged',
            'sla_ticket_compliance_rate') }}
    from spine
    {{ join_counted('spine', 'by_target') }}
    {{ join_counted('spine', 'by_ticket') }}
)

select * from final
