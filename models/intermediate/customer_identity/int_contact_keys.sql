-- Grain: one row per contact_id and source that may name it, with the customer the person acts for;
-- source_system '*' is any other source, and has a row only where one source alone uses the identifier.
with

contacts as (
    select
        contacts.source_system,
        contacts.contact_id,
        {{ surrogate_key(['contacts.source_system', 'contacts.contact_id']) }} as contact_key,
        {{ found_key('account_id', 'customer_key') }} as customer_key
    from {{ ref('int_contacts_united') }} as contacts
    {{ join_keys('contacts', 'account_id', 'int_account_keys') }}
),

final as (
    select source_system, contact_id, contact_key, customer_key from contacts
    union all
    select
        '*' as source_system,
        contact_id,
        min(contact_key) as contact_key,
        min(customer_key) as customer_key
    from contacts
    group by contact_id
    having count(*) = 1
)

select * from final
