{# Numbers in words, for sentences that people read. #}

{# A value of a unit: 87.5 %, 3.2 h, 41.0 points. Both are SQL expressions. #}
{% macro in_words(unit, value) -%}
    case
        when {{ value }} is null then 'unknown'
        when {{ unit }} = 'share' then {{ rounded_text('100 * ' ~ value, 1) }} || ' %'
        when {{ unit }} = 'seconds' and abs({{ value }}) >= 172800 then {{ rounded_text(value ~ ' / 86400.0', 1) }} || ' days'
        when {{ unit }} = 'seconds' and abs({{ value }}) >= 5400 then {{ rounded_text(value ~ ' / 3600.0', 1) }} || ' h'
        when {{ unit }} = 'seconds' and abs({{ value }}) >= 90 then {{ rounded_text(value ~ ' / 60.0', 1) }} || ' min'
        when {{ unit }} = 'seconds' then {{ rounded_text(value, 0) }} || ' s'
        when {{ unit }} = 'count' then {{ rounded_text(value, 0) }}
        when {{ unit }} = 'money' then {{ rounded_text(value, 2) }} || ' {{ var("reporting_currency") }}'
        when {{ unit }} = 'points' then {{ rounded_text(value, 1) }} || ' points'
        when {{ unit }} in ('hours', 'days') then {{ rounded_text(value, 1) }} || ' ' || {{ unit }}
        else {{ rounded_text(value, 2) }}
    end
{%- endmacro %}

{# A difference of two values of a unit: of shares in points, as 3 % more is not 3 points more. #}
{% macro difference_in_words(unit, value) -%}
    case when {{ value }} > 0 then '+' else '' end
    || case when {{ unit }} = 'share' then {{ rounded_text('100 * ' ~ value, 1) }} || ' points' else {{ in_words(unit, value) }} end
{%- endmacro %}

{# A number with so many decimals, as text. #}
{% macro rounded_text(value, decimals) -%}
    cast(cast({{ value }} as decimal(18, {{ decimals }})) as varchar)
{%- endmacro %}
