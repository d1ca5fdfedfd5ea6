-- Grain: one row per month, quarter or year and first day of it, for the company: the return on the service centre.
{% set benefits = ['orders_sourced', 'customers_saved', 'stated'] %}
with

parts as (
    select * from {{ ref('fct_service_returns') }}
),

summed as (
    select
        period,
        period_start,
        is_complete,
        sum(case when side = 'cost' then amount end) as service_cost,
        {% for benefit in benefits %}
        coalesce(sum(case when side = 'benefit' and part = '{{ benefit }}' then amount end), 0) as {{ benefit }}_benefit,
        {% endfor %}
        coalesce(sum(case when side = 'benefit' then amount end), 0) as service_benefit,
        coalesce(sum(case when side = 'benefit' then cases end), 0) as benefit_cases
    from parts
    group by period, period_start, is_complete
),

final as (
    select
        period,
        period_start,
        'company' as scope,
        'company' as scope_value,
        is_complete,
        cast(service_cost as decimal(18, 2)) as service_cost,
        {% for benefit in benefits %}
        cast({{ benefit }}_benefit as decimal(18, 2)) as {{ benefit }}_benefit,
        {% endfor %}
        cast(benefit_cases as bigint) as benefit_cases,
        cast(service_benefit as decimal(18, 2)) as service_benefit,
        cast(service_benefit - service_cost as decimal(18, 2)) as service_return,
        round((service_benefit - service_cost) / nullif(cast(service_cost as double), 0), 6) as service_roi
    from summed
)

select * from final
