-- Grain: one row per person. What several records say is taken from the first that says it, in the order of the company
-- file's sources.
{% set attributes = ['full_name', 'email', 'phone', 'language', 'created_at'] %}
with

contacts as (
    select
        keys.contact_key,
        keys.customer_key,
        identified.contact_key = keys.contact_key as is_speaker,
        row_number() over (
            partition by keys.contact_key order by identified.source_rank nulls last, identified.contact_key
        ) as rank_in_person,
        contacts.*
    from {{ ref('int_contacts_united') }} as contacts
    inner join {{ ref('int_contact_keys') }} as keys
        on contacts.source_system = keys.source_system
        and contacts.contact_id = keys.contact_id
    inner join {{ ref('int_contacts_identified') }} as identified
        on contacts.source_system = identified.source_system
        and contacts.contact_id = identified.contact_id
),

final as (
    select
        contact_key,
        min(customer_key) as customer_key,
        max(case when is_speaker then source_system end) as source_system,
        max(case when is_speaker then contact_id end) as contact_id,
        count(*) as records,
        {% for attribute in attributes %}
        min_by({{ attribute }}, rank_in_person) filter (where {{ attribute }} is not null) as {{ attribute }}{{ ',' if not loop.last }}
        {% endfor %}
    from contacts
    group by contact_key
)

select * from final
