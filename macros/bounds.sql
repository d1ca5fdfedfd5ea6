{# A value held within a bound; null stays null, which `greatest` and `least` forget on some engines. #}
{% macro no_less_than(value, bound) -%}
    case when {{ value }} is not null then greatest({{ value }}, {{ bound }}) end
{%- endmacro %}

{% macro no_more_than(value, bound) -%}
    case when {{ value }} is not null then least({{ value }}, {{ bound }}) end
{%- endmacro %}
