{# A key of text from columns that are never null together; null when the last of them is null. #}
{% macro surrogate_key(columns) -%}
    case when {{ columns[-1] }} is not null
        then md5(concat_ws('|', {{ columns | join(', ') }}))
    end
{%- endmacro %}
