-- Grain: one row per combination of everything that rules depend on, with the calendar of its team.
with

scopes as (
    select
        scope_id,
        min(era_number) as era_number,
        min(priority) as priority,
        min(channel) as channel,
        min(segment) as segment,
        min(category) as category,
        min(team) as team
    from {{ ref('int_ticket_states') }}
    group by scope_id
),

eras as (
    select era_number, valid_from_on from {{ ref('int_service_rules_dated') }}
),

matching as (
    select
        eras.era_number,
        team_calendars.team,
        team_calendars.calendar,
        -- Of several rows that hold at once, the latest to begin.
        row_number() over (
            partition by eras.era_number, team_calendars.team
            order by team_calendars.valid_from desc nulls last, team_calendars.calendar asc nulls last
        ) as choice
    from eras
    inner join {{ ref('team_calendars') }} as team_calendars
        on eras.valid_from_on >= coalesce(team_calendars.valid_from, date '1900-01-01')
        and eras.valid_from_on < coalesce(team_calendars.valid_to, date '9999-12-31')
),

calendars as (
    select era_number, team, calendar from matching where choice = 1
),

final as (
    select
        scopes.scope_id,
        scopes.era_number,
        scopes.priority,
        scopes.channel,
        scopes.segment,
        scopes.category,
        scopes.team,
        coalesce(own.calendar, others.calendar) as calendar
    from scopes
    left join calendars as own
        on scopes.era_number = own.era_number
        and scopes.team = own.team
    left join calendars as others
        on scopes.era_number = others.era_number
        and others.team = '*'
)

select * from final
