-- Grain: one row per record of interactions, over all sources.
{{ unite('interactions') }}
