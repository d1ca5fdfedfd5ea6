-- Grain: one row per survey_id and source, its latest version.
{{ stage_canonical('surveys') }}
