-- Grain: one row per account_id and source that may name it, with the record it means: an account, or a buyer whom
-- orders, contracts or estimates name and no account does. source_system '*' is any other source, and has a row only
-- where the identifier means one record: one source uses it, or all that do write the same name.
with

accounts as (
    select
        source_system,
        account_id,
        {{ surrogate_key(['source_system', 'account_id']) }} as record_key,
        {{ company_name('account_name') }} as record_name
    from {{ ref('int_accounts_united') }}
),

one_account as (
    select account_id, min(record_key) as record_key
    from accounts
    group by account_id
    having count(*) = 1 or (count(record_name) = count(*) and count(distinct record_name) = 1)
),

named as (
    {% for entity in ['orders', 'subscriptions', 'wallet_estimates'] %}
    select source_system, account_id from {{ ref('int_' ~ entity ~ '_united') }} where account_id is not null
    {{ 'union' if not loop.last }}
    {% endfor %}
),

buyers as (
    select
        named.source_system,
        named.account_id,
        {{ surrogate_key(['named.source_system', 'named.account_id']) }} as record_key
    from named
    left join accounts
        on named.source_system = accounts.source_system
        and named.account_id = accounts.account_id
    left join one_account
        on named.account_id = one_account.account_id
    where accounts.account_id is null and one_account.account_id is null
),

final as (
    select source_system, account_id, record_key, 'account' as record_kind from accounts
    union all
    select source_system, account_id, record_key, 'buyer' as record_kind from buyers
    union all
    select '*' as source_system, account_id, record_key, 'account' as record_kind from one_account
    union all
    select '*' as source_system, account_id, min(record_key) as record_key, 'buyer' as record_kind
    from buyers
    where account_id not in (select account_id from accounts)
    group by account_id
    having count(*) = 1
)

select * from final
