-- Grain: one row per era [valid_from, valid_to) in which neither a policy nor a team's calendar changed.
with

edges as (
    select valid_from as changed_on from {{ ref('sla_policies') }}
    union all
    select valid_to as changed_on from {{ ref('sla_policies') }}
    union all
    select valid_from as changed_on from {{ ref('team_calendars') }}
    union all
    select valid_to as changed_on from {{ ref('team_calendars') }}
    union all
    select date '1900-01-01' as changed_on
),

days as (
    select changed_on from edges where changed_on is not null group by changed_on
),

final as (
    select
        row_number() over (order by changed_on nulls last) as era_number,
        changed_on as valid_from_on,
        {{ utc_moment('cast(changed_on as timestamp)', "'" ~ var('reporting_timezone') ~ "'") }} as valid_from,
        coalesce(
            lead({{ utc_moment('cast(changed_on as timestamp)', "'" ~ var('reporting_timezone') ~ "'") }})
                over (order by changed_on nulls last),
            cast('9999-12-31' as timestamp with time zone)
        ) as valid_to
    from days
)

select * from final
