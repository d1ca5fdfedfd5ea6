-- Grain: one row per change_id and source, its latest version.
{{ stage_canonical('process_changes') }}
