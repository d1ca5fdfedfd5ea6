-- Grain: one row per active customer: its probability of leaving within the horizon, and why. No row at all where the
-- prediction did not surely beat the baseline (fct_churn_model_quality.is_shown).
with

final as (
    select
        risks.customer_key,
        cast(risks.snapshot_on as date) as judged_on,
        cast({{ dbt.dateadd('day', var('churn_horizon_days'), 'cast(risks.snapshot_on as date)') }} as date) as leaves_by,
        risks.relationship,
        round(risks.probability, 6) as churn_risk,
        round(risks.baseline_probability, 6) as baseline_risk,
        risks.reason_1,
        risks.reason_2,
        risks.reason_3
    from {{ ref('int_churn_probabilities') }} as risks
    inner join {{ ref('fct_churn_model_quality') }} as quality
        on quality.is_shown
    where risks.usage = 'current'
)

select * from final
