-- Grain: one row per ticket, with the keys of whom and what it names.
with

tickets as (
    select * from {{ ref('int_tickets_united') }}
),

segments as (
    select customer_key, segment from {{ ref('int_customers') }}
),

identified as (
    select
        tickets.*,
        coalesce(
            {{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }}
        ) as customer_key,
        {{ found_key('contact_id', 'contact_key') }} as contact_key,
        {{ found_key('offering_id', 'offering_key') }} as offering_key
    from tickets
    {{ join_keys('tickets', 'account_id', 'int_account_keys') }}
    {{ join_keys('tickets', 'contact_id', 'int_contact_keys') }}
    {{ join_keys('tickets', 'offering_id', 'int_offering_keys') }}
),

final as (
    select
        identified.customer_key,
        identified.contact_key,
        identified.offering_key,
        identified.source_system,
        identified.ticket_id,
        identified.assignee_id,
        identified.channel,
        identified.category,
        identified.subcategory,
        lower(identified.priority) as priority,
        identified.team,
        -- The ticket's own column is its status when it was last changed, which may lie after as_of.
        case
            when identified.status in ('resolved', 'closed')
                and coalesce(
                    identified.updated_at > clock.as_of_at
                    or coalesce(identified.resolved_at, identified.closed_at) > clock.as_of_at, false
                )
                then 'open'
            else identified.status
        end as status,
        identified.language,
        segments.segment,
        identified.reported_first_response_seconds,
        identified.reported_resolution_seconds,
        identified.merged_into_ticket_id is not null as is_merged,
        coalesce(identified.is_spam, false) as is_spam,
        coalesce(identified.is_test, false) as is_test,
        not (
            identified.merged_into_ticket_id is not null
            or coalesce(identified.is_spam, false)
            or coalesce(identified.is_test, false)
        ) as is_eligible,
        identified.reported_sla_met,
        identified.created_at,
        case when identified.resolved_at <= clock.as_of_at then identified.resolved_at end as resolved_at,
        case when identified.closed_at <= clock.as_of_at then identified.closed_at end as closed_at,
        identified.updated_at > clock.as_of_at as is_updated_later,
        case when identified.updated_at <= clock.as_of_at then identified.updated_at end as updated_at
    from identified
    cross join {{ ref('int_as_of') }} as clock
    left join segments
        on identified.customer_key = segments.customer_key
)

select * from final
