-- Grain: one row per different text: what the words learned from the company's own texts say of it on average.
-- Only texts that the current lesson has not weighed yet are weighed.
{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='text_key') }}
with

lessons as (
    select language, lesson from {{ ref('int_sentiment_lessons') }}
),

texts as (
    select
        row_number() over (order by texts.text_key) as text_number,
        texts.text_key,
        texts.language,
        lessons.lesson,
        texts.words
    from {{ ref('int_texts_normalised') }} as texts
    inner join lessons
        on texts.language = lessons.language
    {% if is_incremental() %}
    left join {{ this }} as known
        on texts.text_key = known.text_key
        and lessons.lesson = known.lesson
    where known.text_key is null
    {% endif %}
),

features as (
    {{ words_and_pairs('texts', ['text_number', 'language']) }}
),

summed as (
    select
        features.text_number,
        cast(sum(weights.weight_millionths) as bigint) as weight_millionths,
        count(*) as features
    from features
    inner join {{ ref('int_sentiment_weights') }} as weights
        on features.language = weights.language
        and features.feature = weights.feature
    group by features.text_number
),

final as (
    select
        texts.text_key,
        texts.language,
        texts.lesson,
        cast(coalesce(round(summed.weight_millionths / nullif(cast(summed.features as double), 0)), 0) as bigint)
            as learned_millionths
    from texts
    left join summed
        on texts.text_number = summed.text_number
)

select * from final
