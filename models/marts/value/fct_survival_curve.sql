-- Grain: one row per scope, value of the scope and age in steps of 30 days: the share of customers who have not yet
-- left for the first time at that age (Kaplan and Meier), with its interval (Greenwood's variance of log(-log)).
-- Files often begin with the customers who were still there; so customers are observed from the day on which one in
-- twenty of those who left had left, and are at risk from the age that they had then.
{% set scopes = ['relationship', 'segment'] %}
with

days as (
    select customer_key, period_start as day, was_active, is_active
    from {{ ref('int_membership_changes') }}
    where period = 'day'
),

first_lives as (
    select customer_key, min(case when not is_active then day end) as left_on
    from days
    group by customer_key
),

leavers as (
    select left_on, row_number() over (order by left_on) as place, count(*) over () as leavers
    from first_lives
    where left_on is not null
),

observed as (
    select min(left_on) as observed_from from leavers where place >= 0.05 * leavers
),

lives as (
    select
        relationships.relationship,
        relationships.segment,
        lives.left_on is not null as has_left,
        {{ dbt.datediff('relationships.joined_on', "coalesce(lives.left_on, " ~ reporting_day('clock.as_of_at') ~ ")", 'day') }}
            as age_days,
        -- The age from which the customer is observed: after its day 0, or from the start.
        case
            when relationships.joined_on < observed.observed_from
                then {{ dbt.datediff('relationships.joined_on', 'observed.observed_from', 'day') }} - 1
            else -1
        end as entry_days
    from first_lives as lives
    inner join {{ ref('int_customer_relationships') }} as relationships
        on lives.customer_key = relationships.customer_key
    cross join {{ ref('int_as_of') }} as clock
    cross join observed
    where coalesce(lives.left_on >= observed.observed_from, true)
),

scoped as (
    select 'company' as scope, 'company' as scope_value, age_days, entry_days, has_left from lives
    {% for scope in scopes %}
    union all
    select '{{ scope }}' as scope, coalesce({{ scope }}, '(none)') as scope_value, age_days, entry_days, has_left from lives
    {% endfor %}
),

by_age as (
    select
        scope,
        scope_value,
        age_days,
        sum(customers) as customers,
        sum(customers_entering) as customers_entering,
        sum(customers_left) as customers_left
    from (
        select scope, scope_value, age_days, 1 as customers, 0 as customers_entering, case when has_left then 1 else 0 end as customers_left
        from scoped
        union all
        select scope, scope_value, entry_days as age_days, 0 as customers, 1 as customers_entering, 0 as customers_left
        from scoped
    ) as placed
    group by scope, scope_value, age_days
),

-- At risk at an age is who is known for at least so long and was observed before.
at_risk as (
    select
        *,
        sum(customers - customers_entering) over older as customers_at_risk,
        sum(customers) over older as customers_known
    from by_age
    window older as (
        partition by scope, scope_value order by age_days desc nulls last
        rows between unbounded preceding and current row
    )
),

multiplied as (
    select
        scope,
        scope_value,
        age_days,
        cast(sum(customers_left) over so_far as bigint) as customers_left,
        -- Nobody is left of whom the last one leaves; where others are observed later, such a moment tells nothing.
        max(case when customers_left = customers_at_risk and customers_left = customers_known and customers_left > 0 then 1 else 0 end)
            over so_far = 1 as is_empty,
        sum(case when customers_left < customers_at_risk then ln(1 - customers_left / cast(customers_at_risk as double)) end)
            over so_far as log_survival,
        sum(
            case
                when customers_left < customers_at_risk
                    then customers_left / (cast(customers_at_risk as double) * (customers_at_risk - customers_left))
            end
        ) over so_far as greenwood
    from at_risk
    window so_far as (
        partition by scope, scope_value order by age_days
        rows between unbounded preceding and current row
    )
),

oldest as (
    select scope, scope_value, max(age_days) as age_days
    from multiplied
    group by scope, scope_value
),

numbers as (
    select row_number() over (order by date_day) - 1 as number from {{ ref('dim_dates') }}
),

steps as (
    select oldest.scope, oldest.scope_value, cast(30 * numbers.number as bigint) as age_days
    from oldest
    inner join numbers
        on 30 * numbers.number <= oldest.age_days
),

joined as (
    select
        steps.scope,
        steps.scope_value,
        steps.age_days,
        multiplied.customers_left,
        multiplied.is_empty,
        multiplied.log_survival,
        multiplied.greenwood
    from steps
    {{ join_latest('multiplied', 'multiplied', 'steps.scope = multiplied.scope and steps.scope_value = multiplied.scope_value', 'steps.age_days', 'age_days') }}
),

counted as (
    select
        joined.*,
        case when is_empty then 0 else exp(coalesce(log_survival, 0)) end as survival,
        -- On the scale of log(-log), where the interval stays within 0 and 1.
        {{ var('z_95') }} * sqrt(greenwood) / nullif(abs(log_survival), 0) as spread
    from joined
),

risked as (
    select
        steps.scope,
        steps.scope_value,
        steps.age_days,
        cast(sum(case when by_age.age_days >= steps.age_days then by_age.customers - by_age.customers_entering else 0 end) as bigint)
            as customers_at_risk
    from steps
    inner join by_age
        on steps.scope = by_age.scope
        and steps.scope_value = by_age.scope_value
        and steps.age_days <= by_age.age_days
    group by steps.scope, steps.scope_value, steps.age_days
),

final as (
    select
        counted.scope,
        counted.scope_value,
        counted.age_days,
        risked.customers_at_risk,
        cast(coalesce(counted.customers_left, 0) as bigint) as customers_left,
        round(counted.survival, 6) as survival,
        case when not counted.is_empty then round(exp(counted.log_survival * exp(counted.spread)), 6) end
            as survival_ci_low,
        case when not counted.is_empty then round(exp(counted.log_survival * exp(-counted.spread)), 6) end
            as survival_ci_high
    from counted
    inner join risked
        on counted.scope = risked.scope
        and counted.scope_value = risked.scope_value
        and counted.age_days = risked.age_days
)

select * from final
