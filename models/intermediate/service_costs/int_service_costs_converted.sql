-- Grain: one row per cost of the service centre, in the reporting currency at the rate of its first day.
with

costs as (
    select * from {{ ref('int_service_costs_united') }}
),

rates as (
    select currency, rate, valid_from, valid_to
    from {{ ref('int_exchange_rates_dated') }}
),

final as (
    select
        costs.source_system,
        costs.cost_id,
        costs.cost_type,
        costs.team,
        costs.amount,
        upper(costs.currency) as currency,
        cast(costs.amount * rates.rate as decimal(18, 2)) as reporting_amount,
        costs.period_start
    from costs
    left join rates
        on upper(costs.currency) = rates.currency
        and costs.period_start >= rates.valid_from
        and costs.period_start < rates.valid_to
)

select * from final
