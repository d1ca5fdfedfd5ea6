-- Grain: one row per contact, with its customer and the signs by which its person can be recognised in another system.
-- source_rank is the place of its source in the company file.
with

final as (
    select
        contacts.source_system,
        contacts.contact_id,
        contacts.contact_key,
        customers.customer_key,
        contacts.email,
        contacts.phone,
        lower(trim(contacts.full_name)) as person_name,
        {{ source_rank('contacts.source_system') }} as source_rank
    from {{ ref('int_contact_signs') }} as contacts
    inner join {{ ref('int_customers_resolved') }} as customers
        on contacts.record_key = customers.record_key
)

select * from final
