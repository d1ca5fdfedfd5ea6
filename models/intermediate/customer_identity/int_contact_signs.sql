-- Grain: one row per contact, with its e-mail address and its phone number in one spelling; null where it has none.
with

final as (
    select
        contacts.source_system,
        contacts.contact_id,
        contacts.contact_key,
        contacts.record_key,
        contacts.full_name,
        {{ mail_address('contacts.email') }} as email,
        phones.number as phone
    from {{ ref('int_contacts_placed') }} as contacts
    inner join {{ ref('int_customer_records') }} as records
        on contacts.record_key = records.record_key
    left join {{ ref('int_phones_normalised') }} as phones
        on trim(contacts.phone) = phones.phone
        and coalesce(records.country, '{{ var("country") }}') = phones.country
)

select * from final
