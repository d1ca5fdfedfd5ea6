-- Grain: one row per score and driver that can be told for it, with the band that the driver was in.
-- A score that names a ticket is explained by that ticket; another one by the tickets of its customer in the days
-- before it: the worst that happened on any of them, and where the last of them was handled. What came after the score
-- did not move it; a wait that still ran then counts once it has reached one of the two longest bands.
with

bands as (
    select driver, band, position, seconds_from, seconds_to from {{ ref('driver_bands') }}
),

ranked_bands as (
    select
        driver,
        seconds_from,
        row_number() over (partition by driver order by seconds_from desc) as band_rank
    from bands
),

long_waits as (
    select
        min(case when driver = 'first_response' then seconds_from end) as first_response_seconds,
        min(case when driver = 'resolution' then seconds_from end) as resolution_seconds
    from ranked_bands
    where band_rank <= 2
),

tickets as (
    select
        {{ surrogate_key(['tickets.source_system', 'tickets.ticket_id']) }} as ticket_key,
        tickets.customer_key,
        tickets.segment,
        tickets.channel,
        tickets.category,
        agents.agent,
        tickets.created_at,
        answered.ticket_id is not null as is_response_known,
        answered.response_clock_started_at,
        answered.first_response_at,
        resolved.first_resolved_at,
        resolved.last_resolved_at,
        promised.ticket_id is not null
        and promised.targets_met + promised.targets_breached + promised.targets_open > 0 as is_promised,
        promised.first_breached_at,
        sources.sends_statuses,
        sources.sends_assignments,
        resolved.first_reopened_at,
        resolved.first_reassigned_at
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
    left join {{ ref('int_agents_named') }} as agents
        on tickets.source_system = agents.source_system
        and coalesce(resolved.last_resolver_id, tickets.assignee_id) = agents.agent_id
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
        case when tickets.is_response_known then tickets.response_clock_started_at end as response_asked_at,
        case when tickets.first_response_at <= linked.given_at then tickets.first_response_at end as responded_at,
        tickets.created_at,
        case
            when tickets.last_resolved_at <= linked.given_at then tickets.last_resolved_at
            when tickets.first_resolved_at <= linked.given_at then tickets.first_resolved_at
        end as resolved_at,
        case when tickets.is_promised then coalesce(tickets.first_breached_at <= linked.given_at, false) end as is_breached,
        case when tickets.sends_statuses then coalesce(tickets.first_reopened_at <= linked.given_at, false) end
            as is_reopened,
        case when tickets.sends_assignments then coalesce(tickets.first_reassigned_at <= linked.given_at, false) end
            as is_handed_over,
        row_number() over (
            partition by linked.score_key, linked.score order by tickets.created_at desc, tickets.ticket_key asc
        ) as ticket_rank
    from linked
    inner join tickets
        on linked.ticket_key = tickets.ticket_key
),

waited as (
    select
        seen.*,
        {% for driver, asked, came in [
            ('first_response', 'response_asked_at', 'responded_at'), ('resolution', 'created_at', 'resolved_at')
        ] -%}
        case
            when seen.{{ came }} is not null
                or {{ seconds_between('seen.' ~ asked, 'seen.given_at') }} >= long_waits.{{ driver }}_seconds
                then {{ seconds_between('seen.' ~ asked, 'coalesce(seen.' ~ came ~ ', seen.given_at)') }}
        end as {{ driver }}_seconds{{ ',' if not loop.last }}
        {% endfor %}
    from seen
    cross join long_waits
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
    from waited
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
        and classified.lesson in (select lesson from {{ ref('int_topic_lessons') }})
        and classified.confidence >= {{ var('topic_confidence').complaint }}
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
