-- Grain: one row per different text and axis: the topic that its words speak for most, with the share of the
-- probability that it has among all topics. Texts that the current lesson has classified are not classified again.
{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['text_key', 'axis']) }}
with

weights as (
    select * from {{ ref('int_topic_weights') }}
),

lessons as (
    select axis, language, lesson from {{ ref('int_topic_lessons') }}
),

unread as (
    select
        texts.text_key,
        texts.language,
        lessons.axis,
        lessons.lesson
    from {{ ref('int_texts_normalised') }} as texts
    inner join lessons
        on texts.language = lessons.language
    {% if is_incremental() %}
    left join {{ this }} as known
        on texts.text_key = known.text_key
        and lessons.axis = known.axis
        and lessons.lesson = known.lesson
    where known.text_key is null
    {% endif %}
),

texts as (
    select
        row_number() over (order by text_key) as text_number,
        text_key,
        language,
        words
    from {{ ref('int_texts_normalised') }}
    where text_key in (select text_key from unread)
),

features as (
    select distinct text_number, language, feature
    from ({{ words_and_stems('texts', ['text_number', 'language']) }}) as words_and_stems
),

summed as (
    select
        features.text_number,
        weights.axis,
        weights.topic,
        sum(weights.weight_millionths) / 1000000.0 as weight
    from features
    inner join weights
        on features.language = weights.language
        and features.feature = weights.feature
    group by features.text_number, weights.axis, weights.topic
),

-- Weights of the topics themselves: what they are worth to a text with no known word.
own_weights as (
    select
        axis,
        language,
        topic,
        weight_millionths / 1000000.0 as own_weight,
        {{ whole_billionths('exp(weight_millionths / 1000000.0)') }} as own_odds
    from weights
    where feature = ''
),

own_totals as (
    select axis, language, cast(sum(own_odds) as bigint) as own_odds
    from own_weights
    group by axis, language
),

weighed as (
    select
        texts.text_number,
        summed.axis,
        summed.topic,
        own_weights.own_odds,
        {{ whole_billionths('exp(least(own_weights.own_weight + summed.weight / nullif(sqrt(lengths.weight), 0), 20))') }}
            as odds
    from texts
    inner join summed
        on texts.text_number = summed.text_number
        and summed.topic <> ''
    inner join summed as lengths
        on summed.text_number = lengths.text_number
        and summed.axis = lengths.axis
        and lengths.topic = ''
    inner join own_weights
        on texts.language = own_weights.language
        and summed.axis = own_weights.axis
        and summed.topic = own_weights.topic
),

ranked as (
    select
        *,
        row_number() over (partition by text_number, axis order by odds desc, topic asc) as topic_rank,
        sum(odds - own_odds) over (partition by text_number, axis) as odds_gained
    from weighed
),

final as (
    select
        unread.text_key,
        unread.axis,
        unread.lesson,
        ranked.topic,
        round(ranked.odds / nullif(cast(own_totals.own_odds + ranked.odds_gained as double), 0), 6) as confidence
    from unread
    inner join texts
        on unread.text_key = texts.text_key
    inner join own_totals
        on unread.axis = own_totals.axis
        and unread.language = own_totals.language
    left join ranked
        on texts.text_number = ranked.text_number
        and unread.axis = ranked.axis
        and ranked.topic_rank = 1
)

select * from final
