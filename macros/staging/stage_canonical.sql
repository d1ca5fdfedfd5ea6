{# Stages an entity whose raw tables already have the canonical columns: united over the sources that
   hold it, typed, held to the contract, one row a key.

   The contract is read from the model's own properties (_canonical__models.yml). A row that breaks it
   keeps its place with the reason in `quarantine_reason`; where the newest version of a record is
   broken, its last good version stays beside it. Incremental by load: only records of which a version
   arrived since are looked at again. #}
{% macro stage_canonical(entity) %}
{% if not execute %}
    {# The contract is not known yet while dbt parses, so every seed it may name is declared. #}
    {% do ref('status_map') %}{% do ref('channel_map') %}
    {{ return('select 1 as parsing') }}
{% endif %}
{% set columns = model.columns %}
{% set contract = model.config.meta %}
{% set sources = raw_relations(entity) %}
{% set has_tombstones = sources | selectattr('has_tombstones') | list | length > 0 %}
{% set mapped = [] %}
with

arrived as (
    {% for source in sources %}
    select
        '{{ source.name }}' as source_system,
        {% for name in columns %}
        {{ raw_value(source, name) }} as {{ name }},
        {% endfor %}
        {{ raw_value(source, 'updated_at') }} as updated_at,
        {{ "coalesce(_is_deleted, 'false') = 'true'" if source.has_tombstones else 'false' }} as _is_deleted,
        _row_id,
        _dlt_load_id as _load_id
    from {{ source.relation }}
    where _dlt_load_id in (select load_id from {{ source.loads }} where status = 0)
    {% if is_incremental() %}
        and _dlt_load_id > coalesce(
            (select max(_load_id) from {{ this }} where source_system = '{{ source.name }}'), ''
        )
    {% endif %}
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        cast(null as varchar) as source_system,
        {% for name in columns %}
        cast(null as varchar) as {{ name }},
        {% endfor %}
        cast(null as varchar) as updated_at,
        false as _is_deleted,
        cast(null as varchar) as _row_id,
        cast(null as varchar) as _load_id
    where 1 = 0
    {% endfor %}
),

held_to_contract as (
    select
        arrived.source_system,
        {% for name, column in columns.items() %}
        {% set meta = column.config.meta %}
        {% if meta.mapped_by %}
        {% do mapped.append({'column': name, 'seed': meta.mapped_by, 'only_when': meta.mapped_when or 'true'}) %}
        {{ mapped_value(name, meta) }} as {{ name }},
        {% elif meta.accepted or meta.lower_case %}
        lower(arrived.{{ name }}) as {{ name }},
        {% else %}
        {{ typed('arrived.' ~ name, column.data_type) }} as {{ name }},
        {% endif %}
        {% endfor %}
        {{ typed('arrived.updated_at', 'timestamp with time zone') }} as updated_at,
        arrived._is_deleted,
        case
            when {{ null_test(contract.key) }}
                then arrived._row_id
            else concat_ws('|', arrived.source_system, {% for name in contract.key %}arrived.{{ name }}{{ ', ' if not loop.last }}{% endfor %})
        end as _record_key,
        arrived._row_id,
        arrived._load_id,
        case
            when arrived._is_deleted then 'deleted at the source'
            else nullif(concat_ws(
                '; ',
                {% for name, column in columns.items() %}
                {{ broken_column_reasons(name, column) }}
                {% endfor %}
                case
                    when arrived.updated_at is not null
                        and {{ typed('arrived.updated_at', 'timestamp with time zone') }} is null
                        then 'updated_at ' || arrived.updated_at || ' is not a timestamp with time zone'
                end,
                {{ broken_row_reasons(contract.broken_if or [], columns) }}
                null
            ), '')
        end as quarantine_reason
    from arrived
    {% for map in mapped %}
    {{ map_join(map) }}
    {% endfor %}
),

candidates as (
    select * from held_to_contract
    {% if is_incremental() %}
    union all
    select {{ stage_columns(columns) }} from {{ this }}
    where _record_key in (select _record_key from held_to_contract)
    {% endif %}
),
{% if has_tombstones %}

-- A record deleted at the source starts anew: only what arrived after the deletion counts.
since_deletion as (
    select
        *,
        max(case when _is_deleted then _load_id end) over (partition by _record_key) as deleted_in
    from candidates
),

living as (
    select * from since_deletion
    where deleted_in is null or _load_id > deleted_in or _is_deleted
),
{% endif %}

-- Only records with several versions need ordering. _row_id breaks ties between versions of one
-- moment and load, so that the same rows always give the same winner.
repeated as (
    select _record_key from {{ 'living' if has_tombstones else 'candidates' }}
    group by _record_key
    having count(*) > 1
),

versions as (
    select
        *,
        row_number() over (
            partition by _record_key
            order by _is_deleted, updated_at desc nulls last, _load_id desc, _row_id desc
        ) as version_number,
        row_number() over (
            partition by _record_key, quarantine_reason is null
            order by _is_deleted, updated_at desc nulls last, _load_id desc, _row_id desc
        ) as version_number_among_alike
    from {{ 'living' if has_tombstones else 'candidates' }}
    where _record_key in (select _record_key from repeated)
),

final as (
    select {{ stage_columns(columns) }}
    from {{ 'living' if has_tombstones else 'candidates' }}
    where _record_key not in (select _record_key from repeated)
    union all
    select {{ stage_columns(columns) }}
    from versions
    where (quarantine_reason is null and version_number_among_alike = 1)
        or (quarantine_reason is not null and version_number = 1)
)

select * from final
{% endmacro %}

{% macro stage_columns(columns) -%}
    source_system, {{ columns | join(', ') }}, updated_at, _is_deleted, _record_key, _row_id, _load_id,
    quarantine_reason
{%- endmacro %}

{% macro null_test(names) -%}
    {% for name in names %}arrived.{{ name }} is null{{ ' or ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# The raw tables of an entity, with their columns. #}
{% macro raw_relations(entity) %}
    {% set found = [] %}
    {% for source in var('raw_tables').get(entity, []) %}
        {% set relation = api.Relation.create(
            database=target.database, schema='raw_' ~ source, identifier=entity
        ) %}
        {% set types = {} %}
        {% for column in adapter.get_columns_in_relation(relation) %}
            {% do types.update({column.name: column.dtype | lower}) %}
        {% endfor %}
        {% do found.append({
            'name': source,
            'relation': relation,
            'loads': api.Relation.create(
                database=target.database, schema='raw_' ~ source, identifier='_dlt_loads'
            ),
            'types': types,
            'has_tombstones': '_is_deleted' in types,
        }) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# A raw column as text, blanks as nulls; null where the source has no such column. #}
{% macro raw_value(source, name) -%}
    {%- if name not in source.types -%}
    cast(null as varchar)
    {%- elif source.types[name] in ('varchar', 'text') -%}
    case when trim({{ name }}) <> '' then {{ name }} end
    {%- else -%}
    cast({{ name }} as varchar)
    {%- endif -%}
{%- endmacro %}

{% macro typed(expression, data_type) -%}
    {{ expression if data_type == 'varchar' else 'try_cast(' ~ expression ~ ' as ' ~ data_type ~ ')' }}
{%- endmacro %}

{# A code translated by a seed: the source's own line before the one for all sources. #}
{% macro mapped_value(name, meta) -%}
    {% set translated = 'coalesce(' ~ name ~ '_own.canonical_code, ' ~ name ~ '_any.canonical_code)' %}
    {{ 'case when ' ~ meta.mapped_when ~ ' then ' ~ translated ~ ' else arrived.' ~ name ~ ' end'
       if meta.mapped_when else translated }}
{%- endmacro %}

{% macro map_join(map) %}
    {% for suffix, system in [('own', 'arrived.source_system'), ('any', "'*'")] %}
    left join {{ ref(map.seed) }} as {{ map.column }}_{{ suffix }}
        on {{ map.column }}_{{ suffix }}.source_system = {{ system }}
        and {{ map.column }}_{{ suffix }}.source_code = lower(arrived.{{ map.column }})
        and ({{ map.only_when }})
    {% endfor %}
{% endmacro %}

{# Reasons, each null where the rule is kept, each followed by a comma. #}
{% macro broken_column_reasons(name, column) %}
    {% set meta = column.config.meta %}
    {% set value = 'arrived.' ~ name %}
    {% if meta.required %}
    case when {{ value }} is null then '{{ name }} is missing' end,
    {% endif %}
    {% if meta.mapped_by %}
    case
        when {{ value }} is not null and ({{ meta.mapped_when or 'true' }})
            and {{ name }}_own.canonical_code is null and {{ name }}_any.canonical_code is null
            then '{{ name }} ' || {{ value }} || ' is not in {{ meta.mapped_by }}'
    end,
    {% elif meta.accepted %}
    case
        when lower({{ value }}) not in ('{{ meta.accepted | join("', '") }}')
            then '{{ name }} ' || {{ value }} || ' is not one of {{ meta.accepted | join(", ") }}'
    end,
    {% elif column.data_type != 'varchar' %}
    case
        when {{ value }} is not null and {{ typed(value, column.data_type) }} is null
            then '{{ name }} ' || {{ value }} || ' is not a {{ column.data_type }}'
    end,
    {% endif %}
    {% if meta.minimum is not none and meta.minimum is defined %}
    case
        when {{ typed(value, column.data_type) }} < {{ meta.minimum }}
            then '{{ name }} is below {{ meta.minimum }}'
    end,
    {% endif %}
{% endmacro %}

{% macro broken_row_reasons(rules, columns) %}
    {% for rule in rules %}
    {% set parts = [] %}
    {% for word in rule.when.split(' ') %}
        {% do parts.append(typed('arrived.' ~ word, columns[word].data_type) if word in columns else word) %}
    {% endfor %}
    case when {{ parts | join(' ') }} then '{{ rule.reason }}' end,
    {% endfor %}
{% endmacro %}
