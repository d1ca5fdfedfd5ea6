-- Grain: one row per record of survey_invitations, over all sources.
{{ unite('survey_invitations') }}
