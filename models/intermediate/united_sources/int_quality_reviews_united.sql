-- Grain: one row per record of quality_reviews, over all sources.
{{ unite('quality_reviews') }}
