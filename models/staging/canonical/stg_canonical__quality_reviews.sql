-- Grain: one row per review_id and source, its latest version.
{{ stage_canonical('quality_reviews') }}
