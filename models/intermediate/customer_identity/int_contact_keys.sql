-- Grain: one row per contact_id and source that may name it, with the person and the customer it acts for or is;
-- source_system '*' is any other source, and has a row only where the identifier means one person.
with

contacts as (
    select
        contacts.source_system,
        contacts.contact_id,
        people.person_key as contact_key,
        contacts.customer_key
    from {{ ref('int_contacts_identified') }} as contacts
    inner join {{ ref('int_people_clusters') }} as people
        on contacts.contact_key = people.contact_key
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
    having count(distinct contact_key) = 1
)

select * from final
