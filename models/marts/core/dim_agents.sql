-- Grain: one row per agent.
with

agents as (
    select * from {{ ref('int_agents_united') }}
),

final as (
    select
        {{ surrogate_key(['source_system', 'agent_id']) }} as agent_key,
        source_system,
        agent_id,
        -- Two systems may use one identifier for two people.
        case
            when count(*) over (partition by agent_id) = 1 then agent_id
            else source_system || ':' || agent_id
        end as agent,
        full_name,
        team,
        role,
        site,
        hired_at,
        left_at
    from agents
)

select * from final
