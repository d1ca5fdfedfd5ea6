-- Grain: one row per record of a customer, kind of identifier and value that it shares with another record.
-- `strength` orders the kinds: 1 what a person decided, 2 one identifier under one name, 3 e-mail, 4 phone,
-- 5 domain of the e-mail.
with

contacts as (
    select record_key, email, phone from {{ ref('int_contact_signs') }}
),

domains as (
    select contacts.record_key, {{ mail_domain('contacts.email') }} as domain
    from contacts
    where contacts.email is not null
),

manual as (
    select record_key, link_id
    from {{ ref('int_customer_links_decided') }}
    where verdict = 'same'
),

identified as (
    select record_key, 1 as strength, 'decision' as kind, link_id as identifier from manual
    union all
    select record_key, 2 as strength, 'identifier' as kind, record_id || ' ' || record_name as identifier
    from {{ ref('int_customer_records') }}
    where record_kind = 'account' and record_name is not null
    union all
    select record_key, 3 as strength, 'email' as kind, email as identifier
    from contacts
    where email is not null
    group by record_key, email
    union all
    select record_key, 4 as strength, 'phone' as kind, phone as identifier
    from contacts
    where phone is not null
    group by record_key, phone
    union all
    select domains.record_key, 5 as strength, 'domain' as kind, domains.domain as identifier
    from domains
    left join {{ ref('public_mail_domains') }} as public_domains
        on domains.domain = public_domains.domain
    where public_domains.domain is null
    group by domains.record_key, domains.domain
    union all
    select record_key, 6 as strength, 'name' as kind, match_id as identifier
    from {{ ref('int_customer_name_matches') }}
),

-- What one record alone has tells nothing.
final as (
    select record_key, strength, kind, identifier
    from (
        select *, count(*) over (partition by kind, identifier) as records_sharing from identified
    ) as counted
    where records_sharing > 1
)

select * from final
