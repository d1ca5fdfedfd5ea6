-- Grain: one row per different text that is learned from: written before the current quarter, so that what is learned
-- stays the same within it. What it teaches is its rating, or without one the score that the lexicon gives it.
with

clock as (
    select {{ period_start('quarter', reporting_day('as_of_at')) }} as quarter_start
    from {{ ref('int_as_of') }}
),

texts as (
    select
        text_key,
        cast(round(
            sum(cast(round(1000000 * rating_score) as bigint))
            / nullif(1000.0 * count(rating_score), 0)
        ) as bigint) as rating_thousandths
    from {{ ref('int_customer_texts') }}
    where {{ reporting_day('written_at') }} < (select quarter_start from clock)
    group by text_key
),

ranked as (
    select
        texts.text_key,
        scored.language,
        texts.rating_thousandths,
        scored.lexicon_score,
        row_number() over (partition by scored.language order by texts.text_key) as text_rank
    from texts
    inner join {{ ref('int_texts_scored') }} as scored
        on texts.text_key = scored.text_key
    where scored.language is not null
),

final as (
    select
        text_key,
        language,
        lexicon_score,
        rating_thousandths is not null as is_rated,
        coalesce(rating_thousandths, cast(round(1000 * lexicon_score) as bigint)) as target_thousandths
    from ranked
    where text_rank <= {{ var('learning_texts_most') }}
)

select * from final
