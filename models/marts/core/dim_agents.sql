-- Grain: one row per agent.
with

agents as (
    select * from {{ ref('int_agents_named') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'agent_id']) }} as agent_key,
        source_system,
        agent_id,
        agent,
        full_name,
        team,
        role,
        site,
        hired_at,
        left_at
    from agents
)

select * from final
