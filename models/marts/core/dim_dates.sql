-- Grain: one row per day, from the first day of the year of the oldest event to the end of the year of as_of.
with

events as (
    select min(created_at) as oldest_at from {{ ref('int_tickets_united') }}
    union all
    select min(offered_at) as oldest_at from {{ ref('int_interactions_united') }}
    union all
    select min(sent_at) as oldest_at from {{ ref('int_survey_invitations_united') }}
    union all
    select min(responded_at) as oldest_at from {{ ref('int_survey_responses_united') }}
    union all
    select min(observed_at) as oldest_at from {{ ref('int_feedback_united') }}
    union all
    select min(ordered_at) as oldest_at from {{ ref('int_orders_united') }}
    union all
    select min(started_at) as oldest_at from {{ ref('int_subscriptions_united') }}
    union all
    select min(occurred_at) as oldest_at from {{ ref('int_digital_events_united') }}
    union all
    select cast(min(period_start) as timestamp with time zone) as oldest_at from {{ ref('int_service_costs_united') }}
    union all
    select cast(min(period_start) as timestamp with time zone) as oldest_at from {{ ref('int_wallet_estimates_united') }}
),

span as (
    select
        {{ period_start('year', reporting_day('coalesce(min(events.oldest_at), min(clock.as_of_at))')) }}
            as first_on,
        cast({{ dbt.dateadd('day', -1, period_end('year', period_start('year', reporting_day('min(clock.as_of_at)')))) }} as date)
            as last_on
    from {{ ref('int_as_of') }} as clock
    cross join events
),

days as (
    {{ date_series('(select first_on from span)', '(select last_on from span)') }}
),

final as (
    select
        date_day,
        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(quarter from date_day) as integer) as calendar_quarter,
        cast(extract(month from date_day) as integer) as calendar_month,
        cast({{ weekday_number('date_day') }} as integer) as weekday_number,
        {{ period_start('week', 'date_day') }} as week_start_on,
        {{ period_start('month', 'date_day') }} as month_start_on,
        {{ period_start('quarter', 'date_day') }} as quarter_start_on,
        {{ period_start('year', 'date_day') }} as year_start_on
    from days
)

select * from final
