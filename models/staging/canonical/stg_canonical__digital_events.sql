-- Grain: one row per event_id and source, its latest version.
{{ stage_canonical('digital_events') }}
