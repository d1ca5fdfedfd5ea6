-- Grain: one row per record of a customer, kind of identifier and value that it shares with another record.
with

shared as (
    select
        identifiers.*,
        resolved.customer_key,
        resolved.source_system,
        resolved.record_id,
        resolved.record_kind,
        count(*) over (partition by identifiers.kind, identifiers.identifier) as records_sharing
    from {{ ref('int_customer_identifiers') }} as identifiers
    inner join {{ ref('int_customers_resolved') }} as resolved
        on identifiers.record_key = resolved.record_key
),

counted as (
    select
        kind,
        identifier,
        count(distinct customer_key) as customers_sharing,
        count(distinct case when record_kind = 'account' then customer_key end) as account_customers_sharing
    from shared
    group by kind, identifier
),

final as (
    select
        shared.record_key,
        shared.customer_key,
        shared.kind,
        shared.identifier,
        shared.source_system,
        shared.record_id,
        shared.records_sharing,
        counted.customers_sharing,
        counted.customers_sharing = 1 as is_joined,
        case
            when counted.customers_sharing = 1 then null
            when shared.kind = 'decision' then 'kept apart by another decision'
            when shared.kind = 'domain' and counted.account_customers_sharing = 0 then 'no account uses the domain'
            when
                case
                    when shared.kind = 'domain' then counted.account_customers_sharing
                    else counted.customers_sharing
                end > {{ var('identity_shared_by_most') }}
                then 'shared by too many'
            else 'would join different customers of one system, or what a decision keeps apart'
        end as reason
    from shared
    inner join counted
        on shared.kind = counted.kind
        and shared.identifier = counted.identifier
)

select * from final
