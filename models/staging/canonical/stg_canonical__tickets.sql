-- Grain: one row per ticket_id and source, its latest version.
{{ stage_canonical('tickets') }}
