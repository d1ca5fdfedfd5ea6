-- Grain: one row per active customer and snapshot, with what was known of it then.
{% set windows = {
    'orders_90': ('order', 90), 'orders_365': ('order', 365), 'requests_90': ('request', 90),
    'requests_365': ('request', 365), 'broken_promises_90': ('broken promise', 90),
    'late_solutions_90': ('late solution', 90), 'low_scores_180': ('low score', 180),
    'good_scores_180': ('good score', 180), 'digital_90': ('digital', 90), 'contracts_ended_180': ('contract ended', 180),
} %}
with

signals as (
    select * from {{ ref('int_churn_signals') }}
),

snapshots as (
    select * from {{ ref('int_churn_snapshots') }}
),

counted as (
    select
        snapshots.snapshot_number,
        snapshots.customer_key,
        {% for name, (signal, days) in windows.items() %}
        coalesce(sum(
            case when signals.signal = '{{ signal }}' and signals.day > {{ dbt.dateadd('day', -days, 'snapshots.snapshot_on') }} then signals.events end
        ), 0) as {{ name }},
        {% endfor %}
        coalesce(sum(case signals.signal when 'contract started' then signals.events when 'contract ended' then -signals.events end), 0)
            as contracts_running,
        min(case when signals.signal = 'order' then {{ dbt.datediff('signals.day', 'snapshots.snapshot_on', 'day') }} end)
            as days_since_order
    from snapshots
    left join signals
        on snapshots.customer_key = signals.customer_key
        and signals.day <= snapshots.snapshot_on
    group by snapshots.snapshot_number, snapshots.customer_key
),

final as (
    select
        snapshots.snapshot_number,
        snapshots.snapshot_on,
        snapshots.customer_key,
        snapshots.relationship,
        snapshots.has_left,
        {{ dbt.datediff('snapshots.joined_on', 'snapshots.snapshot_on', 'day') }} as days_with_us,
        counted.days_since_order,
        cast(counted.contracts_running as double) as contracts_running,
        {% for name in windows %}
        cast(counted.{{ name }} as double) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from snapshots
    inner join counted
        on snapshots.snapshot_number = counted.snapshot_number
        and snapshots.customer_key = counted.customer_key
)

select * from final
