-- Grain: one row per different text in a language that has a lexicon: what its words say of feeling. Texts that were
-- scored before are not scored again (docs/decisions/0011). Weights are whole thousandths, so that no sum depends on
-- the order of rows.
{{ config(materialized='incremental', incremental_strategy='append') }}
{% set emotions = emotion_pairs() %}
with

terms as (
    select * from {{ ref('int_sentiment_terms') }}
),

texts as (
    select
        row_number() over (order by text_key) as text_number,
        text_key,
        -- A text without letters may still say something by its emoji.
        coalesce(language, '*') as language,
        words
    from {{ ref('int_texts_normalised') }}
    where coalesce(language, '*') in (select language from terms)
    {% if is_incremental() %}
        and text_key not in (select text_key from {{ this }})
    {% endif %}
),

placed as (
    {{ words_placed('texts', ['text_number', 'language'], 'words') }}
),

-- What is looked up is each different word, once: as it is, and in Hebrew without one or two prefix letters.
vocabulary as (
    select distinct language, word from placed
),

forms as (
    select language, word, word as form, 0 as letters_cut from vocabulary
    {% for cut in [1, 2] %}
    union all
    select language, word, substr(word, {{ cut + 1 }}) as form, {{ cut }} as letters_cut
    from vocabulary
    where language = 'he'
        and length(word) >= {{ 2 * cut + 1 }}
        and {{ begins_with_prefixes('word', cut) }}
    {% endfor %}
),

found as (
    select
        forms.language,
        forms.word,
        forms.letters_cut,
        terms.second_word,
        terms.third_word,
        terms.word_count,
        terms.kind,
        terms.reach,
        terms.emotion,
        terms.weight_thousandths,
        terms.priority,
        case when terms.language = '*' then 1 else 0 end as is_of_all_languages
    from forms
    inner join terms
        on forms.form = terms.word
        and terms.language in (forms.language, '*')
),

entries as (
    select * from found
    union all
    -- A Persian verb with its negation written in one word.
    select
        language,
        word,
        0 as letters_cut,
        '' as second_word,
        '' as third_word,
        1 as word_count,
        'negator' as kind,
        'previous' as reach,
        null as emotion,
        0 as weight_thousandths,
        2 as priority,
        0 as is_of_all_languages
    from vocabulary
    where language = 'fa' and word like 'نمی_%'
        and word not in (select found.word from found where found.language = 'fa' and found.word_count = 1)
),

matched as (
    select
        placed.text_number,
        placed.position,
        entries.word_count,
        entries.kind,
        entries.reach,
        entries.emotion,
        entries.weight_thousandths,
        row_number() over (
            partition by placed.text_number, placed.position
            order by
                entries.word_count desc,
                entries.letters_cut asc,
                entries.priority asc,
                entries.is_of_all_languages asc
        ) as preference
    from placed
    inner join entries
        on placed.language = entries.language
        and placed.word = entries.word
    where (entries.word_count = 1 or placed.second_word = entries.second_word)
        and (entries.word_count < 3 or placed.third_word = entries.third_word)
),

-- A term of several words stands for all of them.
reaching as (
    select
        *,
        max(position + word_count - 1) over (
            partition by text_number order by position
            range between 2 preceding and 1 preceding
        ) as covered_until
    from matched
    where preference = 1
),

-- But not one that stands within another itself.
standing as (
    select
        *,
        max(case when covered_until is null or covered_until < position then position + word_count - 1 end) over (
            partition by text_number order by position
            range between 2 preceding and 1 preceding
        ) as replaced_until
    from reaching
),

-- What negates or strengthens a word stands within three words before it, or within two after it.
neighboured as (
    select
        *,
        greatest(
            coalesce(max(case when kind = 'negator' and reach in ('next', 'both') then 1 end) over (
                partition by text_number order by position
                range between 3 preceding and 1 preceding
            ), 0),
            coalesce(max(case when kind = 'negator' and reach in ('previous', 'both') then 1 end) over (
                partition by text_number order by position
                range between 1 following and 2 following
            ), 0)
        ) as is_negated,
        coalesce(sum(case when kind = 'booster' and reach in ('next', 'both') then weight_thousandths end) over (
            partition by text_number order by position
            range between 2 preceding and 1 preceding
        ), 0)
        + coalesce(sum(case when kind = 'booster' and reach in ('previous', 'both') then weight_thousandths end) over (
            partition by text_number order by position
            range between 1 following and 2 following
        ), 0) as boost_thousandths
    from standing
    where replaced_until is null or replaced_until < position
),

valued as (
    select
        text_number,
        emotion,
        is_negated,
        cast(round(
            weight_thousandths * (1000 + boost_thousandths) / 1000.0
            * case when is_negated = 1 then {{ var('negation_factor') }} else 1 end
        ) as bigint) as value_thousandths
    from neighboured
    where kind = 'valence'
),

summed as (
    select
        text_number,
        cast(sum(case when value_thousandths > 0 then value_thousandths else 0 end) as bigint) as positive_thousandths,
        cast(sum(case when value_thousandths < 0 then -value_thousandths else 0 end) as bigint) as negative_thousandths,
        count(case when value_thousandths <> 0 then 1 end) as hits,
        {% for side, other in emotions %}
        {% for one, opposite in [(side, other), (other, side)] -%}
        count(case when emotion = '{{ one }}' and is_negated = 0 or emotion = '{{ opposite }}' and is_negated = 1 then 1 end)
            as {{ one }}_hits{{ ',' if not (loop.last and side == emotions[-1][0]) }}
        {% endfor %}
        {% endfor %}
    from valued
    group by text_number
),

final as (
    select
        texts.text_key,
        nullif(texts.language, '*') as language,
        coalesce(summed.hits, 0) as hits,
        coalesce(summed.positive_thousandths, 0) as positive_thousandths,
        coalesce(summed.negative_thousandths, 0) as negative_thousandths,
        {% for side, other in emotions %}
        {% for one in [side, other] -%}
        coalesce(summed.{{ one }}_hits, 0) as {{ one }}_hits,
        {% endfor %}
        {% endfor -%}
        coalesce(round(
            (summed.positive_thousandths - summed.negative_thousandths)
            / nullif(sqrt(
                (cast(summed.positive_thousandths as double) - summed.negative_thousandths)
                * (summed.positive_thousandths - summed.negative_thousandths) + 15000000.0
            ), 0), 6
        ), 0) as lexicon_score
    from texts
    left join summed
        on texts.text_number = summed.text_number
    where texts.language <> '*' or summed.hits > 0
)

select * from final
