-- Grain: one row per customer.
with

accounts as (
    select * from {{ ref('int_accounts_united') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'account_id']) }} as customer_key,
        source_system,
        account_id,
        account_name,
        segment,
        industry,
        region,
        country,
        timezone,
        closed_at is null as is_open,
        created_at,
        closed_at
    from accounts
)

select * from final
