-- Grain: one row per text of a customer. The text itself stays in intermediate: it is personal data.
with

texts as (
    select
        texts.*,
        {{ found_key('ticket_id', 'ticket_key') }} as ticket_key,
        {{ found_key('interaction_id', 'interaction_key') }} as interaction_key,
        {{ found_key('contact_id', 'contact_key') }} as own_contact_key,
        coalesce(
            {{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }}
        ) as own_customer_key
    from {{ ref('int_customer_texts') }} as texts
    {{ join_keys('texts', 'ticket_id', 'int_ticket_keys') }}
    {{ join_keys('texts', 'interaction_id', 'int_interaction_keys') }}
    {{ join_keys('texts', 'contact_id', 'int_contact_keys') }}
    {{ join_keys('texts', 'account_id', 'int_account_keys') }}
),

judged as (
    select * from {{ ref('int_texts_judged') }}
),

topics as (
    select
        text_key,
        {% for axis, least in var('topic_confidence').items() -%}
        max(case when axis = '{{ axis }}' and confidence >= {{ least }} then topic end) as {{ axis }},
        max(case when axis = '{{ axis }}' then confidence end) as {{ axis }}_confidence{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_texts_classified') }}
    where lesson in (select lesson from {{ ref('int_topic_lessons') }})
    group by text_key
),

final as (
    select
        {{ surrogate_key(['texts.text_kind', 'texts.source_system', 'texts.record_id']) }} as customer_text_key,
        coalesce(texts.own_customer_key, tickets.customer_key, interactions.customer_key) as customer_key,
        coalesce(texts.own_contact_key, tickets.contact_key, interactions.contact_key) as contact_key,
        texts.ticket_key,
        texts.interaction_key,
        case when texts.response_id is not null then {{ surrogate_key(['texts.source_system', 'texts.response_id']) }} end
            as survey_response_key,
        coalesce(tickets.resolver_key, tickets.assignee_key, interactions.agent_key) as agent_key,
        texts.source_system,
        texts.text_kind,
        texts.record_id,
        judged.language,
        coalesce(tickets.channel, interactions.channel) as channel,
        tickets.category,
        coalesce(tickets.team, agents.team) as team,
        judged.sentiment_score,
        case
            when judged.sentiment_score >= {{ var('sentiment_neutral') }} then 'positive'
            when judged.sentiment_score <= -{{ var('sentiment_neutral') }} then 'negative'
            when judged.sentiment_score is not null then 'neutral'
        end as sentiment,
        judged.confidence,
        judged.is_mixed,
        {% for side, other in emotion_pairs() -%}
        judged.{{ side }}_{{ other }},
        {% endfor -%}
        judged.analyser,
        judged.analyser_version,
        topics.reason,
        topics.reason_confidence,
        topics.complaint,
        topics.complaint_confidence,
        texts.rating_score,
        coalesce(tickets.is_eligible, true) as is_eligible,
        {{ reporting_day('texts.written_at') }} as written_on,
        texts.written_at
    from texts
    left join judged
        on texts.text_key = judged.text_key
    left join topics
        on texts.text_key = topics.text_key
    left join {{ ref('fct_tickets') }} as tickets
        on texts.ticket_key = tickets.ticket_key
    left join {{ ref('fct_interactions') }} as interactions
        on texts.interaction_key = interactions.interaction_key
    left join {{ ref('dim_agents') }} as agents
        on coalesce(tickets.resolver_key, tickets.assignee_key, interactions.agent_key) = agents.agent_key
)

select * from final
