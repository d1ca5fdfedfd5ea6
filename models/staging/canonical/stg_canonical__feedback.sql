-- Grain: one row per feedback_id and source, its latest version.
{{ stage_canonical('feedback') }}
