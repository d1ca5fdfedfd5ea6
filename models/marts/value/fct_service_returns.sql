-- Grain: one row per month, quarter or year, first day of it and part of the return on the service centre: each type of
-- cost, each kind of benefit. Only months with a cost count.
with

costs as (
    select period_start as day, 'cost' as side, cost_type as part, reporting_amount as amount
    from {{ ref('int_service_costs_converted') }}
),

months as (
    select distinct {{ period_start('month', 'day') }} as month_start from costs where amount is not null
),

benefits as (
    select benefits.period_start as day, 'benefit' as side, benefits.benefit as part, benefits.amount
    from {{ ref('int_service_benefits') }} as benefits
    inner join months
        on benefits.period_start = months.month_start
),

parts as (
    select day, side, part, amount from costs
    union all
    select day, side, part, amount from benefits
),

summed as (
    {% for period in ['month', 'quarter', 'year'] %}
    select
        '{{ period }}' as period,
        {{ period_start(period, 'day') }} as period_start,
        side,
        part,
        count(*) as cases,
        cast(sum(amount) as decimal(18, 2)) as amount
    from parts
    group by {{ period_start(period, 'day') }}, side, part
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        summed.period,
        summed.period_start,
        summed.side,
        summed.part,
        periods.period_end <= {{ reporting_day('clock.as_of_at') }} as is_complete,
        summed.cases,
        summed.amount
    from summed
    cross join {{ ref('int_as_of') }} as clock
    inner join {{ ref('dim_periods') }} as periods
        on summed.period = periods.period
        and summed.period_start = periods.period_start
)

select * from final
