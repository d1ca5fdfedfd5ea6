-- Grain: one row per axis and language of the company's texts that has examples of two topics. A lesson is named after
-- what it was learned from.
with

-- Texts that were read before and are no longer there have a language too.
languages as (
    select distinct normalised.language
    from {{ ref('int_texts_normalised') }} as normalised
    inner join {{ ref('int_customer_texts') }} as texts
        on normalised.text_key = texts.text_key
    where normalised.language is not null
),

final as (
    select
        axis,
        language,
        {{ digest_of("text_key || ':' || topic") }} as lesson,
        count(*) as examples,
        count(distinct topic) as topics
    from {{ ref('int_topic_examples') }}
    where language in (select language from languages)
    group by axis, language
    having count(distinct topic) > 1
)

select * from final
