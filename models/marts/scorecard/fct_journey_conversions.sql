-- Grain: one row per scope (company, segment), its value and pair of stages: of the sessions that are over and came to the one,
-- how many came to the other afterwards.
with

touchpoints as (
    select
        timeline.customer_key,
        timeline.session_number,
        timeline.stage,
        timeline.stage_number,
        timeline.event_number,
        timeline.occurred_at
    from {{ ref('fct_customer_timeline') }} as timeline
    inner join {{ ref('fct_journey_sessions') }} as sessions
        on timeline.customer_key = sessions.customer_key
        and timeline.session_number = sessions.session_number
    where timeline.is_touchpoint and timeline.stage is not null and sessions.is_over
),

first_entries as (
    select
        customer_key,
        session_number,
        stage,
        stage_number,
        min(event_number) as first_event_number,
        max(event_number) as last_event_number,
        min(occurred_at) as entered_at
    from touchpoints
    group by customer_key, session_number, stage, stage_number
),

next_entries as (
    select
        entered.customer_key,
        entered.session_number,
        entered.stage as from_stage,
        following.stage as to_stage,
        min(following.occurred_at) as reached_at
    from first_entries as entered
    inner join touchpoints as following
        on entered.customer_key = following.customer_key
        and entered.session_number = following.session_number
        and entered.stage <> following.stage
        and entered.first_event_number < following.event_number
    group by entered.customer_key, entered.session_number, entered.stage, following.stage
),

stages as (
    select distinct stage, stage_number from first_entries
),

pairs as (
    select
        entered.customer_key,
        entered.session_number,
        coalesce(customers.segment, '(none)') as scope_segment,
        entered.stage as from_stage,
        entered.stage_number as from_stage_number,
        stages.stage as to_stage,
        stages.stage_number as to_stage_number,
        {{ seconds_between('entered.entered_at', 'next_entries.reached_at') }} as seconds_to_reach
    from first_entries as entered
    inner join stages
        on entered.stage <> stages.stage
    left join next_entries
        on entered.customer_key = next_entries.customer_key
        and entered.session_number = next_entries.session_number
        and entered.stage = next_entries.from_stage
        and stages.stage = next_entries.to_stage
    left join {{ ref('dim_customers') }} as customers
        on entered.customer_key = customers.customer_key
),

counted as (
    select
        {{ grouped_scope(['segment']) }},
        from_stage,
        from_stage_number,
        to_stage,
        to_stage_number,
        count(*) as sessions,
        count(seconds_to_reach) as sessions_converted,
        percentile_cont(0.5) within group (order by seconds_to_reach) as seconds_to_reach_median
    from pairs
    group by grouping sets (
        (from_stage, from_stage_number, to_stage, to_stage_number),
        (from_stage, from_stage_number, to_stage, to_stage_number, scope_segment)
    )
),

final as (
    select
        scope,
        scope_value,
        from_stage,
        from_stage_number,
        to_stage,
        to_stage_number,
        {{ rate_statistics('counted', 'sessions_converted', 'sessions', 'conversion_rate') }},
        round(seconds_to_reach_median, 6) as seconds_to_reach_median
    from counted
)

select * from final
