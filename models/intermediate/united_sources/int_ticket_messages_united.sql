-- Grain: one row per record of ticket_messages, over all sources.
{{ unite('ticket_messages') }}
