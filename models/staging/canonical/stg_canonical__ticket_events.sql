-- Grain: one row per event_id and source, its latest version.
{{ stage_canonical('ticket_events') }}
