-- Grain: one row per customer who wrote something in the days before as_of over which feelings look back.
with

clock as (
    select as_of_at, {{ reporting_day('as_of_at') }} as as_of_day from {{ ref('int_as_of') }}
),

texts as (
    select
        texts.*,
        cast(round(1000000 * texts.sentiment_score) as bigint) as score_millionths
    from {{ ref('fct_customer_texts') }} as texts
    cross join clock
    where texts.is_eligible
        and texts.customer_key is not null
        and texts.sentiment_score is not null
        and texts.written_on > {{ dbt.dateadd('day', -var('voice_days'), 'clock.as_of_day') }}
),

counted as (
    select
        customer_key,
        count(*) as texts,
        count(*) filter (where sentiment = 'positive') as texts_positive,
        count(*) filter (where sentiment = 'negative') as texts_negative,
        cast(sum(score_millionths) as bigint) as score_millionths,
        {% for side, other in emotion_pairs() -%}
        count(*) filter (where {{ side }}_{{ other }} > 0) - count(*) filter (where {{ side }}_{{ other }} < 0)
            as {{ side }}_texts,
        {% endfor -%}
        max(written_at) as last_written_at
    from texts
    group by customer_key
),

final as (
    select
        customer_key,
        texts,
        texts_positive,
        texts_negative,
        round(score_millionths / nullif(cast(texts as double), 0) / 1000000, 6) as sentiment_score,
        round(score_millionths / nullif(cast(texts + {{ var('shrinkage_texts') }} as double), 0) / 1000000, 6)
            as sentiment_score_shrunk,
        case
            when texts < {{ var('customer_texts') }} then null
            when score_millionths >= {{ var('sentiment_neutral') }} * 1000000 * (texts + {{ var('shrinkage_texts') }})
                then 'positive'
            when score_millionths <= -{{ var('sentiment_neutral') }} * 1000000 * (texts + {{ var('shrinkage_texts') }})
                then 'negative'
            else 'neutral'
        end as sentiment,
        {% for side, other in emotion_pairs() -%}
        round({{ side }}_texts / nullif(cast(texts as double), 0), 6) as {{ side }}_net,
        {% endfor -%}
        last_written_at
    from counted
)

select * from final
