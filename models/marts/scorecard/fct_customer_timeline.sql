-- Grain: one row per event in the life of a customer, in order: every touchpoint from every system, and what happened
-- to its requests in between.
-- A ticket that a call or chat of its own channel brought about is the same touchpoint as that contact, which counts.
{% set columns = [
    'customer_key', 'contact_key', 'kind', 'record_key', 'channel', 'detail', 'activity', 'ticket_key', 'wait_seconds',
    'sentiment_score', 'outcome', 'amount', 'is_touchpoint', 'occurred_at',
] %}
{% set absent = {
    'contact_key': 'cast(null as varchar)', 'channel': 'cast(null as varchar)', 'detail': 'cast(null as varchar)',
    'ticket_key': 'cast(null as varchar)', 'wait_seconds': 'cast(null as bigint)',
    'sentiment_score': 'cast(null as double)', 'outcome': 'cast(null as varchar)',
    'amount': 'cast(null as decimal(18, 2))', 'is_touchpoint': 'true',
} %}
{% set asked = "'request ' || tickets.channel" %}
{% set parts = [
    {'from': 'tickets', 'kind': "'request'", 'record_key': 'tickets.ticket_key', 'channel': 'tickets.channel',
        'contact_key': 'tickets.contact_key', 'detail': 'tickets.category', 'activity': asked,
        'ticket_key': 'tickets.ticket_key', 'wait_seconds': 'tickets.first_response_calendar_seconds',
        'sentiment_score': 'ticket_texts.sentiment_score', 'outcome': 'tickets.outcome',
        'is_touchpoint': 'contacted.ticket_key is null', 'occurred_at': 'tickets.created_at',
        'joins': 'left join ticket_texts on tickets.ticket_key = ticket_texts.ticket_key
            left join contacted on tickets.ticket_key = contacted.ticket_key'},
    {'from': 'tickets', 'kind': "'resolution'", 'record_key': 'tickets.ticket_key', 'activity': "'resolution'",
        'ticket_key': 'tickets.ticket_key', 'wait_seconds': 'tickets.first_resolution_calendar_seconds',
        'is_touchpoint': 'false', 'occurred_at': 'tickets.first_resolved_at'},
    {'from': 'tickets', 'kind': "'promise broken'", 'record_key': 'tickets.ticket_key', 'activity': "'promise broken'",
        'ticket_key': 'tickets.ticket_key', 'is_touchpoint': 'false', 'occurred_at': 'tickets.first_sla_breached_at'},
    {'from': 'reopenings', 'kind': "'reopening'", 'record_key': 'reopenings.ticket_key', 'channel': 'reopenings.channel',
        'detail': 'reopenings.category', 'activity': "'reopening'", 'outcome': 'reopenings.outcome', 'ticket_key': 'reopenings.ticket_key', 'occurred_at': 'reopenings.reopened_at'},
    {'from': 'contacts', 'kind': "case when contacts.direction = 'outbound' then 'follow_up' else 'contact' end",
        'record_key': 'contacts.interaction_key', 'channel': 'contacts.channel', 'contact_key': 'contacts.contact_key',
        'detail': 'coalesce(of_ticket.category, contacts.transaction_type)',
        'activity': "case when contacts.direction = 'outbound' then 'follow-up ' else 'contact ' end || contacts.channel",
        'ticket_key': 'contacts.ticket_key', 'wait_seconds': 'contacts.wait_seconds',
        'sentiment_score': 'coalesce(contact_texts.sentiment_score, ticket_texts.sentiment_score)',
        'outcome': 'contacts.outcome', 'occurred_at': 'contacts.offered_at',
        'joins': 'left join contact_texts on contacts.interaction_key = contact_texts.interaction_key
            left join ticket_texts on contacts.ticket_key = ticket_texts.ticket_key
            left join tickets as of_ticket on contacts.ticket_key = of_ticket.ticket_key'},
    {'from': 'answers', 'kind': "'answer'", 'record_key': 'answers.survey_response_key', 'channel': 'answers.channel',
        'contact_key': 'answers.contact_key', 'detail': 'answers.survey_type', 'activity': "'answer ' || answers.survey_type",
        'ticket_key': 'answers.ticket_key', 'sentiment_score': 'answer_texts.sentiment_score',
        'outcome': 'answers.answer_group', 'occurred_at': 'answers.responded_at',
        'joins': 'left join answer_texts on answers.survey_response_key = answer_texts.survey_response_key'},
    {'from': 'feedback', 'kind': "'feedback'", 'record_key': 'feedback.customer_text_key',
        'contact_key': 'feedback.contact_key', 'detail': 'feedback.text_kind', 'activity': "'feedback'",
        'sentiment_score': 'feedback.sentiment_score', 'outcome': 'feedback.sentiment',
        'occurred_at': 'feedback.written_at'},
    {'from': 'orders', 'kind': "case when orders.net_amount < 0 then 'return' else 'order' end",
        'record_key': 'orders.order_key', 'channel': 'orders.channel', 'contact_key': 'orders.contact_key',
        'detail': "case when orders.status in ('cancelled', 'returned') then orders.status end",
        'activity': "case when orders.net_amount < 0 then 'return' else 'order' end", 'outcome': 'orders.status',
        'amount': 'orders.reporting_amount', 'occurred_at': 'orders.ordered_at'},
    {'from': 'contracts', 'kind': "'contract started'", 'record_key': 'contracts.subscription_key',
        'detail': 'contracts.category', 'activity': "'contract started'", 'amount': 'contracts.reporting_monthly_amount',
        'occurred_at': 'contracts.started_at'},
    {'from': 'contracts', 'kind': "'contract ended'", 'record_key': 'contracts.subscription_key',
        'detail': 'contracts.category', 'activity': "'contract ended'", 'outcome': 'contracts.end_outcome',
        'amount': 'contracts.reporting_monthly_amount', 'is_touchpoint': "contracts.end_outcome = 'ended'",
        'occurred_at': 'contracts.ended_at'},
    {'from': 'visits', 'kind': 'visits.kind', 'record_key': 'visits.record_key', 'channel': "'digital'",
        'contact_key': 'visits.contact_key', 'detail': 'visits.detail',
        'activity': "case when visits.kind = 'digital' then visits.detail else visits.kind end",
        'outcome': "case when visits.was_helpful then 'helpful' when not visits.was_helpful then 'not_helpful' end",
        'occurred_at': 'visits.occurred_at'},
] %}
with

texts as (
    select * from {{ ref('fct_customer_texts') }} where is_eligible
),

{% for name, key in {'ticket': 'ticket_key', 'contact': 'interaction_key', 'answer': 'survey_response_key'}.items() %}
{{ name }}_texts as (
    select {{ key }}, round(avg(cast(sentiment_score as decimal(18, 9))), 6) as sentiment_score
    from texts
    where {{ key }} is not null and sentiment_score is not null
    group by {{ key }}
),

{% endfor %}
tickets as (
    select
        *,
        case
            when not is_resolved then case when first_response_at is null then 'waiting' else 'open' end
            when was_reopened then 'resolved_after_reopening'
            when is_first_contact_resolution then 'resolved_at_once'
            else 'resolved'
        end as outcome
    from {{ ref('fct_tickets') }}
    where is_eligible
),

reopenings as (
    select tickets.customer_key, reopenings.ticket_key, tickets.channel, tickets.category, tickets.outcome, reopenings.reopened_at
    from {{ ref('int_ticket_reopenings') }} as reopenings
    inner join tickets
        on reopenings.ticket_key = tickets.ticket_key
),

contacts as (
    select * from {{ ref('fct_interactions') }} where direction <> 'outbound' or is_handled
),

contacted as (
    select distinct contacts.ticket_key
    from contacts
    inner join tickets
        on contacts.ticket_key = tickets.ticket_key
        and contacts.channel = tickets.channel
        and contacts.customer_key = tickets.customer_key
    where contacts.direction = 'inbound'
),

answers as (
    select * from {{ ref('fct_survey_responses') }} where is_answer and is_eligible
),

feedback as (
    select *
    from texts
    where ticket_key is null and interaction_key is null and survey_response_key is null
),

orders as (
    select * from {{ ref('fct_orders') }}
),

contracts as (
    select *, case when counts_until > ended_on then 'renewed' else 'ended' end as end_outcome
    from {{ ref('int_subscriptions_converted') }}
),

visits as (
    select * from {{ ref('int_digital_touchpoints') }}
),

events as (
    {% for part in parts %}
    select
        {{ part.from }}.customer_key,
        {% for column in columns[1:] -%}
        {{ part.get(column, absent.get(column)) }} as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ part.from }}
    {{ part.get('joins', '') }}
    where {{ part.from }}.customer_key is not null and {{ part.occurred_at }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{% set in_order = 'partition by customer_key order by occurred_at, is_touchpoint desc, kind, record_key' %}
ordered as (
    select
        events.*,
        row_number() over ({{ in_order }}) as event_number,
        {{ last_known('case when is_touchpoint then occurred_at end', 'customer_key',
            'occurred_at, is_touchpoint desc, kind, record_key', '1 preceding') }} as last_touchpoint_at
    from events
    cross join {{ ref('int_as_of') }} as clock
    where events.occurred_at <= clock.as_of_at
),

marked as (
    select
        *,
        {{ seconds_between('last_touchpoint_at', 'occurred_at') }} as seconds_since_last,
        case
            when not is_touchpoint then 0
            when last_touchpoint_at is null then 1
            when {{ seconds_between('last_touchpoint_at', 'occurred_at') }} > {{ var('journey_gap_days') * 86400 }} then 1
            else 0
        end as begins_session
    from ordered
),

stages as (
    select kind, stage, stage_number from {{ ref('journey_stages') }}
),

final as (
    select
        {{ surrogate_key(['marked.kind', 'marked.record_key', 'marked.occurred_at']) }} as customer_event_key,
        marked.customer_key,
        marked.contact_key,
        marked.ticket_key,
        marked.record_key,
        marked.event_number,
        cast(
            sum(marked.begins_session) over (
                partition by marked.customer_key order by marked.event_number
                rows between unbounded preceding and current row
            ) as bigint
        ) as session_number,
        marked.kind,
        marked.detail,
        marked.activity,
        coalesce(own.stage, others.stage) as stage,
        coalesce(own.stage_number, others.stage_number) as stage_number,
        marked.channel,
        marked.wait_seconds,
        marked.seconds_since_last,
        marked.sentiment_score,
        marked.outcome,
        marked.amount,
        marked.is_touchpoint,
        {{ reporting_day('marked.occurred_at') }} as occurred_on,
        marked.occurred_at
    from marked
    left join stages as own
        on marked.kind || ' ' || marked.detail = own.kind
    left join stages as others
        on marked.kind = others.kind
)

select * from final
