-- Grain: one row per interaction_id and source, its latest version.
{{ stage_canonical('interactions') }}
