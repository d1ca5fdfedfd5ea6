-- Grain: one row per record of tickets, over all sources.
{{ unite('tickets') }}
