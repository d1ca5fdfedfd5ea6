-- Grain: one row per customer, period and first day of it in which what makes the customer active changed.
-- was_active is the state at the period's start, is_active at its end or, in the running one, as of now.
with

days as (
    select customer_key, changed_on as day, change from {{ ref('int_membership_days') }}
),

by_period as (
    {% for period in period_names() %}
    select
        customer_key,
        '{{ period }}' as period,
        {{ period_start(period, 'day') }} as period_start,
        sum(change) as change
    from days
    group by customer_key, {{ period_start(period, 'day') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

added_up as (
    select
        *,
        sum(change) over so_far as active_things,
        row_number() over so_far = 1 as is_first
    from by_period
    window so_far as (
        partition by customer_key, period
        order by period_start
        rows between unbounded preceding and current row
    )
),

final as (
    select
        added_up.customer_key,
        added_up.period,
        added_up.period_start,
        relationships.relationship,
        relationships.segment,
        relationships.region,
        relationships.country,
        relationships.industry,
        added_up.is_first,
        added_up.active_things > added_up.change as was_active,
        added_up.active_things > 0 as is_active
    from added_up
    inner join {{ ref('int_customer_relationships') }} as relationships
        on added_up.customer_key = relationships.customer_key
)

select * from final
