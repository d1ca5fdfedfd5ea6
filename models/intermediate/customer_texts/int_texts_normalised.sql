-- Grain: one row per different text and language given with it, in one spelling, cut into words. Texts that were
-- seen before are not read again.
{{ config(materialized='incremental', incremental_strategy='append') }}
with

texts as (
    select
        text_key,
        min(lower(language)) as given_language,
        min(body) as body
    from {{ ref('int_customer_texts') }}
    {% if is_incremental() %}
    where text_key not in (select text_key from {{ this }})
    {% endif %}
    group by text_key
),

counted as (
    select
        text_key,
        given_language,
        {{ one_spelling(own_words('body')) }} as spelled,
        {% for script in ['Hebrew', 'Arabic', 'Latin'] -%}
        length({{ replace_all('body', '[^\\p{' ~ script ~ '}]+', '') }}) as {{ script | lower }}_letters{{ ',' if not loop.last }}
        {% endfor %}
    from texts
),

-- The language that the source gives holds if the text is written in its script.
scripts as (
    select
        *,
        case
            when greatest(hebrew_letters, arabic_letters, latin_letters) = 0 then null
            when hebrew_letters >= greatest(arabic_letters, latin_letters) then 'hebrew'
            when arabic_letters >= latin_letters then 'arabic'
            else 'latin'
        end as script,
        replace(split_part(given_language, '-', 1), 'iw', 'he') as given
    from counted
),

final as (
    select
        text_key,
        case
            {% for script in ['hebrew', 'arabic'] -%}
            when script = '{{ script }}' and coalesce(given, '') not in ('{{ languages_of_script(script) | join("', '") }}')
                then '{{ language_of_script(script) }}'
            {% endfor -%}
            when script = 'latin' and coalesce(given, 'he') in ('{{ (languages_of_script("hebrew") + languages_of_script("arabic")) | join("', '") }}')
                then '{{ language_of_script("latin") }}'
            else given
        end as language,
        {{ words_in('spelled') }} as words
    from scripts
)

select * from final
