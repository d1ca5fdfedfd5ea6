-- Grain: one row per record that stands for a customer, with the customer it is. customer_key is the key of the
-- record that speaks for it: an account before a buyer before a person, in the order of the company file's sources.
with

ranked as (
    select
        records.*,
        clusters.cluster_key,
        row_number() over (
            partition by clusters.cluster_key
            order by
                -- account, buyer, person: so they stand in the alphabet.
                records.record_kind,
                {{ source_rank('records.source_system') }} nulls last,
                records.created_at nulls last,
                records.record_id,
                records.record_key
        ) as rank_in_customer
    from {{ ref('int_customer_records') }} as records
    inner join {{ ref('int_customer_clusters') }} as clusters
        on records.record_key = clusters.record_key
),

final as (
    select
        ranked.record_key,
        speakers.record_key as customer_key,
        ranked.record_kind,
        ranked.source_system,
        ranked.record_id,
        ranked.record_label,
        ranked.rank_in_customer,
        ranked.created_at
    from ranked
    inner join ranked as speakers
        on ranked.cluster_key = speakers.cluster_key
        and speakers.rank_in_customer = 1
)

select * from final
