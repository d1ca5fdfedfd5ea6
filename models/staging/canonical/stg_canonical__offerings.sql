-- Grain: one row per offering_id and source, its latest version.
{{ stage_canonical('offerings') }}
