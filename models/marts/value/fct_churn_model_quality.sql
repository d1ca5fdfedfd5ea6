-- Grain: one row, or none without a validation: how well leaving was foretold out of time, beside the baseline.
-- AUC is the probability that of a customer who left and one who stayed the former had the higher probability; its
-- interval, and that of the difference, are DeLong's. The prediction is shown when it surely beats the baseline:
-- when the interval of the difference lies above 0 and its log loss is lower.
with

judged as (
    select
        customer_key,
        snapshot_on,
        case when has_left then 1 else 0 end as has_left,
        probability,
        baseline_probability
    from {{ ref('int_churn_probabilities') }}
    where usage = 'validation'
),

{% set models = {'model': 'probability', 'baseline': 'baseline_probability'} %}
-- Ranks with ties shared, among all and among those with the same outcome.
ranked as (
    select
        *,
        {% for name, column in models.items() %}
        rank() over (order by {{ column }})
        + (count(*) over (partition by {{ column }}) - 1) / 2.0 as {{ name }}_rank,
        rank() over (partition by has_left order by {{ column }})
        + (count(*) over (partition by has_left, {{ column }}) - 1) / 2.0 as {{ name }}_rank_among_alike,
        {% endfor %}
        row_number() over (order by probability desc, customer_key asc, snapshot_on asc) as place,
        count(*) over () as customers,
        sum(has_left) over () as customers_left
    from judged
),

-- For who left, the share of those who stayed that it outranks; for who stayed, the share of those who left below it.
placements as (
    select
        *,
        {% for name in models %}
        ({{ name }}_rank - {{ name }}_rank_among_alike)
        / nullif(case when has_left = 1 then customers - customers_left else customers_left end, 0) as {{ name }}_placement{{ ',' if not loop.last }}
        {% endfor %}
    from ranked
),

summed as (
    select
        count(*) as customers,
        cast(sum(has_left) as bigint) as customers_left,
        sum(probability) as expected_left,
        {% for name, column in models.items() %}
        avg(case when has_left = 1 then {{ name }}_placement end) as {{ name }}_auc,
        var_samp(case when has_left = 1 then {{ name }}_placement end) as {{ name }}_variance_left,
        var_samp(case when has_left = 0 then {{ name }}_placement end) as {{ name }}_variance_stayed,
        -avg(ln(case when has_left = 1 then {{ column }} else 1 - {{ column }} end)) as {{ name }}_log_loss,
        {% endfor %}
        var_samp(case when has_left = 1 then model_placement - baseline_placement end) as difference_variance_left,
        var_samp(case when has_left = 0 then model_placement - baseline_placement end) as difference_variance_stayed,
        avg((probability - has_left) * (probability - has_left)) as brier_score,
        sum(case when place <= customers / 10.0 then has_left end)
        / nullif(cast(count(*) filter (where place <= customers / 10.0) as double), 0)
        / nullif(sum(has_left) / nullif(cast(count(*) as double), 0), 0) as lift_of_top_tenth
    from placements
),

errors as (
    select
        *,
        customers - customers_left as customers_stayed,
        {% for name in ['model', 'baseline', 'difference'] %}
        {{ var('z_95') }} * sqrt(
            {{ name }}_variance_left / nullif(customers_left, 0)
            + {{ name }}_variance_stayed / nullif(customers - customers_left, 0)
        ) as {{ name }}_half{{ ',' if not loop.last }}
        {% endfor %}
    from summed
),

final as (
    select
        cast({{ var('churn_horizon_days') }} as integer) as horizon_days,
        customers,
        customers_left,
        round(expected_left, 6) as expected_left,
        round(model_auc, 6) as auc,
        round({{ no_less_than('model_auc - model_half', '0') }}, 6) as auc_ci_low,
        round({{ no_more_than('model_auc + model_half', '1') }}, 6) as auc_ci_high,
        round(baseline_auc, 6) as baseline_auc,
        round(model_auc - baseline_auc, 6) as auc_difference,
        round(model_auc - baseline_auc - difference_half, 6) as auc_difference_ci_low,
        round(model_auc - baseline_auc + difference_half, 6) as auc_difference_ci_high,
        round(model_log_loss, 6) as log_loss,
        round(baseline_log_loss, 6) as baseline_log_loss,
        round(brier_score, 6) as brier_score,
        round(lift_of_top_tenth, 6) as lift_of_top_tenth,
        coalesce(model_auc - baseline_auc - difference_half > 0 and model_log_loss < baseline_log_loss, false) as is_shown
    from errors
    where customers > 0
)

select * from final
