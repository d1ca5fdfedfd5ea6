{# Unites the staging models of an entity over all kinds of source: the rows that keep the contract and
   had happened by `as_of`. Yields no row, with the right columns, where no source has the entity. #}
{% macro unite(entity) %}
{% set models = var('staging_models').get(entity) or ['stg_canonical__' ~ entity] %}
{% set as_of = ref('int_as_of') %}
{% if not execute %}
    {% for name in models + ['stg_canonical__' ~ entity] %}{% do ref(name) %}{% endfor %}
    {{ return('select 1 as parsing') }}
{% endif %}
{% set contract = graph.nodes['model.cx_warehouse.stg_canonical__' ~ entity] %}
{% set event_time = contract.config.meta.event_time %}
{% for name in models %}
select
    source_system,
    {{ contract.columns | join(',\n    ') }},
    updated_at
from {{ ref(name) }}
where quarantine_reason is null
{% if event_time %}
    and {{ event_time }} <= (select as_of_at from {{ as_of }})
{% endif %}
{{ 'union all' if not loop.last }}
{% endfor %}
{% endmacro %}
