-- Grain: one row per contact, with the record of a customer it belongs to: its account, or, without one, itself.
with

final as (
    select
        contacts.source_system,
        contacts.contact_id,
        contacts.full_name,
        contacts.email,
        contacts.phone,
        {{ surrogate_key(['contacts.source_system', 'contacts.contact_id']) }} as contact_key,
        coalesce(
            {{ found_key('account_id', 'record_key') }},
            {{ surrogate_key(["'person'", 'contacts.source_system', 'contacts.contact_id']) }}
        ) as record_key,
        {{ found_key('account_id', 'record_key') }} is null as is_without_account,
        contacts.created_at
    from {{ ref('int_contacts_united') }} as contacts
    {{ join_keys('contacts', 'account_id', 'int_account_records') }}
)

select * from final
