-- Grain: one row per ticket_id and source that may name it; source_system '*' is any other source, and
-- has a row only where one source alone uses the identifier.
{{ reference_keys('int_tickets_united', 'ticket_id', 'ticket_key') }}
