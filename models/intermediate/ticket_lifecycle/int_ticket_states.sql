-- Grain: one row per ticket and interval [valid_from, valid_to) in which neither its state nor the rules for
-- it changed; the last one ends at as_of.
-- scope_id names the combination of everything that rules may depend on, so that rules are looked up once a
-- combination and not once a ticket.
with

changes as (
    select
        changes.source_system,
        changes.ticket_id,
        changes.status,
        changes.priority,
        changes.category,
        changes.team,
        changes.next_change_at is null as is_last,
        changes.occurred_at as valid_from,
        coalesce(changes.next_change_at, clock.as_of_at) as valid_to
    from {{ ref('int_ticket_changes_ordered') }} as changes
    cross join {{ ref('int_as_of') }} as clock
    -- Of several changes of one moment the last one leaves the state.
    where changes.next_change_at is null or changes.next_change_at > changes.occurred_at
),

tickets as (
    select source_system, ticket_id, channel, segment
    from {{ ref('int_tickets_described') }}
),

eras as (
    select era_number, valid_from, valid_to
    from {{ ref('int_service_rules_dated') }}
),

placed as (
    select
        changes.source_system,
        changes.ticket_id,
        eras.era_number,
        changes.status,
        coalesce(changes.priority, '') as priority,
        tickets.channel,
        coalesce(tickets.segment, '') as segment,
        coalesce(changes.category, '') as category,
        coalesce(changes.team, '') as team,
        changes.is_last and changes.valid_to <= eras.valid_to as is_last,
        greatest(changes.valid_from, eras.valid_from) as valid_from,
        least(changes.valid_to, eras.valid_to) as valid_to
    from changes
    inner join tickets
        on changes.source_system = tickets.source_system
        and changes.ticket_id = tickets.ticket_id
    inner join eras
        on changes.valid_from < eras.valid_to
        and changes.valid_to >= eras.valid_from
        and (changes.valid_to > eras.valid_from or changes.valid_from = changes.valid_to)
),

scopes as (
    select
        era_number, priority, channel, segment, category, team,
        row_number() over (
            order by era_number, priority, channel, segment, category, team
        ) as scope_id
    from placed
    group by era_number, priority, channel, segment, category, team
),

final as (
    select
        placed.source_system,
        placed.ticket_id,
        scopes.scope_id,
        scopes.era_number,
        placed.status,
        nullif(scopes.priority, '') as priority,
        scopes.channel,
        nullif(scopes.segment, '') as segment,
        nullif(scopes.category, '') as category,
        nullif(scopes.team, '') as team,
        placed.is_last,
        placed.valid_from,
        placed.valid_to
    from placed
    inner join scopes
        on placed.era_number = scopes.era_number
        and placed.priority = scopes.priority
        and placed.channel = scopes.channel
        and placed.segment = scopes.segment
        and placed.category = scopes.category
        and placed.team = scopes.team
)

select * from final
