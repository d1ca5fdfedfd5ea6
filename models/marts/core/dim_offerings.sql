-- Grain: one row per product or service on sale.
with

offerings as (
    select * from {{ ref('int_offerings_united') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'offering_id']) }} as offering_key,
        source_system,
        offering_id,
        offering_name,
        category,
        currency,
        list_price,
        launched_on,
        retired_on
    from offerings
)

select * from final
