-- Grain: one row per customer: who it is, how it was served, what it says, what it does and what it is worth, from all
-- systems. `recent` is the last `voice_days` days before as_of.
with

clock as (
    select
        {{ reporting_day('as_of_at') }} as today,
        cast({{ dbt.dateadd('day', -var('voice_days'), reporting_day('as_of_at')) }} as date) as recent_from
    from {{ ref('int_as_of') }}
),

people as (
    select customer_key, count(*) as people from {{ ref('dim_contacts') }} where customer_key is not null group by customer_key
),

tickets_timed as (
    select
        tickets.*,
        clock.recent_from,
        case when tickets.created_on > clock.recent_from then tickets.first_response_calendar_seconds end
            as recent_first_response_seconds,
        case when tickets.created_on > clock.recent_from then tickets.full_resolution_calendar_seconds end
            as recent_full_resolution_seconds
    from {{ ref('fct_tickets') }} as tickets
    cross join clock
    where tickets.is_eligible and tickets.customer_key is not null
),

tickets as (
    select
        customer_key,
        count(*) as tickets,
        count(*) filter (where not is_resolved) as tickets_open,
        count(*) filter (where created_on > recent_from) as tickets_recent,
        count(*) filter (where created_on > recent_from and was_reopened) as tickets_reopened_recent,
        count(*) filter (where created_on > recent_from and is_sla_met = false) as tickets_breached_recent,
        count(is_first_contact_resolution) filter (where created_on > recent_from) as tickets_judged_recent,
        count(*) filter (where created_on > recent_from and is_first_contact_resolution) as tickets_resolved_at_once_recent,
        percentile_cont(0.5) within group (order by recent_first_response_seconds) as first_response_seconds_median_recent,
        percentile_cont(0.5) within group (order by recent_full_resolution_seconds) as full_resolution_seconds_median_recent,
        max(created_at) as last_ticket_at
    from tickets_timed
    group by customer_key
),

contacts as (
    select
        customer_key,
        count(*) as contacts_recent,
        count(*) filter (where outcome in ('abandoned', 'missed')) as contacts_lost_recent
    from {{ ref('fct_interactions') }}
    cross join clock
    where direction = 'inbound' and offered_on > clock.recent_from and customer_key is not null
    group by customer_key
),

answers as (
    select
        responses.*,
        row_number() over (
            partition by responses.customer_key, responses.survey_type
            order by responses.responded_at desc, responses.survey_response_key asc
        ) as answers_since
    from {{ ref('fct_survey_responses') }} as responses
    where responses.is_answer and responses.is_eligible and responses.customer_key is not null
),

voices as (
    select
        customer_key,
        {% for type in ['csat', 'nps', 'ces'] -%}
        max(case when survey_type = '{{ type }}' and answers_since = 1 then score end) as last_{{ type }}_score,
        max(case when survey_type = '{{ type }}' and answers_since = 1 then answer_group end) as last_{{ type }}_group,
        {% endfor -%}
        count(*) filter (where survey_type = 'csat' and responded_on > recent_from) as csat_answers_recent,
        count(*) filter (where survey_type = 'csat' and responded_on > recent_from and answer_group = 'positive')
            as csat_positive_recent,
        max(responded_at) as last_answer_at
    from answers
    cross join clock
    group by customer_key
),

follow_ups as (
    select
        customer_key,
        count(*) filter (where follow_up_status in ('waiting', 'missed')) as low_answers_not_followed_up
    from {{ ref('fct_detractor_follow_ups') }}
    cross join clock
    where responded_on > clock.recent_from and customer_key is not null
    group by customer_key
),

activities as (
    select
        customer_key,
        sum(transactions_counted_once) as transactions_recent,
        coalesce(sum(transactions_counted_once) filter (where kind = 'order'), 0) as orders_recent,
        coalesce(sum(transactions_counted_once) filter (where kind = 'return'), 0) as returns_recent,
        coalesce(sum(transactions_counted_once) filter (where kind = 'digital'), 0) as digital_events_recent
    from {{ ref('fct_customer_transactions') }}
    cross join clock
    where period_start > clock.recent_from and customer_key is not null
    group by customer_key
),

offerings as (
    select count(*) as offerings_on_sale
    from {{ ref('int_offerings_united') }}
    cross join clock
    where coalesce(launched_on <= clock.today, true) and coalesce(retired_on > clock.today, true)
),

touchpoints as (
    select
        customer_key,
        count(*) as touchpoints,
        max(session_number) as journey_sessions,
        max(event_number) as last_event_number,
        max(occurred_at) as last_touchpoint_at
    from {{ ref('fct_customer_timeline') }}
    where is_touchpoint
    group by customer_key
),

