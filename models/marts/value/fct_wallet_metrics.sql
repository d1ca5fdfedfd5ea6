-- Grain: one row per period, first day of it, scope and value of the scope.
-- Share of offerings: of the customers who use at least one at the period's end, distinct offerings in use ÷
-- offerings on sale. Share of spend: what was bought and kept, or paid under contract, in categories with an estimate ÷
-- the estimate, each day an equal part of it; months, quarters and years only.
{% set scopes = buyer_scopes() %}
{% set spend_scopes = ['category'] + buyer_scopes() %}
with

clock as (
    select cast({{ dbt.dateadd('day', 1, reporting_day('as_of_at')) }} as date) as tomorrow from {{ ref('int_as_of') }}
),

uses as (
    select
        counts.day,
        relationships.relationship,
        relationships.segment,
        relationships.region,
        relationships.country,
        relationships.industry,
        counts.change,
        counts.offerings_in_use * counts.offerings_in_use
        - (counts.offerings_in_use - counts.change) * (counts.offerings_in_use - counts.change) as change_of_square,
        case when counts.offerings_in_use > 0 then 1 else 0 end
        - case when counts.offerings_in_use > counts.change then 1 else 0 end as change_of_users
    from {{ ref('int_offering_counts') }} as counts
    inner join {{ ref('int_customer_relationships') }} as relationships
        on counts.customer_key = relationships.customer_key
),

uses_counted as (
    {{ by_period_and_scope('uses', scopes, [
        'sum(change) as change',
        'sum(change_of_square) as change_of_square',
        'sum(change_of_users) as change_of_users',
    ]) }}
),

covered as (
    select
        periods.period,
        periods.period_start,
        wallets.customer_key,
        wallets.category,
        wallets.estimated_spend / nullif(cast(wallets.days_estimated as double), 0) * {{ dbt.datediff(
            'case when wallets.valid_from > periods.period_start then wallets.valid_from else periods.period_start end',
            'least(wallets.valid_to, periods.period_end, clock.tomorrow)', 'day'
        ) }} as estimated_spend,
        cast(null as double) as spend
    from {{ ref('int_wallet_spans') }} as wallets
    cross join clock
    inner join {{ ref('dim_periods') }} as periods
        on wallets.valid_from < periods.period_end
        and wallets.valid_to > periods.period_start
        and periods.period_start < clock.tomorrow
        and periods.period in ('month', 'quarter', 'year')
    where wallets.valid_from < clock.tomorrow
),

-- Where the spans of two accounts of a customer overlap, what it bought is still bought once.
marked as (
    select
        *,
        case
            when valid_from <= max(valid_to) over (
                partition by customer_key, category order by valid_from, valid_to, account_id
                rows between unbounded preceding and 1 preceding
            ) then 0
            else 1
        end as begins
    from {{ ref('int_wallet_spans') }}
),

numbered as (
    select
        *,
        sum(begins) over (
            partition by customer_key, category order by valid_from, valid_to, account_id
            rows between unbounded preceding and current row
        ) as span
    from marked
),

spans as (
    select customer_key, category, min(valid_from) as valid_from, max(valid_to) as valid_to
    from numbered
    group by customer_key, category, span
),

months as (
    select
        period_start,
        case when period_end < clock.tomorrow then period_end else clock.tomorrow end as period_end
    from {{ ref('dim_periods') }}
    cross join clock
    where period = 'month' and period_start < clock.tomorrow
),

bought as (
    select spans.customer_key, spans.category, lines.ordered_on as day, cast(lines.reporting_amount as double) as spend
    from {{ ref('int_order_lines_converted') }} as lines
    inner join spans
        on lines.customer_key = spans.customer_key
        and lines.category = spans.category
        and lines.ordered_on >= spans.valid_from
        and lines.ordered_on < spans.valid_to
    union all
    -- A contract is paid evenly, day by day.
    select
        spans.customer_key,
        spans.category,
        months.period_start as day,
        contracts.reporting_monthly_amount / 30.4375 * {{ dbt.datediff(
            'greatest(contracts.started_on, spans.valid_from, months.period_start)',
            'least(coalesce(contracts.ended_on, months.period_end), spans.valid_to, months.period_end)', 'day'
        ) }} as spend
    from {{ ref('int_subscriptions_converted') }} as contracts
    inner join spans
        on contracts.customer_key = spans.customer_key
        and contracts.category = spans.category
    inner join months
        on greatest(contracts.started_on, spans.valid_from, months.period_start)
        < least(coalesce(contracts.ended_on, months.period_end), spans.valid_to, months.period_end)
),

