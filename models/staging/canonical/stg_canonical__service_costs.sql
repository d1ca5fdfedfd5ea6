-- Grain: one row per cost_id and source, its latest version.
{{ stage_canonical('service_costs') }}
