-- Grain: one row per account_id and source that may name it; source_system '*' is any other source, and
-- has a row only where one source alone uses the identifier.
{{ reference_keys('int_accounts_united', 'account_id', 'customer_key') }}