wallets as (
    select period, period_start, customer_key, category, estimated_spend, spend from covered
    {% for period in ['month', 'quarter', 'year'] %}
    union all
    select
        '{{ period }}' as period,
        {{ period_start(period, 'day') }} as period_start,
        customer_key,
        category,
        cast(null as double) as estimated_spend,
        spend
    from bought
    {% endfor %}
),

wallets_placed as (
    select
        wallets.*,
        relationships.relationship,
        customers.segment,
        customers.region,
        customers.country,
        customers.industry
    from wallets
    left join {{ ref('int_customers') }} as customers
        on wallets.customer_key = customers.customer_key
    left join {{ ref('int_customer_relationships') }} as relationships
        on wallets.customer_key = relationships.customer_key
),

spend_counted as (
    {{ by_scope('wallets_placed', spend_scopes, [
        'sum(spend) as spend',
        'sum(estimated_spend) as estimated_spend',
        'count(distinct case when estimated_spend > 0 then customer_key end) as customers_estimated',
    ]) }}
),

observed as (
    select period, period_start, scope, scope_value from uses_counted
    union all
    select period, period_start, scope, scope_value from spend_counted
),

spine as (
    {{ every_period('observed') }}
),

offerings as (
    select
        periods.period,
        periods.period_start,
        count(*) as offerings_available
    from {{ ref('dim_periods') }} as periods
    cross join clock
    inner join {{ ref('int_offerings_united') }} as offerings
        on coalesce(offerings.launched_on < least(periods.period_end, clock.tomorrow), true)
        and coalesce(offerings.retired_on >= least(periods.period_end, clock.tomorrow), true)
    group by periods.period, periods.period_start
),

added_up as (
    select
        {{ spine_columns() }},
        cast(coalesce(offerings.offerings_available, 0) as bigint) as offerings_available,
        cast(sum(coalesce(uses_counted.change_of_users, 0)) over up_to_now as bigint) as customers_using,
        cast(sum(coalesce(uses_counted.change, 0)) over up_to_now as bigint) as offerings_used,
        cast(sum(coalesce(uses_counted.change_of_square, 0)) over up_to_now as bigint) as offerings_used_squared,
        spend_counted.spend,
        spend_counted.estimated_spend,
        coalesce(spend_counted.customers_estimated, 0) as customers_estimated
    from spine
    {{ join_counted('spine', 'uses_counted') }}
    {{ join_counted('spine', 'spend_counted') }}
    left join offerings
        on spine.period = offerings.period
        and spine.period_start = offerings.period_start
    {{ window_up_to_now() }}
),

final as (
    {% set share = 'offerings_used / nullif(cast(customers_using * offerings_available as double), 0)' %}
    {% set half = student_t('customers_using', 'quantiles.quantile_975')
        ~ ' * ' ~ exact_deviation('customers_using', 'offerings_used', 'offerings_used_squared')
        ~ ' / sqrt(nullif(customers_using, 0)) / nullif(offerings_available, 0)' %}
    select
        period,
        period_start,
        scope,
        scope_value,
        is_complete,
        customers_using,
        offerings_available,
        offerings_used,
        customers_using * offerings_available as offerings_open_to_customers,
        round({{ share }}, 6) as share_of_wallet_offerings,
        round({{ no_less_than(share ~ ' - ' ~ half, '0') }}, 6) as share_of_wallet_offerings_ci_low,
        round({{ no_more_than(share ~ ' + ' ~ half, '1') }}, 6) as share_of_wallet_offerings_ci_high,
        customers_estimated,
        case when estimated_spend > 0 then cast(coalesce(spend, 0) as decimal(18, 2)) end as spend,
        cast(estimated_spend as decimal(18, 2)) as estimated_spend,
        round(
            case when estimated_spend > 0 then coalesce(spend, 0) end / nullif(cast(estimated_spend as double), 0), 6
        ) as share_of_wallet_spend
    from added_up
    left join {{ ref('student_t_quantiles') }} as quantiles
        on quantiles.degrees_of_freedom = added_up.customers_using - 1
)

select * from final
