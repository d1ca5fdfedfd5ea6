-- Grain: one row per month, kind of benefit and case, in the reporting currency; the rule of each is in the docs.
with

sourced as (
    select
        'orders_sourced' as benefit,
        {{ period_start('month', 'orders.ordered_on') }} as period_start,
        orders.order_key as case_key,
        margins.reporting_margin as amount
    from {{ ref('int_orders_converted') }} as orders
    inner join {{ ref('int_order_margins') }} as margins
        on orders.order_key = margins.order_key
    where orders.is_purchase
        and (orders.sourced_ticket_id is not null or orders.sourced_interaction_id is not null)
),

-- The months after a customer was saved, each once, however often it was saved.
saved as (
    select distinct
        'customers_saved' as benefit,
        margins.period_start,
        margins.customer_key as case_key,
        margins.margin as amount
    from {{ ref('int_retention_requests') }} as requests
    inner join {{ ref('int_customer_margins') }} as margins
        on requests.customer_key = margins.customer_key
        and margins.period_start > requests.asked_on
        and margins.period_start <= {{ dbt.dateadd('month', var('save_months'), 'requests.asked_on') }}
    where requests.is_saved
),

-- An order that came about in a contact is counted there.
saved_alone as (
    select
        saved.benefit,
        saved.period_start,
        saved.case_key,
        cast(max(saved.amount) - coalesce(sum(sourced.amount), 0) as decimal(18, 2)) as amount
    from saved
    left join {{ ref('int_orders_converted') }} as orders
        on saved.case_key = orders.customer_key
        and saved.period_start = {{ period_start('month', 'orders.ordered_on') }}
    left join sourced
        on orders.order_key = sourced.case_key
    group by saved.benefit, saved.period_start, saved.case_key
),

stated as (
    select
        'stated' as benefit,
        {{ period_start('month', 'benefits.period_start') }} as period_start,
        benefits.benefit as case_key,
        cast(benefits.amount * rates.rate as decimal(18, 2)) as amount
    from {{ ref('stated_benefits') }} as benefits
    cross join {{ ref('int_as_of') }} as clock
    left join {{ ref('int_exchange_rates_dated') }} as rates
        on upper(benefits.currency) = rates.currency
        and benefits.period_start >= rates.valid_from
        and benefits.period_start < rates.valid_to
    where benefits.period_start <= {{ reporting_day('clock.as_of_at') }}
),

final as (
    select benefit, period_start, case_key, amount from sourced
    union all
    select benefit, period_start, case_key, amount from saved_alone
    union all
    select benefit, period_start, case_key, amount from stated
)

select * from final
