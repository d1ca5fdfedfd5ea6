-- Grain: one row per language and term, of one to three words in the spelling of texts. The company's own terms
-- outrank the ones that ship.
with

listed as (
    select language, term, kind, weight, reach, emotion, 1 as priority
    from {{ ref('sentiment_terms_added') }}
    union all
    select language, term, kind, weight, reach, emotion, 2 as priority
    from {{ ref('sentiment_terms') }}
),

spelled as (
    select
        *,
        {{ words_in(one_spelling('term')) }} as words
    from listed
),

cut as (
    select
        language,
        {{ array_length('words') }} as word_count,
        {{ element_at('words', 1) }} as word,
        coalesce({{ element_at('words', 2) }}, '') as second_word,
        coalesce({{ element_at('words', 3) }}, '') as third_word,
        kind,
        weight,
        reach,
        emotion,
        priority,
        term
    from spelled
),

-- Two spellings of one term are one.
ranked as (
    select
        *,
        row_number() over (
            partition by language, word, second_word, third_word order by priority, term
        ) as priority_rank
    from cut
    where word_count between 1 and 3
),

final as (
    select
        language,
        word,
        second_word,
        third_word,
        word_count,
        kind,
        reach,
        emotion,
        priority,
        cast(round(1000 * coalesce(weight, 0)) as bigint) as weight_thousandths
    from ranked
    where priority_rank = 1
)

select * from final
