-- Grain: one row per interaction_id and source that may name it; source_system '*' is any other source, and has a row
-- only where one source alone uses the identifier.
{{ reference_keys('int_interactions_united', 'interaction_id', 'interaction_key') }}
