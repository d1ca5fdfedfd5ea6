-- Grain: one row per agent_id and scheduled_on and source, its latest version.
{{ stage_canonical('agent_schedules') }}