last_touchpoints as (
    select timeline.customer_key, timeline.activity, timeline.stage, timeline.outcome
    from {{ ref('fct_customer_timeline') }} as timeline
    inner join touchpoints
        on timeline.customer_key = touchpoints.customer_key
        and timeline.event_number = touchpoints.last_event_number
),

sessions as (
    select
        sessions.customer_key,
        count(*) filter (where sessions.is_loop) as repeat_contact_sessions_recent,
        count(*) filter (where sessions.is_dead_end) as dead_end_sessions_recent
    from {{ ref('fct_journey_sessions') }} as sessions
    cross join clock
    where {{ reporting_day('sessions.ended_at') }} > clock.recent_from
    group by sessions.customer_key
),

final as (
    select
        customers.customer_key,
        customers.account_name,
        customers.customer_kind,
        customers.segment,
        customers.industry,
        customers.region,
        customers.country,
        worth.relationship,
        customers.records,
        customers.systems,
        coalesce(people.people, 0) as people,
        customers.is_open,
        worth.is_active,
        {% for name in ['tickets', 'tickets_open', 'tickets_recent', 'tickets_reopened_recent', 'tickets_breached_recent'] -%}
        coalesce(tickets.{{ name }}, 0) as {{ name }},
        {% endfor -%}
        round(tickets.tickets_resolved_at_once_recent / nullif(cast(tickets.tickets_judged_recent as double), 0), 6)
            as first_contact_resolution_rate_recent,
        round(tickets.first_response_seconds_median_recent, 6) as first_response_seconds_median_recent,
        round(tickets.full_resolution_seconds_median_recent, 6) as full_resolution_seconds_median_recent,
        coalesce(contacts.contacts_recent, 0) as contacts_recent,
        coalesce(contacts.contacts_lost_recent, 0) as contacts_lost_recent,
        {% for type in ['csat', 'nps', 'ces'] -%}
        voices.last_{{ type }}_score,
        voices.last_{{ type }}_group,
        {% endfor -%}
        coalesce(voices.csat_answers_recent, 0) as csat_answers_recent,
        round(voices.csat_positive_recent / nullif(cast(voices.csat_answers_recent as double), 0), 6) as csat_recent,
        coalesce(follow_ups.low_answers_not_followed_up, 0) as low_answers_not_followed_up,
        feelings.sentiment_score_shrunk as sentiment_score,
        feelings.sentiment,
        {% for name in ['transactions_recent', 'orders_recent', 'returns_recent', 'digital_events_recent'] -%}
        cast(coalesce(activities.{{ name }}, 0) as bigint) as {{ name }},
        {% endfor -%}
        coalesce(worth.purchases, 0) as purchases,
        coalesce(worth.repeat_purchases, 0) as repeat_purchases,
        worth.is_past_own_rhythm,
        coalesce(worth.contracts_running, 0) as contracts_running,
        coalesce(worth.monthly_recurring_revenue, 0) as monthly_recurring_revenue,
        coalesce(worth.offerings_in_use, 0) as offerings_in_use,
        round(worth.offerings_in_use / nullif(cast(offerings.offerings_on_sale as double), 0), 6) as share_of_wallet_offerings,
        coalesce(worth.revenue_to_date, 0) as revenue_to_date,
        worth.margin_to_date,
        worth.expected_margin,
        worth.lifetime_value,
        worth.churn_risk,
        risks.reason_1 as churn_reason,
        coalesce(touchpoints.touchpoints, 0) as touchpoints,
        coalesce(touchpoints.journey_sessions, 0) as journey_sessions,
        coalesce(sessions.repeat_contact_sessions_recent, 0) as repeat_contact_sessions_recent,
        coalesce(sessions.dead_end_sessions_recent, 0) as dead_end_sessions_recent,
        last_touchpoints.activity as last_activity,
        last_touchpoints.stage as last_stage,
        last_touchpoints.outcome as last_outcome,
        worth.joined_on,
        worth.last_purchase_on,
        customers.created_at,
        customers.closed_at,
        tickets.last_ticket_at,
        voices.last_answer_at,
        touchpoints.last_touchpoint_at
    from {{ ref('dim_customers') }} as customers
    cross join offerings
    left join {{ ref('fct_customer_values') }} as worth
        on customers.customer_key = worth.customer_key
    left join {{ ref('fct_churn_risks') }} as risks
        on customers.customer_key = risks.customer_key
    left join {{ ref('fct_customer_sentiments') }} as feelings
        on customers.customer_key = feelings.customer_key
    {% for relation in [
        'people', 'tickets', 'contacts', 'voices', 'follow_ups', 'activities', 'touchpoints', 'last_touchpoints', 'sessions'
    ] -%}
    left join {{ relation }}
        on customers.customer_key = {{ relation }}.customer_key
    {% endfor %}
)

select * from final
