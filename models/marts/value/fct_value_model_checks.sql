-- Grain: one row per value model and quantity: what the model, fitted on what was known by learned_until, expected of the
-- days after it, and what came.
with

split as (
    select learned_until, today from {{ ref('int_value_split') }}
),

forecasts as (
    select * from {{ ref('int_value_forecasts') }} where fit = 'check'
),

purchases as (
    select
        'bg_nbd' as model,
        'purchases' as quantity,
        forecasts.expected_purchases as expected,
        histories.purchases_after as actual
    from forecasts
    inner join {{ ref('int_purchase_histories') }} as histories
        on forecasts.customer_key = histories.customer_key
        and histories.fit = 'check'
    where forecasts.relationship = 'non_contractual'
),

-- What these purchases are worth.
amounts as (
    select
        'gamma_gamma' as model,
        'revenue' as quantity,
        forecasts.expected_purchases * forecasts.expected_purchase_value as expected,
        histories.value_after as actual
    from forecasts
    inner join {{ ref('int_purchase_histories') }} as histories
        on forecasts.customer_key = histories.customer_key
        and histories.fit = 'check'
    where forecasts.relationship = 'non_contractual' and forecasts.expected_purchase_value is not null
),

stays as (
    select
        'beta_geometric' as model,
        'customers_staying' as quantity,
        forecasts.expected_share as expected,
        case when lives.left_after then 0 else 1 end as actual
    from forecasts
    inner join {{ ref('int_contract_lives') }} as lives
        on forecasts.customer_key = lives.customer_key
        and lives.fit = 'check'
        and lives.is_latest
    where forecasts.relationship = 'contractual' and not lives.has_left
),

checked as (
    select model, quantity, cast(expected as double) as expected, cast(actual as double) as actual from purchases
    union all
    select model, quantity, cast(expected as double) as expected, cast(actual as double) as actual from amounts
    union all
    select model, quantity, cast(expected as double) as expected, cast(actual as double) as actual from stays
),

final as (
    select
        checked.model,
        checked.quantity,
        split.learned_until,
        split.today as checked_until,
        count(*) as customers,
        round(sum(checked.expected), 6) as expected,
        round(sum(checked.actual), 6) as actual,
        round(sum(checked.expected) / nullif(sum(checked.actual), 0) - 1, 6) as error_share,
        round(avg(abs(checked.expected - checked.actual)), 6) as mean_absolute_error,
        round(corr(checked.expected, checked.actual), 6) as correlation
    from checked
    cross join split
    group by checked.model, checked.quantity, split.learned_until, split.today
)

select * from final
