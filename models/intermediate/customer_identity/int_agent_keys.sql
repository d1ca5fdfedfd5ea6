-- Grain: one row per agent_id and source that may name it; source_system '*' is any other source, and
-- has a row only where one source alone uses the identifier.
{{ reference_keys('int_agents_united', 'agent_id', 'agent_key') }}
