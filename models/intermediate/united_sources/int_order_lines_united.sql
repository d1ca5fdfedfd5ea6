-- Grain: one row per record of order_lines, over all sources.
{{ unite('order_lines') }}
