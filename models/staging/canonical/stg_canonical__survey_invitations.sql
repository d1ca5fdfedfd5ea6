-- Grain: one row per invitation_id and source, its latest version.
{{ stage_canonical('survey_invitations') }}
