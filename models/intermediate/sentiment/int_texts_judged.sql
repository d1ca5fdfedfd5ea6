-- Grain: one row per different text: its sentiment, with the analyser that found it. The score is the lexicon's; in a
-- language whose texts were learned from, the mean of it and of what was learned, on the scale of what taught it; with a model
-- in the company file, the model's. The emotions are the lexicon's in any case.
with

texts as (
    select text_key, language from {{ ref('int_texts_normalised') }}
),

lexicon as (
    select
        md5({{ digest_of(
            "language || ':' || word || ' ' || second_word || ' ' || third_word || ':' || kind || ':'"
            ~ " || cast(weight_thousandths as varchar) || coalesce(reach, '') || coalesce(emotion, '')"
        ) }}) as digest
    from {{ ref('int_sentiment_terms') }}
),

judged as (
    select
        texts.text_key,
        texts.language,
        scored.lexicon_score,
        {% for side, other in emotion_pairs() -%}
        case when scored.{{ side }}_hits + scored.{{ other }}_hits > 0 then round(
            (scored.{{ side }}_hits - scored.{{ other }}_hits)
            / nullif(cast(scored.{{ side }}_hits + scored.{{ other }}_hits as double), 0), 6
        ) end as {{ side }}_{{ other }},
        {% endfor -%}
        scored.positive_thousandths >= 1000 and scored.negative_thousandths >= 1000 as is_mixed,
        -- Of two texts that say the same, the one with more words of feeling, and fewer against it, is surer.
        coalesce(
            scored.hits / (scored.hits + 1.0)
            * abs(scored.positive_thousandths - scored.negative_thousandths)
            / nullif(scored.positive_thousandths + scored.negative_thousandths, 0), 0
        ) as lexicon_confidence,
        standards.target_mean
        + (weighed.learned_millionths / 1000000.0 - standards.learned_mean)
        / nullif(standards.learned_deviation, 0) * standards.target_deviation as unbound_score,
        lessons.lesson,
        modelled.score as model_score,
        modelled.confidence as model_confidence,
        modelled.analyser as model,
        modelled.analyser_version as model_version,
        lexicon.digest
    from texts
    cross join lexicon
    left join {{ ref('int_texts_scored') }} as scored
        on texts.text_key = scored.text_key
    left join {{ ref('int_sentiment_lessons') }} as lessons
        on texts.language = lessons.language
    left join {{ ref('int_sentiment_standards') }} as standards
        on texts.language = standards.language
    left join {{ ref('int_texts_weighed') }} as weighed
        on texts.text_key = weighed.text_key
        and lessons.lesson = weighed.lesson
    left join {{ ref('int_texts_modelled') }} as modelled
        on texts.text_key = modelled.text_key
),

bound as (
    select
        *,
        {{ no_less_than(no_more_than('unbound_score', '1'), '-1') }} as learned_score
    from judged
),

final as (
    select
        text_key,
        language,
        round(coalesce(
            model_score,
            case when learned_score is not null then (lexicon_score + learned_score) / 2 else lexicon_score end
        ), 6) as sentiment_score,
        round(case
            when model_score is not null then model_confidence
            when learned_score is null then lexicon_confidence
            when learned_score * lexicon_score >= 0 then 1 - (1 - lexicon_confidence) / 2
            else lexicon_confidence / 2
        end, 6) as confidence,
        lexicon_score,
        is_mixed,
        {% for side, other in emotion_pairs() -%}
        {{ side }}_{{ other }},
        {% endfor -%}
        case
            when model_score is not null then model
            when learned_score is not null then 'lexicon+learned'
            when lexicon_score is not null then 'lexicon'
        end as analyser,
        case
            when model_score is not null then model_version
            when learned_score is not null then substr(digest, 1, 8) || '+' || substr(lesson, 1, 8)
            when lexicon_score is not null then substr(digest, 1, 8)
        end as analyser_version
    from bound
)

select * from final
