-- Grain: one row per record of accounts, over all sources.
{{ unite('accounts') }}
