-- Grain: one row per metric of the catalogue, as models/metrics defines it.
{% set texts = [
    'metric', 'family', 'unit', 'better', 'definition', 'formula', 'grain', 'clock', 'exclusions', 'owner',
    'definition_source', 'model', 'time_column', 'rows_condition',
] %}
with

final as (
    {% for metric in catalogued_metrics() %}
    select
        {% for name in texts -%}
        cast({{ quoted(metric[name]) }} as varchar) as {{ name }},
        {% endfor -%}
        cast({{ metric.minimum_sample }} as integer) as minimum_sample
    {{ 'union all' if not loop.last }}
    {% else %}
    {# Only while dbt parses: there is always a metric. #}
    select
        {% for name in texts -%}
        cast(null as varchar) as {{ name }},
        {% endfor -%}
        cast(null as integer) as minimum_sample
    {% endfor %}
)

select * from final
