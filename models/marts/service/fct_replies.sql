-- Grain: one row per stretch in which a customer waited for a reply and got one.
with

replies as (
    select replies.*, tickets.is_eligible
    from {{ ref('int_replies_timed') }} as replies
    inner join {{ ref('int_tickets_described') }} as tickets
        on replies.source_system = tickets.source_system
        and replies.ticket_id = tickets.ticket_id
),

final as (
    select
        {{ surrogate_key(['source_system', 'ticket_id']) }} as ticket_key,
        response_calendar_seconds,
        response_business_seconds,
        is_first,
        is_eligible,
        {{ reporting_day('answered_at') }} as answered_on,
        started_at,
        answered_at
    from replies
)

select * from final
