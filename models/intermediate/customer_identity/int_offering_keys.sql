-- Grain: one row per offering_id and source that may name it, with its category; source_system '*' is any other
-- source, and has a row only where one source alone uses the identifier.
with

records as (
    select
        source_system,
        offering_id,
        {{ surrogate_key(['source_system', 'offering_id']) }} as offering_key,
        category
    from {{ ref('int_offerings_united') }}
),

final as (
    select source_system, offering_id, offering_key, category from records
    union all
    select '*' as source_system, offering_id, min(offering_key) as offering_key, min(category) as category
    from records
    group by offering_id
    having count(*) = 1
)

select * from final
