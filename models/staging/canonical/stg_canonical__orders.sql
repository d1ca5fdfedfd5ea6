-- Grain: one row per order_id and source, its latest version.
{{ stage_canonical('orders') }}
