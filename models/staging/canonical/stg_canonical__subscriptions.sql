-- Grain: one row per subscription_id and source, its latest version.
{{ stage_canonical('subscriptions') }}
