-- Grain: one row per customer, basis, period and first day of it in which its monthly revenue changed, from
-- opening_revenue at the period's start to closing_revenue at its end.
with

days as (
    select customer_key, basis, changed_on as day, change from {{ ref('int_revenue_days') }}
),

-- A contract for nothing is no revenue yet.
first_revenue as (
    select customer_key, basis, min(day) as first_revenue_on
    from (
        select
            customer_key,
            basis,
            day,
            sum(change) over (
                partition by customer_key, basis order by day
                rows between unbounded preceding and current row
            ) as revenue
        from days
    ) as running
    where revenue > 0
    group by customer_key, basis
),

by_period as (
    {% for period in period_names() %}
    select
        customer_key,
        basis,
        '{{ period }}' as period,
        {{ period_start(period, 'day') }} as period_start,
        sum(change) as change
    from days
    group by customer_key, basis, {{ period_start(period, 'day') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

added_up as (
    select
        *,
        cast(sum(change) over so_far as decimal(18, 2)) as closing_revenue
    from by_period
    window so_far as (
        partition by customer_key, basis, period
        order by period_start
        rows between unbounded preceding and current row
    )
),

final as (
    select
        added_up.customer_key,
        added_up.basis,
        added_up.period,
        added_up.period_start,
        relationships.relationship,
        relationships.segment,
        relationships.region,
        relationships.country,
        relationships.industry,
        -- Whether the customer had no revenue before the period.
        coalesce(first_revenue.first_revenue_on >= added_up.period_start, true) as is_first,
        cast(added_up.closing_revenue - added_up.change as decimal(18, 2)) as opening_revenue,
        added_up.closing_revenue
    from added_up
    inner join {{ ref('int_customer_relationships') }} as relationships
        on added_up.customer_key = relationships.customer_key
    left join first_revenue
        on added_up.customer_key = first_revenue.customer_key
        and added_up.basis = first_revenue.basis
)

select * from final
