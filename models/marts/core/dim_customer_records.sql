-- Grain: one row per record that stands for a customer in some system.
with

final as (
    select
        record_key,
        customer_key,
        record_kind,
        source_system,
        record_id,
        record_label,
        rank_in_customer = 1 as speaks_for_customer,
        created_at
    from {{ ref('int_customers_resolved') }}
)

select * from final
