-- Grain: one row per customer, day and kind of event that may announce whether it leaves. An event counts from its own
-- day on, an order whatever became of it later: at the time nobody knew.
with

customers_of_tickets as (
    select source_system, ticket_id, customer_key, created_at
    from {{ ref('int_tickets_described') }}
    where is_eligible and customer_key is not null
),

answers as (
    select
        coalesce({{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }})
            as customer_key,
        case when answers.answer_group in ('negative', 'detractor') then 'low score' else 'good score' end as signal,
        {{ reporting_day('answers.responded_at') }} as day
    from {{ ref('int_survey_responses_scored') }} as answers
    {{ join_keys('answers', 'account_id', 'int_account_keys') }}
    {{ join_keys('answers', 'contact_id', 'int_contact_keys') }}
    where answers.is_answer and answers.answer_group in ('negative', 'detractor', 'positive', 'promoter')
),

events as (
    select customer_key, 'order' as signal, ordered_on as day from {{ ref('int_orders_converted') }}
    union all
    select customer_key, 'contract started' as signal, started_on as day from {{ ref('int_subscriptions_converted') }}
    union all
    select customer_key, 'contract ended' as signal, ended_on as day
    from {{ ref('int_subscriptions_converted') }}
    where ended_on is not null
    union all
    select customer_key, 'request' as signal, {{ reporting_day('created_at') }} as day from customers_of_tickets
    union all
    select
        tickets.customer_key,
        case targets.sla_metric when 'resolution' then 'late solution' else 'broken promise' end as signal,
        {{ reporting_day('targets.breached_at') }} as day
    from {{ ref('int_sla_targets_judged') }} as targets
    inner join customers_of_tickets as tickets
        on targets.source_system = tickets.source_system
        and targets.ticket_id = tickets.ticket_id
    where targets.breached_at is not null
    union all
    select customer_key, signal, day from answers
    union all
    select customer_key, 'digital' as signal, day from {{ ref('int_customer_activities') }} where kind = 'digital'
),

final as (
    select customer_key, signal, day, count(*) as events
    from events
    where customer_key is not null
    group by customer_key, signal, day
)

select * from final
