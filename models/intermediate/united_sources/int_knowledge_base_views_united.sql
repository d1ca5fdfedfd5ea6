-- Grain: one row per record of knowledge_base_views, over all sources.
{{ unite('knowledge_base_views') }}
