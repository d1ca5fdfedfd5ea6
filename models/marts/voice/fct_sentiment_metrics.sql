-- Grain: one row per period, first day of it, scope and value of the scope.
-- Every text in a language that the analyser reads counts once, in the period in which it was written.
{% set scopes = [
    'text_kind', 'channel', 'category', 'team', 'segment', 'language', 'reason', 'complaint', 'agent'
] %}
with

texts as (
    select
        texts.written_on as day,
        texts.text_kind,
        texts.channel,
        texts.category,
        texts.team,
        customers.segment,
        texts.language,
        texts.reason,
        texts.complaint,
        agents.agent,
        texts.sentiment_score,
        texts.sentiment,
        texts.is_mixed,
        {% for side, other in emotion_pairs() -%}
        texts.{{ side }}_{{ other }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('fct_customer_texts') }} as texts
    left join {{ ref('dim_customers') }} as customers
        on texts.customer_key = customers.customer_key
    left join {{ ref('dim_agents') }} as agents
        on texts.agent_key = agents.agent_key
    where texts.is_eligible
),

{% set aggregates = [
    'count(*) as texts_written',
    mean_aggregates('sentiment_score', 'sentiment'),
    'count(is_mixed) as texts_with_lexicon',
    "count(*) filter (where sentiment = 'positive') as texts_positive",
    "count(*) filter (where sentiment = 'negative') as texts_negative",
    "count(*) filter (where complaint = 'slow_answer') as texts_slow_answer",
    "count(*) filter (where complaint = 'unclear_answer') as texts_unclear_answer",
] %}
{% for side, other in emotion_pairs() %}
    {% do aggregates.append('count(*) filter (where ' ~ side ~ '_' ~ other ~ ' > 0) as texts_' ~ side) %}
    {% do aggregates.append('count(*) filter (where ' ~ side ~ '_' ~ other ~ ' < 0) as texts_' ~ other) %}
{% endfor %}
counted as (
    {{ by_period_and_scope('texts', scopes, aggregates, never_daily=['agent', 'reason', 'complaint']) }}
),

spine as (
    {{ every_period('counted') }}
),

final as (
    select
        {{ spine_columns() }},
        coalesce(counted.texts_written, 0) as texts_written,
        coalesce(counted.texts_positive, 0) as texts_positive,
        coalesce(counted.texts_with_lexicon, 0) as texts_with_lexicon,
        {{ mean_columns('counted', 'sentiment') }},
        {{ share_statistics('counted', 'texts_negative', 'sentiment_count', 'negative_text_rate') }},
        {{ share_statistics('counted', 'texts_slow_answer', 'texts_written', 'slow_answer_rate') }},
        {{ share_statistics('counted', 'texts_unclear_answer', 'texts_written', 'unclear_answer_rate') }},
        {% for side, other in emotion_pairs() %}
        {% for one in [side, other] -%}
        {{ share_statistics('counted', 'texts_' ~ one, 'texts_with_lexicon', 'emotion_' ~ one) }},
        {% endfor %}
        round(
            (counted.texts_{{ side }} - counted.texts_{{ other }}) / nullif(cast(counted.texts_with_lexicon as double), 0), 6
        ) as {{ side }}_net{{ ',' if not loop.last }}
        {% endfor %}
    from spine
    {{ join_counted('spine', 'counted') }}
    {{ join_student_t('counted', 'sentiment') }}
)

select * from final
