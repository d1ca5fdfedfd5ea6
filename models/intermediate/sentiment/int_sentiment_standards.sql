-- Grain: one row per language that is learned from: mean and spread of what its texts taught, and of what the learned
-- words say of the same texts.
{% set scores = ['target', 'learned'] %}
with

scored as (
    select
        examples.language,
        1000 * examples.target_thousandths as target_millionths,
        weighed.learned_millionths
    from {{ ref('int_sentiment_examples') }} as examples
    inner join {{ ref('int_texts_weighed') }} as weighed
        on examples.text_key = weighed.text_key
    inner join {{ ref('int_sentiment_lessons') }} as lessons
        on examples.language = lessons.language
        and weighed.lesson = lessons.lesson
),

summed as (
    select
        language,
        count(*) as texts,
        {% for score in scores -%}
        sum({{ score }}_millionths) as {{ score }}_sum,
        {{ exact_sum_of_squares(score ~ '_millionths') }} as {{ score }}_squares{{ ',' if not loop.last }}
        {% endfor %}
    from scored
    group by language
),

final as (
    select
        language,
        {% for score in scores -%}
        round({{ score }}_sum / nullif(cast(texts as double), 0)) / 1000000 as {{ score }}_mean,
        round({{ exact_deviation('texts', score ~ '_sum', score ~ '_squares') }}) / 1000000 as {{ score }}_deviation{{ ',' if not loop.last }}
        {% endfor %}
    from summed
)

select * from final
