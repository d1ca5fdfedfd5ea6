-- Grain: one row per language, analyser and kind of text: how well the sentiment of rated texts agrees with their
-- ratings. Texts that were learned from are left out: no score is judged by what taught it.
with

rated as (
    select
        judged.language,
        judged.analyser,
        texts.text_kind,
        texts.text_key,
        min(texts.rating_score) > 0 as is_positive,
        min(judged.sentiment_score) as sentiment_score,
        coalesce(min(judged.lexicon_score), 0) as lexicon_score
    from {{ ref('int_customer_texts') }} as texts
    inner join {{ ref('int_texts_judged') }} as judged
        on texts.text_key = judged.text_key
    left join {{ ref('int_sentiment_lessons') }} as lessons
        on judged.language = lessons.language
    left join {{ ref('int_sentiment_examples') }} as examples
        on texts.text_key = examples.text_key
        and lessons.language is not null
    where texts.rating_score <> 0
        and judged.sentiment_score is not null
        and examples.text_key is null
    group by judged.language, judged.analyser, texts.text_kind, texts.text_key
    having min(texts.rating_score) > 0 or max(texts.rating_score) < 0
),

{% set scores = ['sentiment', 'lexicon'] %}
-- The mean of the first and the last rank of equal scores.
ranked as (
    select
        *,
        {% for score in scores -%}
        rank() over (partition by language, analyser, text_kind order by {{ score }}_score)
        + (count(*) over (partition by language, analyser, text_kind, {{ score }}_score) - 1) / 2.0 as {{ score }}_rank{{ ',' if not loop.last }}
        {% endfor %}
    from rated
),

summed as (
    select
        language,
        analyser,
        text_kind,
        count(*) filter (where is_positive) as texts_positive,
        count(*) filter (where not is_positive) as texts_negative,
        {% for score in scores -%}
        cast(sum(case when is_positive then 2 * {{ score }}_rank else 0 end) as bigint) / 2.0 as {{ score }}_ranks,
        {% endfor -%}
        count(*) filter (where (sentiment_score >= {{ var('sentiment_neutral') }}) = is_positive
            and abs(sentiment_score) >= {{ var('sentiment_neutral') }}) as texts_agreeing
    from ranked
    group by language, analyser, text_kind
),

final as (
    select
        language,
        analyser,
        text_kind,
        texts_positive,
        texts_negative,
        round(texts_agreeing / nullif(cast(texts_positive + texts_negative as double), 0), 6) as agreement,
        {% for score in scores -%}
        round(
            ({{ score }}_ranks - texts_positive * (texts_positive + 1) / 2.0)
            / nullif(cast(texts_positive as double) * texts_negative, 0), 6
        ) as {{ 'auc' if score == 'sentiment' else 'lexicon_auc' }}{{ ',' if not loop.last }}
        {% endfor %}
    from summed
)

select * from final
