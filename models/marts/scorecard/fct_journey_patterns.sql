-- Grain: one row per pattern of a session and outcome: how often the outcome follows sessions that show the pattern, and
-- how often the others. What differs is no proof of a cause: who has a reason to leave also has one to call.
{% set patterns = {
    'repeat contact': 'is_loop', 'more than one channel': 'is_cross_channel', 'dead end': 'is_dead_end',
    'reopening': 'reopenings > 0', 'any contact': 'contacts > 0', 'negative words': 'sentiment_score <= -' ~ var('sentiment_neutral'),
} %}
with

marked as (
    {% for pattern, condition in patterns.items() %}
    select
        '{{ pattern }}' as pattern,
        coalesce({{ condition }}, false) as shows_it,
        {{ journey_outcomes() | join(', ') }}
    from {{ ref('fct_journey_sessions') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

outcomes as (
    {% for column, rate in journey_outcomes().items() %}
    select
        pattern,
        '{{ rate }}' as outcome,
        count({{ column }}) filter (where shows_it) as sessions_with,
        count(*) filter (where shows_it and {{ column }}) as followed_with,
        count({{ column }}) filter (where not shows_it) as sessions_without,
        count(*) filter (where not shows_it and {{ column }}) as followed_without
    from marked
    group by pattern
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

rates as (
    select
        outcomes.pattern,
        outcomes.outcome,
        {{ rate_statistics('outcomes', 'followed_with', 'sessions_with', 'rate_with') }},
        {{ rate_statistics('outcomes', 'followed_without', 'sessions_without', 'rate_without') }}
    from outcomes
),

final as (
    {% set both = ['rate_with', 'rate_with_ci_low', 'rate_with_ci_high', 'rate_without', 'rate_without_ci_low', 'rate_without_ci_high'] %}
    select
        *,
        round(rate_with - rate_without, 6) as difference,
        round({{ difference_bound(*both, side=-1) }}, 6) as difference_ci_low,
        round({{ difference_bound(*both, side=1) }}, 6) as difference_ci_high
    from rates
)

select * from final
