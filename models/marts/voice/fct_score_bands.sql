-- Grain: one row per score, scope, value of the scope, driver and band.
-- What customers in the band answered, how far that is from all others, and how far from the driver's first band while
-- the other drivers stay as they are.
with

drivers as (
    select 'company' as scope, 'company' as scope_value, score, driver, band, position, points
    from {{ ref('int_score_drivers') }}
    where is_recent
    union all
    select 'segment' as scope, coalesce(segment, '(none)') as scope_value, score, driver, band, position, points
    from {{ ref('int_score_drivers') }}
    where is_recent
),

counted as (
    select
        score,
        scope,
        scope_value,
        driver,
        band,
        min(position) as position,
        {{ mean_aggregates('points', 'points') }}
    from drivers
    group by score, scope, scope_value, driver, band
),

totals as (
    select
        score,
        scope,
        scope_value,
        driver,
        sum(points_count) as points_count,
        sum(points_millionths) as points_millionths,
        sum(points_squares) as points_squares
    from counted
    group by score, scope, scope_value, driver
),

compared as (
    select
        counted.*,
        totals.points_count - counted.points_count as others_count,
        totals.points_millionths - counted.points_millionths as others_millionths,
        totals.points_squares - counted.points_squares as others_squares
    from counted
    inner join totals
        on counted.score = totals.score
        and counted.scope = totals.scope
        and counted.scope_value = totals.scope_value
        and counted.driver = totals.driver
),

differences as (
    select
        *,
        points_millionths / nullif(cast(points_count as double), 0)
        - others_millionths / nullif(cast(others_count as double), 0) as difference,
        {{ var('z_95') }} * sqrt(
            power({{ exact_deviation('points_count', 'points_millionths', 'points_squares') }}, 2) / nullif(points_count, 0)
            + power({{ exact_deviation('others_count', 'others_millionths', 'others_squares') }}, 2) / nullif(others_count, 0)
        ) as half_width
    from compared
),

final as (
    select
        differences.score,
        differences.scope,
        differences.scope_value,
        differences.driver,
        differences.band,
        differences.position,
        differences.points_count < {{ var('driver_scores_in_band') }} as is_too_few,
        {{ mean_columns('differences', 'points') }},
        round(differences.difference / 1000000, 6) as difference,
        round((differences.difference - differences.half_width) / 1000000, 6) as difference_ci_low,
        round((differences.difference + differences.half_width) / 1000000, 6) as difference_ci_high,
        round(effects.points, 6) as adjusted_difference,
        round(effects.ci_low, 6) as adjusted_difference_ci_low,
        round(effects.ci_high, 6) as adjusted_difference_ci_high
    from differences
    {{ join_student_t('differences', 'points') }}
    left join {{ ref('int_score_effects') }} as effects
        on differences.score = effects.score
        and differences.scope = effects.scope
        and differences.scope_value = effects.scope_value
        and differences.driver = effects.driver
        and differences.band = effects.band
)

select * from final
