-- Grain: one row per record of survey_responses, over all sources.
{{ unite('survey_responses') }}
