-- Grain: one row per record of orders, over all sources.
{{ unite('orders') }}
