-- Grain: one row per customer and session of its journey: touchpoints without a pause of more than `journey_gap_days`.
-- What follows is counted from the first contact of the session, or from its end where there is none, to
-- `journey_follow_days` after its end, and null until these days are over.
{% set follow_days = var('journey_follow_days') %}
{% set unsolved = "('abandoned', 'missed', 'waiting', 'open', 'not_helpful')" %}
with

touchpoints as (
    select
        timeline.*,
        timeline.kind in ('request', 'contact', 'reopening') as is_contact,
        coalesce(not tickets.is_resolved, false) as is_unsolved
    from {{ ref('fct_customer_timeline') }} as timeline
    left join {{ ref('fct_tickets') }} as tickets
        on timeline.ticket_key = tickets.ticket_key
    where timeline.is_touchpoint
),

stepped as (
    select
        *,
        lag(activity) over (partition by customer_key, session_number order by event_number) as activity_before,
        row_number() over (partition by customer_key, session_number order by event_number) as step,
        row_number() over (partition by customer_key, session_number order by event_number desc) as steps_to_the_end
    from touchpoints
),

-- The same activity again and again is one step of the path.
steps as (
    select
        *,
        sum(case when activity = activity_before then 0 else 1 end) over (
            partition by customer_key, session_number order by event_number
            rows between unbounded preceding and current row
        ) as path_step,
        coalesce(activity <> activity_before, true) as is_new_step
    from stepped
),

sessions as (
    select
        customer_key,
        session_number,
        count(*) as touchpoints,
        count(*) filter (where is_contact) as contacts,
        count(distinct case when is_contact then channel end) as contact_channels,
        count(*) filter (where kind = 'reopening') as reopenings,
        count(distinct case when is_contact then coalesce(detail, '') end) as contact_reasons,
        {{ texts_joined("case when is_new_step and path_step <= " ~ var('journey_path_steps') ~ " then activity end", ' > ', 'event_number') }}
        || case when max(path_step) > {{ var('journey_path_steps') }} then ' > …' else '' end as path,
        max(case when step = 1 then activity end) as first_activity,
        max(case when steps_to_the_end = 1 then activity end) as last_activity,
        max(case when step = 1 then stage end) as first_stage,
        max(case when steps_to_the_end = 1 then stage end) as last_stage,
        max(case when steps_to_the_end = 1 then outcome end) as last_outcome,
        round(avg(cast(sentiment_score as decimal(18, 9))), 6) as sentiment_score,
        cast(coalesce(sum(case when is_contact then wait_seconds end), 0) as bigint) as waited_seconds,
        -- A contact that solved nothing, help that did not help, a purchase begun and left.
        coalesce(bool_or(
            steps_to_the_end = 1
            and (
                outcome in {{ unsolved }}
                or (is_contact and is_unsolved)
                or (kind = 'digital' and detail = 'purchase_step')
            )
        ), false) as is_dead_end,
        min(case when is_contact then occurred_at end) as first_contact_at,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at
    from steps
    group by customer_key, session_number
),

dated as (
    select
        sessions.*,
        coalesce(sessions.first_contact_at, sessions.ended_at) as followed_from_at,
        cast({{ dbt.dateadd('day', -1, reporting_day('sessions.started_at')) }} as date) as day_before,
        {{ plus_microseconds('sessions.ended_at', var('journey_gap_days') * 86400000000) }} <= clock.as_of_at as is_over,
        cast({{ dbt.dateadd('day', follow_days, reporting_day('sessions.ended_at')) }} as date) as followed_until,
        {{ reporting_day('clock.as_of_at') }} as today
    from sessions
    cross join {{ ref('int_as_of') }} as clock
),

purchases as (
    select dated.customer_key, dated.session_number, true as has_bought
    from dated
    inner join {{ ref('fct_orders') }} as purchases
        on dated.customer_key = purchases.customer_key
        and purchases.ordered_at > dated.followed_from_at
        and purchases.ordered_on <= dated.followed_until
    where purchases.is_purchase
    group by dated.customer_key, dated.session_number
),

low_answers as (
    select dated.customer_key, dated.session_number, true as has_answered_low
    from dated
    inner join {{ ref('fct_survey_responses') }} as answers
        on dated.customer_key = answers.customer_key
        and answers.responded_at > dated.followed_from_at
        and answers.responded_on <= dated.followed_until
    where answers.answer_group in ('detractor', 'negative') and answers.is_eligible
    group by dated.customer_key, dated.session_number
),

-- Who is active at the end of a day: the changes so far add up to more than nothing.
memberships as (
    select
        customer_key,
        changed_on,
        sum(change) over (partition by customer_key order by changed_on rows between unbounded preceding and current row)
        > 0 as is_active
    from {{ ref('int_membership_days') }}
),

final as (
    {% set is_known = 'dated.followed_until <= dated.today' %}
    select
        {{ surrogate_key(['dated.customer_key', 'dated.session_number']) }} as journey_session_key,
        dated.customer_key,
        dated.session_number,
        dated.touchpoints,
        dated.contacts,
        dated.contact_channels,
        dated.reopenings,
        dated.path,
        dated.first_activity,
        dated.last_activity,
        dated.first_stage,
        dated.last_stage,
        dated.last_outcome,
        dated.sentiment_score,
        dated.waited_seconds,
        {{ seconds_between('dated.started_at', 'dated.ended_at') }} as session_seconds,
        -- More contacts than reasons for one, or a solution that did not hold.
        dated.contacts > dated.contact_reasons or dated.reopenings > 0 as is_loop,
        dated.contact_channels > 1 as is_cross_channel,
        dated.is_over,
        case when dated.is_over then dated.is_dead_end end as is_dead_end,
        case when {{ is_known }} then coalesce(purchases.has_bought, false) end as has_bought_after,
        case
            when {{ is_known }} and active_then.is_active then not coalesce(active_later.is_active, false)
        end as has_left_after,
        case when {{ is_known }} then coalesce(low_answers.has_answered_low, false) end as has_answered_low_after,
        dated.started_at,
        dated.ended_at
    from dated
    left join purchases
        on dated.customer_key = purchases.customer_key
        and dated.session_number = purchases.session_number
    left join low_answers
        on dated.customer_key = low_answers.customer_key
        and dated.session_number = low_answers.session_number
    {{ join_latest('memberships', 'active_then', 'dated.customer_key = active_then.customer_key', 'dated.day_before', 'changed_on') }}
    {{ join_latest('memberships', 'active_later', 'dated.customer_key = active_later.customer_key', 'dated.followed_until', 'changed_on') }}
)

select * from final
