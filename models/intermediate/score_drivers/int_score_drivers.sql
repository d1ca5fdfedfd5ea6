-- Grain: one row per score and driver that can be told for it, with the band that the driver was in.
-- A score that names a ticket is explained by that ticket; another one by the tickets of its customer in the days
-- before it: the worst that happened on any of them, and where the last of them was handled. What came after the score
-- did not move it.
with

tickets as (
    select
        {{ surrogate_key(['tickets.source_system', 'tickets.ticket_id']) }} as ticket_key,
        tickets.customer_key,
        tickets.segment,
        tickets.channel,
        tickets.category,
        tickets.assignee_id as agent,
        tickets.created_at,
        answered.ticket_id is not null as is_response_known,
        answered.response_clock_started_at,
        answered.first_response_at,
        resolved.last_resolved_at,
        promised.ticket_id is not null
        and promised.targets_met + promised.targets_breached + promised.targets_open > 0 as is_promised,
        promised.first_breached_at,
        case when sources.sends_statuses then resolved.reopen_count end as reopen_count,
        case when sources.sends_assignments then resolved.reassignment_count end as reassignment_count
    from {{ ref('int_tickets_described') }} as tickets
    inner join {{ ref('int_sources_described') }} as sources
        on tickets.source_system = sources.source_system
    {% for alias, relation in [
        ('answered', 'int_tickets_answered'), ('resolved', 'int_tickets_resolved'), ('promised', 'int_tickets_promised')
    ] -%}
    left join {{ ref(relation) }} as {{ alias }}
        on tickets.source_system = {{ alias }}.source_system
        and tickets.ticket_id = {{ alias }}.ticket_id
    {% endfor -%}
    where tickets.is_eligible
),

scores as (
    select * from {{ ref('int_scores_explained') }}
),

linked as (
    select
        scores.score_key,
        scores.score,
        scores.points,
        scores.is_recent,
        scores.given_at,
        coalesce(scores.customer_key, tickets.customer_key) as customer_key,
        tickets.ticket_key
    from scores
    inner join tickets
        on scores.ticket_key = tickets.ticket_key
    union all
    select
        scores.score_key,
        scores.score,
        scores.points,
        scores.is_recent,
        scores.given_at,
        scores.customer_key,
        tickets.ticket_key
    from scores
    inner join tickets
        on scores.customer_key = tickets.customer_key
        and tickets.created_at < scores.given_at
        and {{ plus_microseconds('tickets.created_at', var('driver_ticket_days') * 86400000000) }} >= scores.given_at
    where scores.ticket_key is null
),

seen as (
    select
        linked.*,
        tickets.segment,
        tickets.channel,
        tickets.category,
        tickets.agent,
        case when tickets.is_response_known and tickets.response_clock_started_at is not null then {{ seconds_between(
            'tickets.response_clock_started_at',
            'least(coalesce(tickets.first_response_at, linked.given_at), linked.given_at)'
        ) }} end as first_response_seconds,
        {{ seconds_between(
            'tickets.created_at',
            'case when tickets.last_resolved_at <= linked.given_at then tickets.last_resolved_at else linked.given_at end'
        ) }} as resolution_seconds,
        case when tickets.is_promised then coalesce(tickets.first_breached_at <= linked.given_at, false) end as is_breached,
        tickets.reopen_count > 0 as is_reopened,
        tickets.reassignment_count > 0 as is_handed_over,
        row_number() over (
            partition by linked.score_key, linked.score order by tickets.created_at desc, tickets.ticket_key asc
        ) as ticket_rank
    from linked
    inner join tickets
        on linked.ticket_key = tickets.ticket_key
),

summed as (
    select
        score_key,
        score,
        min(points) as points,
        bool_and(is_recent) as is_recent,
        min(customer_key) as customer_key,
        max(case when ticket_rank = 1 then segment end) as segment,
        max(case when ticket_rank = 1 then channel end) as channel,
        max(case when ticket_rank = 1 then category end) as category,
        max(case when ticket_rank = 1 then agent end) as agent,
        max(case when ticket_rank = 1 then ticket_key end) as ticket_key,
        max(first_response_seconds) as first_response_seconds,
        max(resolution_seconds) as resolution_seconds,
        bool_or(is_breached) as is_breached,
        bool_or(is_reopened) as is_reopened,
        bool_or(is_handed_over) as is_handed_over
    from seen
    group by score_key, score
),

complaints as (
    select
        {{ surrogate_key(['texts.source_system', 'texts.response_id']) }} as score_key,
        classified.topic
    from {{ ref('int_customer_texts') }} as texts
    inner join {{ ref('int_texts_classified') }} as classified
        on texts.text_key = classified.text_key
    where texts.response_id is not null
        and classified.axis = 'complaint'
        and classified.topic <> 'none'
        and classified.confidence >= {{ var('topic_confidence').complaint }}
),

bands as (
    select driver, band, position, seconds_from, seconds_to from {{ ref('driver_bands') }}
),

driven as (
    {% for driver in ['first_response', 'resolution'] -%}
    select
        summed.score_key, summed.score, '{{ driver }}' as driver, bands.band, bands.position
    from summed
    inner join bands
        on bands.driver = '{{ driver }}'
        and summed.{{ driver }}_seconds >= bands.seconds_from
        and (bands.seconds_to is null or summed.{{ driver }}_seconds < bands.seconds_to)
    union all
    {% endfor -%}
    {% for driver, flag, bad, good in [
        ('sla', 'is_breached', 'breached', 'kept'),
        ('reopening', 'is_reopened', 'reopened', 'not reopened'),
        ('hand_over', 'is_handed_over', 'handed over', 'not handed over'),
    ] -%}
    select
        score_key, score, '{{ driver }}' as driver,
        case when {{ flag }} then '{{ bad }}' else '{{ good }}' end as band,
        case when {{ flag }} then 2 else 1 end as position
    from summed
    where {{ flag }} is not null
    union all
    {% endfor -%}
    {% for driver in ['channel', 'category', 'agent'] -%}
    select score_key, score, '{{ driver }}' as driver, {{ driver }} as band, null as position
    from summed
    where {{ driver }} is not null
    union all
    {% endfor -%}
    select summed.score_key, summed.score, 'complaint' as driver, complaints.topic as band, null as position
    from summed
    inner join complaints
        on summed.score_key = complaints.score_key
),

final as (
    select
        driven.score_key,
        driven.score,
        driven.driver,
        driven.band,
        driven.position,
        summed.segment,
        coalesce(summed.customer_key, summed.score_key) as customer_key,
        summed.points,
        summed.is_recent
    from driven
    inner join summed
        on driven.score_key = summed.score_key
        and driven.score = summed.score
)

select * from final
