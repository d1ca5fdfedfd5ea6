-- Grain: one row per measure of service and way in which it pays: what one point more of it is worth in a year, in the
-- reporting currency, with its interval.
-- retention: a point more lowers the probability of leaving of the customers it is measured on; each that stays brings
-- the mean margin of a customer a year. fewer_contacts: each request settled at the first contact saves the replies
-- and calls that others need.
with

clock as (
    select
        {{ reporting_day('as_of_at') }} as today,
        {{ period_start('month', reporting_day('as_of_at')) }} as this_month
    from {{ ref('int_as_of') }}
),

active as (
    select customer_key from {{ ref('fct_customer_values') }} where is_active
),

-- Of the last twelve whole months.
margins as (
    select sum(margins.margin) / nullif(cast(count(distinct active.customer_key) as double), 0) as margin_per_customer_year
    from active
    cross join clock
    left join {{ ref('int_customer_margins') }} as margins
        on active.customer_key = margins.customer_key
        and margins.period_start >= {{ dbt.dateadd('month', -12, 'clock.this_month') }}
        and margins.period_start < clock.this_month
),

-- Active customers on whom the measure says something, as of the last snapshot whose outcome is known.
measured as (
    select
        count(case when csat is not null then customer_key end) as csat,
        count(case when fcr is not null then customer_key end) as first_contact_resolution
    from {{ ref('int_experience_snapshots') }}
    where snapshot_number = 1
),

retention as (
    select
        effects.measure,
        'retention' as pays_by,
        effects.observations,
        effects.customers,
        -0.01 * effects.effect as effect_per_point,
        0.01 * {{ var('z_95') }} * effects.standard_error as half_width,
        case effects.measure when 'csat' then measured.csat else measured.first_contact_resolution end
        * 365.0 / {{ var('churn_horizon_days') }} as cases_a_year,
        margins.margin_per_customer_year as money_per_case
    from {{ ref('int_experience_effects') }} as effects
    cross join measured
    cross join margins
),

contacts as (
    select
        count(*) as requests,
        count(distinct tickets.customer_key) as customers,
        avg(case when not settled.is_first_contact_resolution then settled.agent_contact_count end)
        - avg(case when settled.is_first_contact_resolution then settled.agent_contact_count end) as contacts_saved,
        sqrt(
            var_samp(case when not settled.is_first_contact_resolution then settled.agent_contact_count end)
            / nullif(count(*) filter (where not settled.is_first_contact_resolution), 0)
            + var_samp(case when settled.is_first_contact_resolution then settled.agent_contact_count end)
            / nullif(count(*) filter (where settled.is_first_contact_resolution), 0)
        ) as standard_error
    from {{ ref('int_tickets_settled_at_once') }} as settled
    cross join clock
    inner join {{ ref('int_tickets_described') }} as tickets
        on settled.source_system = tickets.source_system
        and settled.ticket_id = tickets.ticket_id
    where settled.is_first_contact_resolution is not null
        and {{ reporting_day('tickets.created_at') }} > {{ dbt.dateadd('day', -365, 'clock.today') }}
),

cost as (
    select sum(service_cost) / nullif(cast(sum(contacts) as double), 0) as cost_per_contact
    from {{ ref('fct_cost_metrics') }}
    cross join clock
    where period = 'month'
        and scope = 'company'
        and period_start >= {{ dbt.dateadd('month', -12, 'clock.this_month') }}
        and period_start < clock.this_month
),

fewer_contacts as (
    select
        'first_contact_resolution' as measure,
        'fewer_contacts' as pays_by,
        contacts.requests as observations,
        contacts.customers,
        0.01 * contacts.contacts_saved as effect_per_point,
        0.01 * {{ var('z_95') }} * contacts.standard_error as half_width,
        cast(contacts.requests as double) as cases_a_year,
        cost.cost_per_contact as money_per_case
    from contacts
    cross join cost
    where contacts.contacts_saved is not null
),

ways as (
    select * from retention
    union all
    select * from fewer_contacts
),

final as (
    select
        measure,
        pays_by,
        observations,
        customers,
        round(effect_per_point, 9) as effect_per_point,
        round(effect_per_point - half_width, 9) as effect_per_point_ci_low,
        round(effect_per_point + half_width, 9) as effect_per_point_ci_high,
        round(cases_a_year, 6) as cases_a_year,
        round(money_per_case, 6) as money_per_case,
        cast(effect_per_point * cases_a_year * money_per_case as decimal(18, 2)) as worth_a_year,
        cast((effect_per_point - half_width) * cases_a_year * money_per_case as decimal(18, 2)) as worth_a_year_ci_low,
        cast((effect_per_point + half_width) * cases_a_year * money_per_case as decimal(18, 2)) as worth_a_year_ci_high
    from ways
)

select * from final
