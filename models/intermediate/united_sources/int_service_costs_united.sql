-- Grain: one row per record of service_costs, over all sources.
{{ unite('service_costs') }}
