-- Grain: one row per language that is learned from. A lesson is named after what it was learned from.
with

final as (
    select
        language,
        {{ digest_of("text_key || ':' || cast(target_thousandths as varchar)") }} as lesson,
        count(*) as examples,
        count(case when is_rated then 1 end) as rated_examples,
        cast(sum(target_thousandths) as bigint) as target_thousandths_sum
    from {{ ref('int_sentiment_examples') }}
    where {{ var('learn_sentiment') }}
    group by language
    having count(*) >= {{ var('learning_texts') }}
        or count(case when is_rated then 1 end) >= {{ var('learning_rated_texts') }}
)

select * from final
