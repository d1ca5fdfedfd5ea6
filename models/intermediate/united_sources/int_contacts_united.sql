-- Grain: one row per record of contacts, over all sources.
{{ unite('contacts') }}
