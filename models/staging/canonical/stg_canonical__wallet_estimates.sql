-- Grain: one row per account_id and category and period_start and source, its latest version.
{{ stage_canonical('wallet_estimates') }}
