-- Grain: one row per view_id and source, its latest version.
{{ stage_canonical('knowledge_base_views') }}
