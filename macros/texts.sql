{# What is done to a text before it is read: the rules of docs/decisions/0011. #}

{# The languages that are written in a script; the first one that the company speaks is what an unlabelled
   text in that script is taken for. #}
{% macro languages_of_script(script) %}
    {{ return({'hebrew': ['he', 'yi'], 'arabic': ['fa', 'ar', 'ur', 'ps'], 'latin': ['en']}[script]) }}
{% endmacro %}

{% macro language_of_script(script) %}
    {% set own = [] %}
    {% for language in var('languages') %}
        {% set is_latin = language not in languages_of_script('hebrew') + languages_of_script('arabic') %}
        {% if language in languages_of_script(script) or (script == 'latin' and is_latin) %}
            {% do own.append(language) %}
        {% endif %}
    {% endfor %}
    {{ return((own + languages_of_script(script))[0]) }}
{% endmacro %}

{# The text without what its writer did not say now: quoted lines, a signature, addresses. #}
{% macro own_words(text) -%}
    {{ replace_all(text, "(?m)^\\s*>.*$|(?s:\\n-- ?\\n.*)|https?://\\S+|\\S+@\\S+\\.\\S+", ' ') }}
{%- endmacro %}

{# One spelling for what is written in several: no vowel points, tatweel or direction marks; Arabic yeh, kaf
   and alef as Persian ones, half-spaces as spaces, Hebrew final forms as plain letters, digits as ASCII. #}
{% macro one_spelling(text) -%}
    translate(
        {{ replace_all(
            'lower(' ~ text ~ ')',
            '[\\x{0591}-\\x{05BD}\\x{05BF}-\\x{05C7}\\x{0610}-\\x{061A}\\x{0640}\\x{064B}-\\x{065F}'
            ~ '\\x{0670}\\x{200D}-\\x{200F}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}\\x{FE0F}\\x{FEFF}]',
            ''
        ) }},
        'ךםןףץيىكةأإآٱ’‘`´٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹' || chr(8204) || chr(160),
        'כמנפצییکهاااا' || repeat(chr(39), 4) || '01234567890123456789  '
    )
{%- endmacro %}

{# The words of a text that `one_spelling` has gone over, in order: runs of letters and digits, and emoji. #}
{% macro words_in(text) -%}
    {{ all_matches(
        text, "[\\p{L}\\p{N}]+(?:'\\p{L}+)*|[\\x{2600}-\\x{27BF}\\x{1F300}-\\x{1FAFF}]"
    ) }}
{%- endmacro %}

{# Whether so many first letters of a Hebrew word are ones that are written as prefixes. #}
{% macro begins_with_prefixes(word, letters) -%}
    length(translate(substr({{ word }}, 1, {{ letters }}), 'ושהבלמכ', '')) = 0
{%- endmacro %}

{# The pairs of emotions: each text may show one side of each, or none. #}
{% macro emotion_pairs() %}
    {{ return([
        ('happy', 'unhappy'), ('enthusiastic', 'frustrated'),
        ('satisfied', 'dissatisfied'), ('content', 'disappointed'),
    ]) }}
{% endmacro %}

{# One row per word of each text and per pair of neighbouring words, as `feature`. #}
{% macro words_and_pairs(relation, columns) %}
    select {{ columns | join(', ') }}, word as feature
    from ({{ words_placed(relation, columns, 'words') }}) as single_words
    union all
    select {{ columns | join(', ') }}, word || ' ' || second_word as feature
    from ({{ words_placed(relation, columns, 'words') }}) as word_pairs
    where second_word is not null
{% endmacro %}

{# One row per word of each text and per stem, as `feature`: a stem is a word's first four letters, in Hebrew of the
   word without a prefix letter too. #}
{% macro words_and_stems(relation, columns) %}
    select {{ columns | join(', ') }}, word as feature
    from ({{ words_placed(relation, columns, 'words') }}) as whole_words
    union all
    select {{ columns | join(', ') }}, substr(word, 1, 4) || '*' as feature
    from ({{ words_placed(relation, columns, 'words') }}) as stems
    union all
    select {{ columns | join(', ') }}, substr(word, 2, 4) || '*' as feature
    from ({{ words_placed(relation, columns, 'words') }}) as stems_without_prefix
    where language = 'he' and length(word) > 3 and {{ begins_with_prefixes('word', 1) }}
{% endmacro %}

{# A number in whole billionths, so that sums of it do not depend on the order of rows. #}
{% macro whole_billionths(number) -%}
    cast(round(1000000000.0 * {{ number }}) as bigint)
{%- endmacro %}
