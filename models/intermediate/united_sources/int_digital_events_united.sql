-- Grain: one row per record of digital_events, over all sources.
{{ unite('digital_events') }}
