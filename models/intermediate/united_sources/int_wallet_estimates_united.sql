-- Grain: one row per record of wallet_estimates, over all sources.
{{ unite('wallet_estimates') }}
