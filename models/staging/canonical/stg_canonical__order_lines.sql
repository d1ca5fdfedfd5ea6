-- Grain: one row per order_line_id and source, its latest version.
{{ stage_canonical('order_lines') }}
