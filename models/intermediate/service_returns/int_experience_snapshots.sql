-- Grain: one row per active customer and snapshot whose outcome is known, with how it was served in the 180 days before:
-- the share of its answers that were satisfied, the share of its requests settled at the first contact.
with

answers as (
    select
        coalesce({{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }})
            as customer_key,
        {{ reporting_day('answers.responded_at') }} as day,
        case when answers.answer_group = 'positive' then 1.0 else 0.0 end as csat,
        cast(null as double) as fcr
    from {{ ref('int_survey_responses_scored') }} as answers
    {{ join_keys('answers', 'account_id', 'int_account_keys') }}
    {{ join_keys('answers', 'contact_id', 'int_contact_keys') }}
    where answers.is_answer and answers.survey_type = 'csat'
),

requests as (
    select
        tickets.customer_key,
        -- Known once the days have passed in which the customer must not come again.
        cast({{ dbt.dateadd('day', var('repeat_contact_days'), reporting_day('resolutions.last_resolved_at')) }} as date) as day,
        cast(null as double) as csat,
        case when settled.is_first_contact_resolution then 1.0 else 0.0 end as fcr
    from {{ ref('int_tickets_settled_at_once') }} as settled
    inner join {{ ref('int_tickets_described') }} as tickets
        on settled.source_system = tickets.source_system
        and settled.ticket_id = tickets.ticket_id
    inner join {{ ref('int_tickets_resolved') }} as resolutions
        on settled.source_system = resolutions.source_system
        and settled.ticket_id = resolutions.ticket_id
    where settled.is_first_contact_resolution is not null
),

experiences as (
    select customer_key, day, csat, fcr from answers
    union all
    select customer_key, day, csat, fcr from requests
),

final as (
    select
        features.customer_key,
        features.snapshot_number,
        features.relationship,
        features.has_left,
        features.days_with_us,
        features.days_since_order,
        features.requests_365,
        avg(experiences.csat) as csat,
        avg(experiences.fcr) as fcr
    from {{ ref('int_churn_features') }} as features
    inner join experiences
        on features.customer_key = experiences.customer_key
        and experiences.day <= features.snapshot_on
        and experiences.day > {{ dbt.dateadd('day', -180, 'features.snapshot_on') }}
    where features.snapshot_number > 0
    group by
        features.customer_key,
        features.snapshot_number,
        features.relationship,
        features.has_left,
        features.days_with_us,
        features.days_since_order,
        features.requests_365
)

select * from final
