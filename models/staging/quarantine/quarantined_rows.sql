-- Grain: one row per record whose newest version breaks the contract. The row itself stays whole in
-- raw and in its staging model, under the same _row_id.
{% for entity, models in var('staging_models').items() %}
{% for name in models %}
select
    '{{ entity }}' as entity,
    source_system,
    _record_key,
    _row_id,
    _load_id,
    quarantine_reason
from {{ ref(name) }}
where quarantine_reason is not null and not _is_deleted
{{ 'union all' if not loop.last }}
{% endfor %}
{{ 'union all' if not loop.last }}
{% else %}
select
    cast(null as varchar) as entity,
    cast(null as varchar) as source_system,
    cast(null as varchar) as _record_key,
    cast(null as varchar) as _row_id,
    cast(null as varchar) as _load_id,
    cast(null as varchar) as quarantine_reason
where 1 = 0
{% endfor %}
