-- Grain: one row per promise that a policy covered, with its verdict.
-- The clock goes on when the target changes; the new target holds from then on. A target is breached at the
-- moment its clock passes it, whether or not what was promised comes later; once breached it stays so.
with

clocks as (
    select * from {{ ref('int_sla_clocks_run') }}
),

{% set promise = 'source_system, ticket_id, sla_metric, started_at' %}
summed as (
    select
        {{ promise }},
        max_by(scope_id, ran_from) as scope_id,
        min(target_microseconds) as shortest_target,
        cast(sum(ran_microseconds) as bigint) as ran_microseconds,
        bool_or(is_last) as is_open,
        bool_or(is_last and is_running) as is_running,
        min(fulfilled_at) as fulfilled_at
    from clocks
    group by {{ promise }}
    having min(target_microseconds) is not null
),

-- Only a clock that has passed some target, or is running, has a moment to be found.
counted as (
    select
        clocks.*,
        cast(
            coalesce(
                sum(clocks.ran_microseconds) over (
                    partition by clocks.source_system, clocks.ticket_id, clocks.sla_metric, clocks.started_at
                    order by clocks.ran_from, clocks.ran_to
                    rows between unbounded preceding and 1 preceding
                ), 0
            ) as bigint
        ) as ran_before
    from clocks
    inner join summed
        on clocks.source_system = summed.source_system
        and clocks.ticket_id = summed.ticket_id
        and clocks.sla_metric = summed.sla_metric
        and clocks.started_at = summed.started_at
        and (summed.ran_microseconds > summed.shortest_target or summed.is_running)
),

-- Where the clock passes the target: within the interval, or, after a lower target came in, at its
-- beginning. For what is still running, also the moment at which it will.
passing as (
    select
        {{ promise }},
        ran_from,
        ran_before > target_microseconds as is_past_at_start,
        ran_before + ran_microseconds > target_microseconds as is_passed,
        is_last and is_running as is_due,
        calendar,
        open_microseconds_at_start + target_microseconds - ran_before as open_microseconds_at_limit
    from counted
    where ran_before + ran_microseconds > target_microseconds
        or (is_last and is_running and target_microseconds is not null)
),

limits as (
    select
        passing.source_system,
        passing.ticket_id,
        passing.sla_metric,
        passing.started_at,
        passing.is_passed,
        passing.is_due,
        case
            when passing.is_past_at_start then passing.ran_from
            -- Past the last opening that calendars reach nothing can be said.
            when passing.open_microseconds_at_limit <= hours.open_microseconds_before
                + {{ microseconds_between('hours.opens_at', 'hours.closes_at') }}
                then {{ plus_microseconds('hours.opens_at', 'passing.open_microseconds_at_limit - hours.open_microseconds_before') }}
        end as limit_at
    from passing
    {{ join_latest(ref('int_open_hours_totalled'), 'hours', 'passing.calendar = hours.calendar',
        'passing.open_microseconds_at_limit', 'open_microseconds_before') }}
),

breaches as (
    select
        {{ promise }},
        min(limit_at) filter (where is_passed) as breached_at,
        min(limit_at) filter (where is_due) as due_at
    from limits
    group by {{ promise }}
),

final as (
    select
        summed.source_system,
        summed.ticket_id,
        summed.sla_metric,
        row_number() over (
            partition by summed.source_system, summed.ticket_id, summed.sla_metric
            order by summed.started_at
        ) as occurrence,
        targets.policy,
        summed.scope_id,
        case
            when breaches.breached_at is not null then 'breached'
            when summed.fulfilled_at is not null and targets.target_seconds is not null then 'met'
            when not summed.is_open or targets.target_seconds is null then 'withdrawn'
            when summed.is_running then 'active'
            else 'paused'
        end as sla_status,
        targets.target_seconds,
        {{ whole_seconds('summed.ran_microseconds') }} as elapsed_seconds,
        summed.is_open,
        summed.started_at,
        summed.fulfilled_at,
        breaches.breached_at,
        coalesce(breaches.breached_at, breaches.due_at) as due_at
    from summed
    left join breaches
        on summed.source_system = breaches.source_system
        and summed.ticket_id = breaches.ticket_id
        and summed.sla_metric = breaches.sla_metric
        and summed.started_at = breaches.started_at
    -- What held when the clock last ran.
    left join {{ ref('int_sla_targets_matched') }} as targets
        on summed.scope_id = targets.scope_id
        and summed.sla_metric = targets.sla_metric
)

select * from final
