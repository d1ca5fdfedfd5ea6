-- Grain: one row per detractor or dissatisfied answer.
-- Followed up is who was called or written to by a human after the answer: an outbound contact with the person, or
-- where no person is known the customer, or an agent's public message on the ticket that the answer is about.
with

answers as (
    select
        responses.*,
        {{ plus_microseconds('responses.responded_at', var('follow_up_hours') * 3600000000) }} as follow_up_due_at
    from {{ ref('fct_survey_responses') }} as responses
    where responses.answer_group in ('detractor', 'negative') and responses.is_eligible
),

texts as (
    select survey_response_key, complaint, sentiment_score
    from {{ ref('fct_customer_texts') }}
    where text_kind = 'survey_comment'
),

causes as (
    select
        score_key as survey_response_key,
        max(case when driver = 'sla' then position end) as sla_position,
        max(case when driver = 'reopening' then position end) as reopening_position,
        max(case when driver = 'hand_over' then position end) as hand_over_position,
        max(case when driver = 'first_response' then position end) as first_response_position,
        max(case when driver = 'resolution' then position end) as resolution_position
    from {{ ref('int_score_drivers') }}
    where score <> 'sentiment_score'
    group by score_key
),

outbound as (
    select contact_key, customer_key, channel, offered_at
    from {{ ref('fct_interactions') }}
    where direction = 'outbound' and is_handled
),

agent_messages as (
    select ticket_key, sent_at
    from {{ ref('fct_ticket_messages') }}
    where author_role = 'agent' and is_public
),

follow_ups as (
    select
        answers.survey_response_key,
        outbound.channel as follow_up_channel,
        outbound.offered_at as followed_up_at
    from answers
    inner join outbound
        on answers.contact_key = outbound.contact_key
        and answers.responded_at < outbound.offered_at
    union all
    select
        answers.survey_response_key,
        outbound.channel as follow_up_channel,
        outbound.offered_at as followed_up_at
    from answers
    inner join outbound
        on answers.customer_key = outbound.customer_key
        and answers.responded_at < outbound.offered_at
    where answers.contact_key is null or outbound.contact_key is null
    union all
    select
        answers.survey_response_key,
        'ticket' as follow_up_channel,
        agent_messages.sent_at as followed_up_at
    from answers
    inner join agent_messages
        on answers.ticket_key = agent_messages.ticket_key
        and answers.responded_at < agent_messages.sent_at
),

ranked_follow_ups as (
    select
        *,
        row_number() over (
            partition by survey_response_key order by followed_up_at, follow_up_channel
        ) as follow_up_number
    from follow_ups
),

first_follow_ups as (
    select * from ranked_follow_ups where follow_up_number = 1
),

orders as (
    select customer_key, reporting_amount, ordered_at from {{ ref('fct_orders') }} where is_purchase
),

purchases as (
    select
        answers.survey_response_key,
        sum(case when orders.ordered_at <= answers.responded_at then orders.reporting_amount end) as bought_before,
        sum(case when orders.ordered_at > answers.responded_at then orders.reporting_amount end) as bought_since
    from answers
    inner join orders
        on answers.customer_key = orders.customer_key
        and {{ plus_microseconds('orders.ordered_at', var('voice_days') * 86400000000) }} > answers.responded_at
    group by answers.survey_response_key
),

later_tickets as (
    select
        answers.survey_response_key,
        count(*) as tickets_since
    from answers
    inner join {{ ref('fct_tickets') }} as tickets
        on answers.customer_key = tickets.customer_key
        and answers.responded_at < tickets.created_at
    where tickets.is_eligible
    group by answers.survey_response_key
),

-- The customer came back on the same category before it answered.
repeats as (
    select distinct answers.survey_response_key
    from answers
    inner join {{ ref('fct_tickets') }} as asked
        on answers.ticket_key = asked.ticket_key
    inner join {{ ref('fct_tickets') }} as asked_again
        on asked.customer_key = asked_again.customer_key
        and asked.category = asked_again.category
        and asked.created_at < asked_again.created_at
        and answers.responded_at > asked_again.created_at
    where asked_again.is_eligible
),

next_answers as (
    select previous_response_key, to_group, movement from {{ ref('fct_score_movements') }}
),

final as (
    select
        answers.survey_response_key,
        answers.customer_key,
        answers.contact_key,
        answers.ticket_key,
        coalesce(tickets.resolver_key, tickets.assignee_key) as agent_key,
        answers.survey_id,
        answers.survey_type,
        answers.answer_group,
        answers.score,
        answers.has_comment,
        texts.sentiment_score,
        texts.complaint as stated_complaint,
        case
            when causes.sla_position = 2 then 'sla_breach'
            when causes.reopening_position = 2 then 'reopened'
            when repeats.survey_response_key is not null then 'repeat_contact'
            when causes.resolution_position >= 4 then 'slow_resolution'
            when causes.first_response_position >= 4 then 'slow_first_response'
            when causes.hand_over_position = 2 then 'handed_over'
            when texts.complaint not in ('none', 'praise') then texts.complaint
            else 'unknown'
        end as likely_cause,
        customers.segment,
        tickets.team,
        coalesce(purchases.bought_before, 0) as bought_before,
        coalesce(purchases.bought_since, 0) as bought_since,
        coalesce(later_tickets.tickets_since, 0) as tickets_since,
        next_answers.to_group as next_answer_group,
        next_answers.movement as next_movement,
        coalesce(customers.closed_at > answers.responded_at, false) as has_left_since,
        case
            when first_follow_ups.followed_up_at <= answers.follow_up_due_at then 'in_time'
            when first_follow_ups.followed_up_at is not null then 'late'
            when answers.follow_up_due_at <= clock.as_of_at then 'missed'
            else 'waiting'
        end as follow_up_status,
        first_follow_ups.follow_up_channel,
        {{ seconds_between('answers.responded_at', 'first_follow_ups.followed_up_at') }} as follow_up_seconds,
        answers.responded_on,
        answers.responded_at,
        answers.follow_up_due_at,
        first_follow_ups.followed_up_at
    from answers
    cross join {{ ref('int_as_of') }} as clock
    left join {{ ref('fct_tickets') }} as tickets
        on answers.ticket_key = tickets.ticket_key
    left join {{ ref('dim_customers') }} as customers
        on answers.customer_key = customers.customer_key
    left join next_answers
        on answers.survey_response_key = next_answers.previous_response_key
    {% for relation in [
        'texts', 'causes', 'repeats', 'first_follow_ups', 'purchases', 'later_tickets'
    ] -%}
    left join {{ relation }}
        on answers.survey_response_key = {{ relation }}.survey_response_key
    {% endfor %}
)

select * from final
