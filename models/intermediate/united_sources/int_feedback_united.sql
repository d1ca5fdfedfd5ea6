-- Grain: one row per record of feedback, over all sources.
{{ unite('feedback') }}
