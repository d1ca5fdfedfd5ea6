-- Grain: one row per month, quarter or year, its first day, category and product: what comes back, ranked by
-- the hours that customers lost on it.
with

low_scores as (
    select
        ticket_key,
        count(*) as csat_answers,
        count(*) filter (where answer_group = 'negative') as low_scores
    from {{ ref('fct_survey_responses') }}
    where survey_type = 'csat' and is_answer and ticket_key is not null
    group by ticket_key
),

tickets as (
    select
        tickets.created_on,
        coalesce(tickets.category, '(none)') as category,
        coalesce(offerings.offering_name, '(none)') as offering,
        tickets.is_repeated,
        tickets.full_resolution_calendar_seconds,
        tickets.unresolved_calendar_seconds,
        low_scores.csat_answers,
        low_scores.low_scores
    from {{ ref('fct_tickets') }} as tickets
    left join {{ ref('dim_offerings') }} as offerings
        on tickets.offering_key = offerings.offering_key
    left join low_scores
        on tickets.ticket_key = low_scores.ticket_key
    where tickets.is_eligible
),

counted as (
    {% for period in ['month', 'quarter', 'year'] %}
    select
        '{{ period }}' as period,
        {{ period_start(period, 'created_on') }} as period_start,
        category,
        offering,
        count(*) as tickets_created,
        count(*) filter (where is_repeated) as tickets_repeated,
        percentile_cont(0.5) within group (order by full_resolution_calendar_seconds)
            as full_resolution_seconds_median,
        coalesce(sum(csat_answers), 0) as csat_answers,
        coalesce(sum(low_scores), 0) as low_scores,
        sum(unresolved_calendar_seconds) / 3600.0 as customer_hours_lost
    from tickets
    group by {{ period_start(period, 'created_on') }}, category, offering
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        period,
        period_start,
        category,
        offering,
        row_number() over (
            partition by period, period_start
            order by customer_hours_lost desc nulls last, category asc nulls last, offering asc nulls last
        ) as issue_rank,
        tickets_created,
        tickets_repeated,
        round(full_resolution_seconds_median, 6) as full_resolution_seconds_median,
        cast(csat_answers as bigint) as csat_answers,
        cast(low_scores as bigint) as low_scores,
        round(low_scores / nullif(cast(csat_answers as double), 0), 6) as low_score_rate,
        round(coalesce(customer_hours_lost, 0), 6) as customer_hours_lost
    from counted
)

select * from final
