-- Grain: one row per account, category and estimate of what it spends there, over [valid_from, valid_to): the months
-- that an estimate is of, or up to the account's next one. What several accounts of a customer are estimated to spend
-- adds up; what several systems estimate of it does not, and the first of them in the company file counts.
with

estimates as (
    select
        wallet_estimates.source_system,
        wallet_estimates.account_id,
        {{ found_key('account_id', 'customer_key') }} as customer_key,
        wallet_estimates.category,
        wallet_estimates.period_start as valid_from,
        cast(wallet_estimates.estimated_spend * rates.rate as decimal(18, 2)) as estimated_spend,
        {{ source_rank('wallet_estimates.source_system') }} as source_rank
    from {{ ref('int_wallet_estimates_united') }} as wallet_estimates
    left join {{ ref('int_exchange_rates_dated') }} as rates
        on coalesce(upper(wallet_estimates.currency), '{{ var("reporting_currency") }}') = rates.currency
        and wallet_estimates.period_start >= rates.valid_from
        and wallet_estimates.period_start < rates.valid_to
    {{ join_keys('wallet_estimates', 'account_id', 'int_account_keys') }}
),

of_first_source as (
    select
        *,
        min(source_rank) over (partition by customer_key, category) as first_rank,
        cast({{ dbt.dateadd('month', var('wallet_estimate_months'), 'valid_from') }} as date) as ends_on,
        lead(valid_from) over (partition by source_system, account_id, category order by valid_from) as next_from
    from estimates
),

final as (
    select
        customer_key,
        account_id,
        category,
        estimated_spend,
        {{ dbt.datediff('valid_from', 'ends_on', 'day') }} as days_estimated,
        valid_from,
        case when next_from < ends_on then next_from else ends_on end as valid_to
    from of_first_source
    where source_rank = first_rank
)

select * from final
