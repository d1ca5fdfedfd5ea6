-- Grain: one row per record of ticket_events, over all sources.
{{ unite('ticket_events') }}
