-- Grain: one row per customer and month with revenue: orders kept, and what its contracts earned in that month, day by
-- day. Margin is null where nothing tells what margin there is.
with

orders as (
    select
        orders.customer_key,
        {{ period_start('month', 'orders.ordered_on') }} as period_start,
        orders.reporting_amount as revenue,
        margins.reporting_margin as margin
    from {{ ref('int_orders_converted') }} as orders
    inner join {{ ref('int_order_margins') }} as margins
        on orders.order_key = margins.order_key
),

clock as (
    select
        {{ reporting_day('as_of_at') }} as today,
        cast({{ dbt.dateadd('day', 1, reporting_day('as_of_at')) }} as date) as tomorrow
    from {{ ref('int_as_of') }}
),

days as (
    {{ date_series(
        "(select coalesce(" ~ period_start('month', 'min(started_on)') ~ ", date '9999-12-31') from "
            ~ ref('int_subscriptions_converted') ~ ")",
        "(select today from clock)"
    ) }}
),

months as (
    select date_day as period_start, {{ period_end('month', 'date_day') }} as period_end
    from days
    where extract(day from date_day) = 1
),

contracts as (
    select
        contracts.customer_key,
        periods.period_start,
        contracts.reporting_monthly_amount,
        contracts.reporting_monthly_margin,
        {{ dbt.datediff(
            'case when contracts.started_on > periods.period_start then contracts.started_on else periods.period_start end',
            'least(coalesce(contracts.ended_on, periods.period_end), periods.period_end, clock.tomorrow)', 'day'
        ) }} / 30.4375 as months
    from {{ ref('int_subscriptions_converted') }} as contracts
    cross join clock
    inner join months as periods
        on contracts.started_on < periods.period_end
        and coalesce(contracts.ended_on > periods.period_start, true)
),

earned as (
    select customer_key, period_start, revenue, margin, true as is_order from orders
    union all
    select
        customer_key,
        period_start,
        cast(reporting_monthly_amount * months as decimal(18, 2)) as revenue,
        cast(reporting_monthly_margin * months as decimal(18, 2)) as margin,
        false as is_order
    from contracts
),

final as (
    select
        customer_key,
        period_start,
        cast(sum(revenue) as decimal(18, 2)) as revenue,
        case when count(margin) = count(*) then cast(sum(margin) as decimal(18, 2)) end as margin,
        cast(coalesce(sum(case when is_order then revenue end), 0) as decimal(18, 2)) as order_revenue,
        cast(coalesce(sum(case when is_order then margin end), 0) as decimal(18, 2)) as order_margin
    from earned
    where customer_key is not null
    group by customer_key, period_start
)

select * from final
