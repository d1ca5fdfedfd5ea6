-- Grain: one row per reopening of a ticket.
with

states as (
    select
        source_system,
        ticket_id,
        status,
        lag(status) over (
            partition by source_system, ticket_id order by valid_from, valid_to
        ) as status_before,
        valid_from
    from {{ ref('int_ticket_states') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'ticket_id']) }} as ticket_key,
        valid_from as reopened_at
    from states
    where status not in ('resolved', 'closed') and status_before in ('resolved', 'closed')
    group by source_system, ticket_id, valid_from
)

select * from final
