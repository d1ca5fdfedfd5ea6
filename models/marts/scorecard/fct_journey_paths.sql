-- Grain: one row per path that at least `journey_path_sessions` sessions that are over took: its first `journey_path_steps` steps, an
-- activity that repeats itself being one step.
with

counted as (
    select
        path,
        count(*) as sessions,
        count(distinct customer_key) as customers,
        count(*) filter (where is_dead_end) as dead_ends,
        count(*) filter (where is_loop) as loops,
        percentile_cont(0.5) within group (order by session_seconds) as session_seconds_median,
        avg(cast(sentiment_score as decimal(18, 9))) as sentiment_score_mean,
        {{ journey_outcome_aggregates() }}
    from {{ ref('fct_journey_sessions') }}
    where is_over
    group by path
),

ranked as (
    select
        path,
        row_number() over (order by sessions desc, path asc) as path_rank,
        sessions,
        customers,
        round(sessions / nullif(cast(sum(sessions) over () as double), 0), 6) as share_of_sessions,
        dead_ends,
        loops,
        round(session_seconds_median, 6) as session_seconds_median,
        round(sentiment_score_mean, 6) as sentiment_score_mean,
        {{ journey_outcome_columns('counted') }}
    from counted
),

final as (
    select * from ranked where sessions >= {{ var('journey_path_sessions') }}
)

select * from final
