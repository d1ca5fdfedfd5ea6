-- Grain: one row, the moment for which the numbers are true. Nothing in the models reads the clock.
-- `latest` is the newest event loaded, but never later than the start of the run: a contract that
-- begins next month must not move today's numbers into the future.
{% set timed = [] %}
{% for entity, models in var('staging_models').items() %}
    {% for name in models %}
        {% set staged = ref(name) %}
        {% set contract = graph.nodes['model.cx_warehouse.stg_canonical__' ~ entity].config.meta if execute else {} %}
        {% for event_time in ([contract.event_time] if contract.event_time else []) + (contract.later_times or []) %}
            {% do timed.append({'relation': staged, 'event_time': event_time}) %}
        {% endfor %}
    {% endfor %}
{% endfor %}

with

run_context as (
    select * from {{ source('control', 'run_context') }}
),

newest_events as (
    {% for model in timed %}
    select max({{ model.event_time }}) as newest_at
    from {{ model.relation }}
    where quarantine_reason is null
    {{ 'union all' if not loop.last }}
    {% else %}
    select cast(null as timestamp with time zone) as newest_at
    {% endfor %}
),

final as (
    select
        case run_context.as_of
            when 'now' then run_context.started_at
            when 'latest' then coalesce(
                least(max(newest_events.newest_at), run_context.started_at), run_context.started_at
            )
            else try_cast(run_context.as_of as timestamp with time zone)
        end as as_of_at
    from run_context
    cross join newest_events
    group by run_context.as_of, run_context.started_at
)

select * from final
