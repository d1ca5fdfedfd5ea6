-- Grain: one row per person.
with

contacts as (
    select * from {{ ref('int_contacts_united') }}
),

keys as (
    select source_system, contact_id, contact_key, customer_key
    from {{ ref('int_contact_keys') }}
),

final as (
    select
        keys.contact_key,
        keys.customer_key,
        contacts.source_system,
        contacts.contact_id,
        contacts.full_name,
        contacts.email,
        contacts.phone,
        contacts.language,
        contacts.created_at
    from contacts
    inner join keys
        on contacts.source_system = keys.source_system
        and contacts.contact_id = keys.contact_id
)

select * from final
