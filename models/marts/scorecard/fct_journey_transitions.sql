-- Grain: one row per scope (company, segment), its value and pair of touchpoints of which one follows the other in a
-- session; a session begins at (start) and, once it is over, ends at (end).
with

touchpoints as (
    select
        timeline.customer_key,
        timeline.session_number,
        timeline.event_number,
        timeline.activity,
        timeline.kind in ('request', 'contact', 'reopening') as is_contact,
        timeline.occurred_at,
        customers.segment,
        sessions.is_over
    from {{ ref('fct_customer_timeline') }} as timeline
    inner join {{ ref('fct_journey_sessions') }} as sessions
        on timeline.customer_key = sessions.customer_key
        and timeline.session_number = sessions.session_number
    left join {{ ref('dim_customers') }} as customers
        on timeline.customer_key = customers.customer_key
    where timeline.is_touchpoint
),

paired as (
    select
        *,
        lag(activity) over in_session as activity_before,
        lag(is_contact) over in_session as is_contact_before,
        lag(occurred_at) over in_session as occurred_before_at,
        lead(activity) over in_session is null as is_last
    from touchpoints
    window in_session as (partition by customer_key, session_number order by event_number)
),

steps as (
    select
        customer_key,
        coalesce(segment, '(none)') as scope_segment,
        coalesce(activity_before, '(start)') as from_activity,
        activity as to_activity,
        coalesce(is_contact and is_contact_before, false) as is_repeat_contact,
        {{ seconds_between('occurred_before_at', 'occurred_at') }} as seconds_between
    from paired
    union all
    select
        customer_key,
        coalesce(segment, '(none)') as scope_segment,
        activity as from_activity,
        '(end)' as to_activity,
        false as is_repeat_contact,
        null as seconds_between
    from paired
    where is_last and is_over
),

counted as (
    select
        {{ grouped_scope(['segment']) }},
        from_activity,
        to_activity,
        is_repeat_contact,
        count(*) as transitions,
        count(distinct customer_key) as customers,
        percentile_cont(0.5) within group (order by seconds_between) as seconds_between_median
    from steps
    group by grouping sets (
        (from_activity, to_activity, is_repeat_contact),
        (from_activity, to_activity, is_repeat_contact, scope_segment)
    )
),

final as (
    select
        scope,
        scope_value,
        from_activity,
        to_activity,
        transitions,
        customers,
        round(
            transitions / nullif(cast(sum(transitions) over (partition by scope, scope_value, from_activity) as double), 0), 6
        ) as share_of_from,
        round(seconds_between_median, 6) as seconds_between_median,
        is_repeat_contact
    from counted
)

select * from final
