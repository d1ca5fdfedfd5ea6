-- Grain: one row per account_id and source, its latest version.
{{ stage_canonical('accounts') }}
