-- Grain: one row per stretch in which a customer waited for a reply and got one.
with

replies as (
    select * from {{ ref('int_replies_timed') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'ticket_id']) }} as ticket_key,
        response_calendar_seconds,
        response_business_seconds,
        is_first,
        {{ reporting_day('answered_at') }} as answered_on,
        started_at,
        answered_at
    from replies
)

select * from final
