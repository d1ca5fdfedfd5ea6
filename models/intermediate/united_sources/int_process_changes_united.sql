-- Grain: one row per record of process_changes, over all sources.
{{ unite('process_changes') }}
