-- Grain: one row per agent, with the name by which scopes call it.
with

final as (
    select
        *,
        -- Two systems may use one identifier for two people.
        case
            when count(*) over (partition by agent_id) = 1 then agent_id
            else source_system || ':' || agent_id
        end as agent
    from {{ ref('int_agents_united') }}
)

select * from final
