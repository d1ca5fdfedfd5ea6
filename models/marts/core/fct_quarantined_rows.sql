-- Grain: one row per record set aside because its newest version breaks the source contract.
with

final as (
    select
        entity,
        source_system,
        _record_key as record_key,
        _row_id as row_id,
        quarantine_reason
    from {{ ref('quarantined_rows') }}
)

select * from final
