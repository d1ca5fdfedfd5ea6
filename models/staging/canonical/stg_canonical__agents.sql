-- Grain: one row per agent_id and source, its latest version.
{{ stage_canonical('agents') }}
