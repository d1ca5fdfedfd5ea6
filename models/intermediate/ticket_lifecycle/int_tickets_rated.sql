-- Grain: one row per ticket whose rating is in the helpdesk's own log of changes (field `satisfaction`).
-- The last answer counts; the first one tells where it came from.
with

ratings as (
    select
        source_system,
        ticket_id,
        event_id,
        case
            when lower(new_value) like 'good%' then 'good'
            when lower(new_value) like 'bad%' then 'bad'
        end as rating,
        occurred_at
    from {{ ref('int_ticket_events_united') }}
    where field in ('satisfaction', 'satisfaction_score', 'satisfaction_rating')
),

ordered as (
    select
        source_system,
        ticket_id,
        rating,
        row_number() over (
            partition by source_system, ticket_id order by occurred_at, length(event_id), event_id
        ) as rating_number
    from ratings
    where rating is not null
),

ended as (
    select
        source_system,
        ticket_id,
        min_by(rating, rating_number) as first_rating,
        max_by(rating, rating_number) as last_rating
    from ordered
    group by source_system, ticket_id
),

final as (
    select
        source_system,
        ticket_id,
        case
            when first_rating = last_rating then last_rating
            else first_rating || '_to_' || last_rating
        end as satisfaction
    from ended
)

select * from final
