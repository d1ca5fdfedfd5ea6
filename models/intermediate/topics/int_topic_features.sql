-- Grain: one row per axis, language, example and thing it is recognised by: its words and their stems.
with

examples as (
    select
        examples.axis || ':' || examples.language || ':' || examples.text_key || ':' || examples.topic as example,
        examples.axis,
        examples.language,
        examples.topic,
        examples.words
    from {{ ref('int_topic_examples') }} as examples
    inner join {{ ref('int_topic_lessons') }} as lessons
        on examples.axis = lessons.axis
        and examples.language = lessons.language
),

final as (
    select distinct axis, language, example, topic, feature
    from ({{ words_and_stems('examples', ['axis', 'language', 'example', 'topic']) }}) as features
)

select * from final
