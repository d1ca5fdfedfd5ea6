-- Grain: one row per record of surveys, over all sources.
{{ unite('surveys') }}
