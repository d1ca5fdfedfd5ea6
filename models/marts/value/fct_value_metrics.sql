-- Grain: one row per month, quarter or year, first day of it, scope and value of the scope: what customers have been
-- worth, from their first day to the end of the period, and, for the period that holds as_of, what they are expected
-- to be worth and how many of the active ones are expected to leave.
{% set scopes = buyer_scopes() %}
with

-- A customer some of whose margin is unknown would look poorer than it is.
known as (
    select customer_key from {{ ref('int_customer_margins') }} group by customer_key having count(margin) = count(*)
),

margins as (
    select margins.period_start as month_start, margins.customer_key, margins.revenue, margins.margin, 0 as joins
    from {{ ref('int_customer_margins') }} as margins
    inner join known
        on margins.customer_key = known.customer_key
    union all
    select
        {{ period_start('month', 'relationships.joined_on') }} as month_start,
        relationships.customer_key,
        0 as revenue,
        0 as margin,
        1 as joins
    from {{ ref('int_customer_relationships') }} as relationships
    inner join known
        on relationships.customer_key = known.customer_key
),

by_period as (
    {% for period in ['month', 'quarter', 'year'] %}
    select
        '{{ period }}' as period,
        {{ period_start(period, 'margins.month_start') }} as period_start,
        margins.revenue,
        margins.margin,
        margins.joins,
        {% for scope in scopes %}
        relationships.{{ scope }}{{ ',' if not loop.last }}
        {% endfor %}
    from margins
    inner join {{ ref('int_customer_relationships') }} as relationships
        on margins.customer_key = relationships.customer_key
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    {{ by_scope('by_period', scopes, [
        'sum(revenue) as revenue',
        'sum(margin) as margin',
        'sum(joins) as customers',
    ]) }}
),

spine as (
    {{ every_period('counted') }}
),

added_up as (
    select
        {{ spine_columns() }},
        coalesce(counted.revenue, 0) as revenue,
        coalesce(counted.margin, 0) as margin,
        sum(coalesce(counted.margin, 0)) over up_to_now as margin_to_date,
        cast(sum(coalesce(counted.customers, 0)) over up_to_now as bigint) as customers_to_date
    from spine
    {{ join_counted('spine', 'counted') }}
    {{ window_up_to_now() }}
),

customers as (
    select relationships.*, customers.lifetime_value, customers.churn_risk
    from {{ ref('fct_customer_values') }} as customers
    inner join {{ ref('int_customer_relationships') }} as relationships
        on customers.customer_key = relationships.customer_key
),

outlooks as (
    {% for scope in ['company'] + scopes %}
    {% set value = "'company'" if scope == 'company' else "coalesce(" ~ scope ~ ", '(none)')" %}
    select
        '{{ scope }}' as scope,
        {{ value }} as scope_value,
        {{ mean_aggregates('lifetime_value', 'expected_lifetime_value') }},
        count(churn_risk) as customers_judged,
        sum(churn_risk) as expected_to_leave
    from customers
    {{ 'group by ' ~ value if scope != 'company' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        added_up.period,
        added_up.period_start,
        added_up.scope,
        added_up.scope_value,
        added_up.is_complete,
        cast(added_up.revenue as decimal(18, 2)) as revenue,
        cast(added_up.margin as decimal(18, 2)) as margin,
        cast(added_up.margin_to_date as decimal(18, 2)) as margin_to_date,
        added_up.customers_to_date,
        round(added_up.margin_to_date / nullif(cast(added_up.customers_to_date as double), 0), 6) as customer_lifetime_value,
        {{ mean_columns('outlooks', 'expected_lifetime_value') }},
        coalesce(outlooks.customers_judged, 0) as customers_judged,
        round(outlooks.expected_to_leave, 6) as expected_to_leave,
        round(outlooks.expected_to_leave / nullif(cast(outlooks.customers_judged as double), 0), 6) as churn_risk
    from added_up
    cross join {{ ref('int_as_of') }} as clock
    inner join {{ ref('dim_periods') }} as periods
        on added_up.period = periods.period
        and added_up.period_start = periods.period_start
    left join outlooks
        on added_up.scope = outlooks.scope
        and added_up.scope_value = outlooks.scope_value
        -- The period that as_of ends or lies in.
        and {{ reporting_day('clock.as_of_at') }} >= periods.period_start
        and {{ reporting_day('clock.as_of_at') }} < periods.period_end
    {{ join_student_t('outlooks', 'expected_lifetime_value') }}
)

select * from final
