-- Grain: one row per ticket for its creation, and one per change of its status, priority, category, team or
-- assignee, in order of time, with the state the ticket was in from then on.
-- What is stamped before the creation is taken at the creation: clocks of two systems differ. The identifier
-- breaks ties, by its length first, so that 99 comes before 100.
{% set fields = ['status', 'priority', 'category', 'team', 'assignee'] %}
{% set settled = "('resolved', 'closed')" %}
with

tickets as (
    select
        source_system, ticket_id, status, priority, category, team, assignee_id as assignee, created_at,
        resolved_at, closed_at, updated_at
    from {{ ref('int_tickets_described') }}
),

events as (
    select
        events.source_system,
        events.ticket_id,
        events.event_id,
        events.field,
        case when events.field = 'priority' then lower(events.old_value) else events.old_value end
            as old_value,
        case when events.field = 'priority' then lower(events.new_value) else events.new_value end
            as new_value,
        greatest(events.occurred_at, tickets.created_at) as occurred_at
    from {{ ref('int_ticket_events_united') }} as events
    inner join tickets
        on events.source_system = tickets.source_system
        and events.ticket_id = tickets.ticket_id
    where events.field in ('{{ fields | join("', '") }}')
        and (events.field <> 'status' or events.new_value is not null)
),

logs as (
    select
        source_system,
        ticket_id,
        max(occurred_at) filter (where new_value in {{ settled }}) as settled_at,
        max(occurred_at) filter (where new_value not in {{ settled }}) as unsettled_at
    from events
    where field = 'status'
    group by source_system, ticket_id
),

-- In a source that never reports a resolution, closing is one.
sources as (
    select source_system, bool_or(resolved_at is not null) as reports_resolutions
    from tickets
    group by source_system
),

-- The log of changes outranks the ticket's own columns, which stand in where it tells of no end. A ticket
-- that is settled at a time nobody reports was so by its latest version.
ends as (
    select
        tickets.source_system,
        tickets.ticket_id,
        case
            when tickets.resolved_at is not null then 'resolved'
            when tickets.closed_at is not null and not sources.reports_resolutions then 'resolved'
            else 'closed'
        end as new_value,
        coalesce(
            tickets.resolved_at, tickets.closed_at,
            case
                when tickets.status in {{ settled }}
                    then {{ no_less_than('tickets.updated_at', 'tickets.created_at') }}
            end
        ) as occurred_at
    from tickets
    inner join sources
        on tickets.source_system = sources.source_system
),

reported_ends as (
    select ends.source_system, ends.ticket_id, ends.new_value, ends.occurred_at
    from ends
    left join logs
        on ends.source_system = logs.source_system
        and ends.ticket_id = logs.ticket_id
    where ends.occurred_at >= coalesce(logs.unsettled_at, ends.occurred_at)
        and (
            logs.settled_at is null
            or logs.settled_at < logs.unsettled_at
        )
),

entries as (
    select
        source_system,
        ticket_id,
        0 as rank_within_moment,
        '' as event_id,
        'creation' as field,
        cast(null as varchar) as old_value,
        cast(null as varchar) as new_value,
        status, priority, category, team, assignee,
        created_at as occurred_at
    from tickets
    union all
    select
        source_system, ticket_id, 1, event_id, field, old_value, new_value,
        null, null, null, null, null, occurred_at
    from events
    union all
    select
        source_system, ticket_id, 2, '', 'status', null, new_value,
        null, null, null, null, null, occurred_at
    from reported_ends
),

-- '' stands for a field that was empty, null for another field's change.
{% set who = 'source_system, ticket_id' %}
{% set order = 'occurred_at, rank_within_moment, length(event_id), event_id' %}
followed as (
    select
        source_system,
        ticket_id,
        rank_within_moment,
        field,
        old_value,
        new_value,
        occurred_at,
        cast(row_number() over (partition by {{ who }} order by {{ order }}) as integer) as change_number,
        lead(occurred_at) over (partition by {{ who }} order by {{ order }}) as next_change_at
        {%- for field in fields %}
        {%- set new = "case when field = '" ~ field ~ "' then coalesce(new_value, '') end" %}
        {%- set old = "case when field = '" ~ field ~ "' then coalesce(old_value, '') end" %},
        {{ last_known(new, who, order) }} as {{ field }}_since,
        {%- if field != 'category' %}
        {{ last_known(new, who, order, '1 preceding') }} as {{ field }}_until,
        {%- endif %}
        {{ first_known(old, who, order) }} as {{ field }}_first,
        {{ first_known(field, who, order) }} as {{ field }}_now
        {%- endfor %}
    from entries
),

stated as (
    select
        source_system,
        ticket_id,
        change_number,
        rank_within_moment,
        field,
        old_value,
        new_value,
        -- Before its first change a ticket was what the change says it had been; without a change it always
        -- was what it is now. It is never created settled where the log goes on.
        case
            when status_first in ('', 'resolved', 'closed') then 'new'
            else coalesce(status_first, status_now)
        end as status_created,
        {% for field in fields if field != 'status' -%}
        nullif(coalesce({{ field }}_since, {{ field }}_first, {{ field }}_now), '') as {{ field }},
        {% endfor -%}
        status_since,
        status_until,
        {% for field in ['priority', 'team', 'assignee'] -%}
        nullif(coalesce({{ field }}_until, {{ field }}_first, {{ field }}_now), '') as {{ field }}_before,
        {% endfor -%}
        occurred_at,
        next_change_at
    from followed
),

-- The source's own word on what was before outranks the order of events.
changed as (
    select
        source_system,
        ticket_id,
        change_number,
        field,
        coalesce(status_since, status_created) as status,
        priority,
        category,
        team,
        assignee,
        case when field = 'status' then coalesce(old_value, status_until, status_created) end
            as status_before,
        case when field = 'priority' then coalesce(old_value, priority_before) end as priority_before,
        case when field = 'team' then coalesce(old_value, team_before) end as team_before,
        case when field = 'assignee' then coalesce(old_value, assignee_before) end as assignee_before,
        rank_within_moment = 1 as is_logged,
        rank_within_moment = 2 and new_value = 'closed' as is_end_without_resolution,
        occurred_at,
        next_change_at
    from stated
),

final as (
    select
        changed.source_system,
        changed.ticket_id,
        changed.change_number,
        changed.status,
        changed.priority,
        changed.category,
        changed.team,
        changed.assignee as assignee_id,
        changed.field = 'status' as is_status_change,
        changed.is_logged,
        -- Closing a ticket outright settles it too; closing a resolved one settles nothing anew.
        coalesce(
            changed.status in {{ settled }}
            and changed.status_before not in {{ settled }}
            and not changed.is_end_without_resolution, false
        ) as is_resolution,
        coalesce(
            changed.status not in {{ settled }} and changed.status_before in {{ settled }}, false
        ) as is_reopening,
        coalesce(
            changed.assignee_before <> changed.assignee or changed.team_before <> changed.team, false
        ) as is_reassignment,
        coalesce(priorities.rank > priorities_before.rank, false) as is_escalation,
        changed.occurred_at,
        changed.next_change_at
    from changed
    left join {{ ref('priorities') }} as priorities
        on changed.priority = priorities.priority
    left join {{ ref('priorities') }} as priorities_before
        on changed.priority_before = priorities_before.priority
)

select * from final
