-- Grain: one row per month, quarter or year, its first day, scope (company, team, cost_type) and value.
-- Costs are in the reporting currency at the rate of the month's first day. A contact is a handled live
-- contact, or a reply on a ticket without one of its own channel.
with

costs as (
    select period_start as day, coalesce(team, '(none)') as team, cost_type, reporting_amount
    from {{ ref('int_service_costs_converted') }}
),

tickets as (
    select ticket_key, channel, coalesce(team, '(none)') as team, full_resolved_on as day
    from {{ ref('fct_tickets') }}
    where is_eligible
),

interactions as (
    select interactions.ticket_key, interactions.channel, interactions.direction, agents.team, interactions.offered_on as day
    from {{ ref('fct_interactions') }} as interactions
    left join {{ ref('dim_agents') }} as agents
        on interactions.agent_key = agents.agent_key
    where interactions.is_handled
),

-- The messages of a chat or beside a call belong to that contact.
tickets_with_contacts as (
    select interactions.ticket_key
    from interactions
    inner join tickets
        on interactions.ticket_key = tickets.ticket_key
        and interactions.channel = tickets.channel
    group by interactions.ticket_key
),

work as (
    select day, team, 1 as tickets_resolved, 0 as contacts, 1 as matters_settled from tickets where day is not null
    union all
    select replies.answered_on as day, tickets.team, 0 as tickets_resolved, 1 as contacts, 0 as matters_settled
    from {{ ref('fct_replies') }} as replies
    inner join tickets
        on replies.ticket_key = tickets.ticket_key
    left join tickets_with_contacts
        on replies.ticket_key = tickets_with_contacts.ticket_key
    where tickets_with_contacts.ticket_key is null
    union all
    select
        day,
        coalesce(team, '(none)') as team,
        0 as tickets_resolved,
        1 as contacts,
        case when ticket_key is null and direction = 'inbound' then 1 else 0 end as matters_settled
    from interactions
),

spent as (
    select day, team, cost_type, reporting_amount, 0 as tickets_resolved, 0 as contacts, 0 as matters_settled from costs
    union all
    select day, team, null as cost_type, null as reporting_amount, tickets_resolved, contacts, matters_settled from work
),

monthly as (
    {% for scope, value in {'company': "'company'", 'team': 'team', 'cost_type': 'cost_type'}.items() %}
    select
        {{ period_start('month', 'day') }} as month_start,
        '{{ scope }}' as scope,
        {{ value }} as scope_value,
        sum(reporting_amount) as service_cost,
        sum(tickets_resolved) as tickets_resolved,
        sum(contacts) as contacts,
        sum(matters_settled) as matters_settled
    from spent
    {{ 'where cost_type is not null' if scope == 'cost_type' }}
    group by {{ period_start('month', 'day') }}{{ ', ' ~ value if scope != 'company' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Only months with a cost count, or a quarter whose last month is not booked yet would look cheap.
summed as (
    {% for period in ['month', 'quarter', 'year'] %}
    select
        '{{ period }}' as period,
        {{ period_start(period, 'month_start') }} as period_start,
        scope,
        scope_value,
        sum(service_cost) as service_cost,
        -- A kind of cost is borne by all the work there is, and a shared cost by all teams.
        {% for count in ['tickets_resolved', 'contacts', 'matters_settled'] %}
        case when scope <> 'cost_type' and scope_value <> '(none)' then sum({{ count }}) end as {{ count }}{{ ',' if not loop.last }}
        {% endfor %}
    from monthly
    where service_cost is not null
    group by {{ period_start(period, 'month_start') }}, scope, scope_value
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        summed.period,
        summed.period_start,
        summed.scope,
        summed.scope_value,
        periods.period_end <= {{ reporting_day('clock.as_of_at') }} as is_complete,
        cast(summed.tickets_resolved as bigint) as tickets_resolved,
        cast(summed.contacts as bigint) as contacts,
        cast(summed.matters_settled as bigint) as matters_settled,
        cast(summed.service_cost as decimal(18, 2)) as service_cost,
        round(cast(summed.service_cost as double) / nullif(summed.tickets_resolved, 0), 6) as cost_per_ticket,
        round(cast(summed.service_cost as double) / nullif(summed.contacts, 0), 6) as cost_per_contact,
        round(cast(summed.service_cost as double) / nullif(summed.matters_settled, 0), 6) as cost_per_resolution
    from summed
    inner join {{ ref('dim_periods') }} as periods
        on summed.period = periods.period
        and summed.period_start = periods.period_start
    cross join {{ ref('int_as_of') }} as clock
)

select * from final
