-- Grain: one row per day, scope, value and age band in which the number of open tickets changed, with the
-- change. A ticket is in the backlog from the day it is unsettled to the day before it is settled; it moves
-- from band to band as it ages, and from team to team as it is handed over. A running total gives the
-- backlog at each day's end, without a row per ticket and day.
with

tickets as (
    select source_system, ticket_id, {{ reporting_day('created_at') }} as created_on
    from {{ ref('int_tickets_described') }}
    where is_eligible
),

states as (
    select
        tickets.created_on,
        states.channel,
        states.category,
        states.priority,
        states.team,
        states.segment,
        {{ reporting_day('states.valid_from') }} as entered_on,
        -- What is open as of now is open at the end of today.
        case
            when states.is_last then cast({{ dbt.dateadd('day', 1, reporting_day('states.valid_to')) }} as date)
            else {{ reporting_day('states.valid_to') }}
        end as left_on
    from {{ ref('int_ticket_states') }} as states
    inner join tickets
        on states.source_system = tickets.source_system
        and states.ticket_id = tickets.ticket_id
    where states.status not in ('resolved', 'closed')
),

bands as (
    select age_band, days_from, days_to from {{ ref('backlog_age_bands') }}
),

aged as (
    select
        bands.age_band,
        greatest(states.entered_on, cast({{ dbt.dateadd('day', 'bands.days_from', 'states.created_on') }} as date))
            as entered_on,
        case
            when bands.days_to is null then states.left_on
            else least(states.left_on, cast({{ dbt.dateadd('day', 'bands.days_to', 'states.created_on') }} as date))
        end as left_on
    from states
    inner join bands
        on states.left_on > cast({{ dbt.dateadd('day', 'bands.days_from', 'states.created_on') }} as date)
        and (
            bands.days_to is null
            or states.entered_on < cast({{ dbt.dateadd('day', 'bands.days_to', 'states.created_on') }} as date)
        )
),

changes as (
    select entered_on as day, channel, category, priority, team, segment, 1 as change
    from states
    where entered_on < left_on
    union all
    select left_on as day, channel, category, priority, team, segment, -1 as change
    from states
    where entered_on < left_on
),

aging as (
    select entered_on as day, age_band, 1 as change from aged where entered_on < left_on
    union all
    select left_on as day, age_band, -1 as change from aged where entered_on < left_on
),

{% set scopes = ['channel', 'category', 'priority', 'team', 'segment'] %}
final as (
    select
        day as changed_on,
        case
            {% for scope in scopes -%}
            when grouping({{ scope }}) = 0 then '{{ scope }}'
            {% endfor -%}
            else 'company'
        end as scope,
        case
            {% for scope in scopes -%}
            when grouping({{ scope }}) = 0 then coalesce({{ scope }}, '(none)')
            {% endfor -%}
            else 'company'
        end as scope_value,
        cast(sum(change) as bigint) as change
    from changes
    group by grouping sets (
        (day)
        {%- for scope in scopes %},
        (day, {{ scope }})
        {%- endfor %}
    )
    union all
    select
        day as changed_on,
        'age' as scope,
        age_band as scope_value,
        cast(sum(change) as bigint) as change
    from aging
    group by day, age_band
)

select * from final
