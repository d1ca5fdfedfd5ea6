-- Grain: one row per record that stands for a customer in some system: an account; a buyer whom orders or
-- contracts name and no account does; a person who belongs to no account.
with

buyers as (
    select source_system, account_id from {{ ref('int_account_records') }}
    where record_kind = 'buyer' and source_system <> '*'
),

final as (
    select
        {{ surrogate_key(['source_system', 'account_id']) }} as record_key,
        'account' as record_kind,
        source_system,
        account_id as record_id,
        account_name as record_label,
        {{ company_name('account_name') }} as record_name,
        upper(country) as country,
        created_at
    from {{ ref('int_accounts_united') }}
    union all
    select
        {{ surrogate_key(['source_system', 'account_id']) }} as record_key,
        'buyer' as record_kind,
        source_system,
        account_id as record_id,
        cast(null as varchar) as record_label,
        cast(null as varchar) as record_name,
        cast(null as varchar) as country,
        cast(null as timestamp with time zone) as created_at
    from buyers
    union all
    select
        record_key,
        'person' as record_kind,
        source_system,
        contact_id as record_id,
        full_name as record_label,
        lower(trim(full_name)) as record_name,
        cast(null as varchar) as country,
        created_at
    from {{ ref('int_contacts_placed') }}
    where is_without_account
)

select * from final
