-- Grain: one row per record of offerings, over all sources.
{{ unite('offerings') }}
