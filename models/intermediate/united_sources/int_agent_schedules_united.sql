-- Grain: one row per record of agent_schedules, over all sources.
{{ unite('agent_schedules') }}
