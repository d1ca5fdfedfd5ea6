-- Grain: one row per customer, category and moment at which the customer turned to the service centre with
-- something new: a ticket, or an inbound contact that belongs to no ticket.
-- A customer that no source knows is followed by the person.
with

tickets as (
    select coalesce(customer_key, contact_key) as asked_by, category, created_at as opened_at
    from {{ ref('int_tickets_described') }}
    where is_eligible
),

interactions as (
    select
        coalesce({{ found_key('account_id', 'customer_key') }},
            {{ found_key('contact_id', 'customer_key') }}, {{ found_key('contact_id', 'contact_key') }})
            as asked_by,
        interactions.transaction_type as category,
        interactions.offered_at as opened_at
    from {{ ref('int_interactions_united') }} as interactions
    {{ join_keys('interactions', 'account_id', 'int_account_keys') }}
    {{ join_keys('interactions', 'contact_id', 'int_contact_keys') }}
    where interactions.ticket_id is null and interactions.direction = 'inbound'
),

final as (
    select asked_by, coalesce(category, '') as category, opened_at
    from (
        select asked_by, category, opened_at from tickets
        union all
        select asked_by, category, opened_at from interactions
    ) as contacts
    where asked_by is not null
    group by asked_by, coalesce(category, ''), opened_at
)

select * from final
