-- Grain: one row per score, scope, value of the scope and driver; ranked by the points that the driver surely explains
-- while the others stay as they are, the lower end of the interval, so that few scores raise no false alarm.
with

effects as (
    select * from {{ ref('int_score_effects') }} where band = ''
),

final as (
    select
        score,
        scope,
        scope_value,
        driver,
        row_number() over (
            partition by score, scope, scope_value
            order by round(ci_low, 6) desc, round(points, 6) desc, driver asc
        ) as rank,
        scores,
        round(points, 6) as points,
        round(ci_low, 6) as points_ci_low,
        round(ci_high, 6) as points_ci_high,
        round(points_to_gain, 6) as points_to_gain,
        round(gain_ci_low, 6) as points_to_gain_ci_low,
        round(gain_ci_high, 6) as points_to_gain_ci_high,
        round(variance_explained, 6) as variance_explained
    from effects
)

select * from final
