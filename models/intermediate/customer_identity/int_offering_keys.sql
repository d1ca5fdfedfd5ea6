-- Grain: one row per offering_id and source that may name it; source_system '*' is any other source, and
-- has a row only where one source alone uses the identifier.
{{ reference_keys('int_offerings_united', 'offering_id', 'offering_key') }}
