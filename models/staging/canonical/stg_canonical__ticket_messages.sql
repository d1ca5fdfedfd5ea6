-- Grain: one row per message_id and source, its latest version.
{{ stage_canonical('ticket_messages') }}
