-- Grain: one row per contact_id and source, its latest version.
{{ stage_canonical('contacts') }}
