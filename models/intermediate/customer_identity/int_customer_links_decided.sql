-- Grain: one row per line of customer_links and record that it names; two rows a line where both are known.
with

links as (
    select
        row_number() over (
            order by source_system, record_kind, record_id, other_source_system, other_record_kind, other_record_id
        ) as link_number,
        *
    from {{ ref('customer_links') }}
),

sides as (
    select link_number, source_system, record_kind, record_id, verdict from links
    union all
    select
        link_number,
        other_source_system as source_system,
        other_record_kind as record_kind,
        other_record_id as record_id,
        verdict
    from links
),

final as (
    select
        cast(sides.link_number as varchar) as link_id,
        sides.verdict,
        case
            when sides.record_kind = 'contact' then contacts.record_key
            else {{ surrogate_key(['sides.source_system', 'sides.record_id']) }}
        end as record_key
    from sides
    left join {{ ref('int_contacts_placed') }} as contacts
        on sides.record_kind = 'contact'
        and sides.source_system = contacts.source_system
        and sides.record_id = contacts.contact_id
)

select * from final where record_key is not null
