-- Grain: one row, the moment for which the numbers are true. Nothing in the models reads the clock.
-- `latest` is the newest event loaded, but never later than the start of the run: a contract that
-- begins next month must not move today's numbers into the future.
{% set timed = [] %}
{% if execute %}
    {% for node in graph.nodes.values() if node.config.meta.event_time and node.resource_type == 'model' %}
        {% do timed.append({'name': node.name, 'event_time': node.config.meta.event_time}) %}
    {% endfor %}
{% endif %}
{% for models in var('staging_models').values() %}{% for name in models %}
-- depends_on: {{ ref(name) }}
{% endfor %}{% endfor %}

with

run_context as (
    select * from {{ source('control', 'run_context') }}
),

newest_events as (
    {% for model in timed | sort(attribute='name') %}
    select max({{ model.event_time }}) as newest_at
    from {{ ref(model.name) }}
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
