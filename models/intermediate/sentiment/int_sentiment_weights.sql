-- Grain: one row per language and word or pair of words: what the company's own texts with it taught, drawn towards
-- nothing while they are few. Learned again only when the lesson is another one.
{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='language') }}
with

lessons as (
    select * from {{ ref('int_sentiment_lessons') }}
    {% if is_incremental() %}
    where lesson not in (select lesson from {{ this }})
    {% endif %}
),

examples as (
    select
        row_number() over (order by examples.text_key) as text_number,
        examples.language,
        examples.target_thousandths,
        texts.words
    from {{ ref('int_sentiment_examples') }} as examples
    inner join lessons
        on examples.language = lessons.language
    inner join {{ ref('int_texts_normalised') }} as texts
        on examples.text_key = texts.text_key
),

features as (
    {{ words_and_pairs('examples', ['text_number', 'language', 'target_thousandths']) }}
),

summed as (
    select
        language,
        feature,
        count(*) as texts,
        cast(sum(target_thousandths) as bigint) as target_thousandths
    from (select distinct text_number, language, target_thousandths, feature from features) as once
    group by language, feature
    having count(*) >= 3
),

final as (
    select
        summed.language,
        lessons.lesson,
        summed.feature,
        summed.texts,
        cast(round(
            1000.0 * (
                summed.target_thousandths
                - summed.texts * cast(lessons.target_thousandths_sum as double) / nullif(lessons.examples, 0)
            ) / (summed.texts + 5)
        ) as bigint) as weight_millionths
    from summed
    inner join lessons
        on summed.language = lessons.language
)

select * from final
