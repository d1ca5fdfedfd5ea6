-- Grain: one row per different phone number and country from which it is dialled; country '' where none is known.
with

final as (
    select
        trim(contacts.phone) as phone,
        coalesce(records.country, '{{ var("country") }}') as country
    from {{ ref('int_contacts_placed') }} as contacts
    inner join {{ ref('int_customer_records') }} as records
        on contacts.record_key = records.record_key
    where trim(contacts.phone) <> ''
    group by trim(contacts.phone), coalesce(records.country, '{{ var("country") }}')
)

select * from final
