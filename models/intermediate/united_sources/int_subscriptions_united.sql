-- Grain: one row per record of subscriptions, over all sources.
{{ unite('subscriptions') }}
