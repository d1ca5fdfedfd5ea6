-- Grain: one row per response_id and source, its latest version.
{{ stage_canonical('survey_responses') }}
