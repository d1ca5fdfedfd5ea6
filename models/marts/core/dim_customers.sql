-- Grain: one row per customer.
with

accounts as (
    select
        accounts.*,
        -- A closure after as_of has not happened yet.
        case when accounts.closed_at <= clock.as_of_at then accounts.closed_at end as closed_by_then_at
    from {{ ref('int_accounts_united') }} as accounts
    cross join {{ ref('int_as_of') }} as clock
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
        closed_by_then_at is null as is_open,
        created_at,
        closed_by_then_at as closed_at
    from accounts
)

select * from final
