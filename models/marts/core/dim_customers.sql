-- Grain: one row per customer, in whatever systems it has left records.
with

final as (
    select
        customer_key,
        customer_kind,
        source_system,
        account_id,
        account_name,
        segment,
        industry,
        region,
        country,
        timezone,
        records,
        systems,
        is_open,
        created_at,
        case when not is_open then last_closed_at end as closed_at
    from {{ ref('int_customers') }}
)

select * from final
