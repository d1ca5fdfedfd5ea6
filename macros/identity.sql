{# How people and companies are written, in one spelling; null where nothing is left. #}

{# A company's name: lower case, without punctuation and without its legal form. #}
{% macro company_name(name) -%}
    {% set forms = 'ltd|limited|llc|inc|incorporated|corp|corporation|co|company|plc|gmbh|ag|kg|sa|sas|sarl|srl|spa|bv|nv|oy|ab|as|pty|fze|בעמ|בע מ' -%}
    {% set plain = replace_all("lower(" ~ name ~ ")", "[\"'׳״.]", '') -%}
    {% set words = replace_all(plain, '[^\p{L}\p{N}]+', ' ') -%}
    {# Of a name that is nothing but a form, like AB, the form is the name. #}
    coalesce(
        nullif(trim({{ replace_all("' ' || trim(" ~ words ~ ")", '( (' ~ forms ~ '))+$', '') }}), ''),
        nullif(trim({{ words }}), '')
    )
{%- endmacro %}

{# An e-mail address: lower case, without what follows a plus; null for what is no address. #}
{% macro mail_address(email) -%}
    {% set plain = replace_all("lower(trim(" ~ email ~ "))", '^mailto:|\+[^@]*', '') -%}
    case when {{ plain }} like '%_@_%._%' and {{ plain }} not like '% %' then {{ plain }} end
{%- endmacro %}

{# The domain of an address in one spelling. #}
{% macro mail_domain(address) -%}
    {{ replace_all(address, '^.*@', '') }}
{%- endmacro %}

{# The place of a source in the company file; what it says outranks the sources after it. #}
{% macro source_rank(source_system) -%}
    case {{ source_system }}
        {% for source in var('sources') %}
        when '{{ source }}' then {{ loop.index }}
        {% endfor %}
        when '' then 0
    end
{%- endmacro %}
