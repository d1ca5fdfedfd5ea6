-- Grain: one row per customer that ever bought or had a contract: what it was worth to date, what it is expected to be
-- worth, and whether it keeps to its own rhythm.
with

clock as (
    select
        {{ reporting_day('as_of_at') }} as today,
        {{ period_start('month', reporting_day('as_of_at')) }} as this_month
    from {{ ref('int_as_of') }}
),

purchases as (
    select
        purchases.customer_key,
        count(*) as purchases,
        max(purchases.ordered_on) as last_purchase_on,
        cast(coalesce(sum(case when purchases.purchase_number > 1 then purchases.reporting_amount end), 0) as decimal(18, 2))
            as repeat_purchase_value,
        avg({{ dbt.datediff('purchases.previous_purchase_on', 'purchases.ordered_on', 'day') }}) as mean_days_between,
        max({{ dbt.datediff('purchases.previous_purchase_on', 'purchases.ordered_on', 'day') }}) as longest_days_between
    from {{ ref('int_purchase_days') }} as purchases
    group by purchases.customer_key
),

contracts as (
    select
        customer_key,
        count(*) filter (where ended_on is null) as contracts_running,
        cast(coalesce(sum(case when ended_on is null then reporting_monthly_amount end), 0) as decimal(18, 2))
            as monthly_recurring_revenue,
        sum(case when ended_on is null then reporting_monthly_margin end) as monthly_recurring_margin
    from {{ ref('int_subscriptions_converted') }}
    group by customer_key
),

earned as (
    select
        customer_key,
        cast(sum(revenue) as decimal(18, 2)) as revenue_to_date,
        case when count(margin) = count(*) then cast(sum(margin) as decimal(18, 2)) end as margin_to_date
    from {{ ref('int_customer_margins') }}
    group by customer_key
),

-- What a customer under contract buys beside it a month: of its last twelve whole months, or as many as it is there.
beside as (
    select
        margins.customer_key,
        sum(margins.order_revenue) / nullif(cast({{ no_more_than(
            dbt.datediff('min(relationships.joined_on)', 'min(clock.this_month)', 'month'), '12'
        ) }} as double), 0) as monthly_order_revenue,
        sum(margins.order_margin) / nullif(cast({{ no_more_than(
            dbt.datediff('min(relationships.joined_on)', 'min(clock.this_month)', 'month'), '12'
        ) }} as double), 0) as monthly_order_margin
    from {{ ref('int_customer_margins') }} as margins
    cross join clock
    inner join {{ ref('int_customer_relationships') }} as relationships
        on margins.customer_key = relationships.customer_key
    where margins.period_start >= {{ dbt.dateadd('month', -12, 'clock.this_month') }}
        and margins.period_start < clock.this_month
        and relationships.relationship = 'contractual'
    group by margins.customer_key
),

memberships as (
    select customer_key, sum(change) > 0 as is_active from {{ ref('int_membership_days') }} group by customer_key
),

offerings as (
    select customer_key, sum(change) as offerings_in_use from {{ ref('int_offering_counts') }} group by customer_key
),

forecasts as (
    select * from {{ ref('int_value_forecasts') }} where fit = 'final'
),

any_category as (
    select max(margin_share) as margin_share from {{ ref('int_margin_shares') }} where category = '*'
),

joined as (
    select
        relationships.*,
        clock.today,
        coalesce(memberships.is_active, false) as is_active,
        coalesce(purchases.purchases, 0) as purchases,
        purchases.last_purchase_on,
        purchases.repeat_purchase_value,
        purchases.mean_days_between,
        purchases.longest_days_between,
        coalesce(contracts.contracts_running, 0) as contracts_running,
        coalesce(contracts.monthly_recurring_revenue, 0) as monthly_recurring_revenue,
        coalesce(earned.revenue_to_date, 0) as revenue_to_date,
        earned.margin_to_date,
        cast(coalesce(offerings.offerings_in_use, 0) as bigint) as offerings_in_use,
        forecasts.probability_active,
        forecasts.expected_purchases,
        forecasts.expected_purchase_value,
        case relationships.relationship
            when 'contractual'
                then forecasts.discounted_months
                * (contracts.monthly_recurring_revenue + coalesce(beside.monthly_order_revenue, 0))
            else forecasts.discounted_purchases * forecasts.expected_purchase_value
        end as expected_revenue,
        case
            when relationships.relationship = 'contractual' and contracts.contracts_running = 0 then 0
            when relationships.relationship = 'contractual'
                then forecasts.discounted_months
                * (contracts.monthly_recurring_margin + coalesce(beside.monthly_order_margin, 0))
            else
                forecasts.discounted_purchases * forecasts.expected_purchase_value
                * coalesce(earned.margin_to_date / nullif(cast(earned.revenue_to_date as double), 0), any_category.margin_share)
        end as expected_margin
    from {{ ref('int_customer_relationships') }} as relationships
    cross join clock
    cross join any_category
    {% for name in ['purchases', 'contracts', 'earned', 'beside', 'memberships', 'offerings', 'forecasts'] %}
    left join {{ name }}
        on relationships.customer_key = {{ name }}.customer_key
    {% endfor %}
),

final as (
    {% set pause = dbt.datediff('joined.last_purchase_on', 'joined.today', 'day') %}
    select
        joined.customer_key,
        joined.relationship,
        joined.segment,
        joined.is_active,
        joined.joined_on,
        joined.first_purchase_on,
        joined.last_purchase_on,
        {{ pause }} as days_since_last_purchase,
        joined.purchases,
        case when joined.purchases > 1 then joined.purchases - 1 else 0 end as repeat_purchases,
        coalesce(joined.repeat_purchase_value, 0) as repeat_purchase_value,
        round(joined.mean_days_between, 6) as mean_days_between_purchases,
        joined.longest_days_between as longest_days_between_purchases,
        case when joined.purchases > 3 then {{ pause }} > joined.longest_days_between end as is_past_own_rhythm,
        joined.contracts_running,
        joined.monthly_recurring_revenue,
        joined.offerings_in_use,
        joined.revenue_to_date,
        joined.margin_to_date,
        round(joined.probability_active, 6) as probability_active,
        round(joined.expected_purchases, 6) as expected_purchases,
        round(joined.expected_purchase_value, 6) as expected_purchase_value,
        cast(joined.expected_revenue as decimal(18, 2)) as expected_revenue,
        cast(joined.expected_margin as decimal(18, 2)) as expected_margin,
        cast(joined.margin_to_date + joined.expected_margin as decimal(18, 2)) as lifetime_value,
        risks.churn_risk
    from joined
    left join {{ ref('fct_churn_risks') }} as risks
        on joined.customer_key = risks.customer_key
)

select * from final
