-- Grain: one row per metric and language.
with

definitions as (
    select metric, family, unit, better, minimum_sample, definition from {{ ref('metric_definitions') }}
),

labels as (
    select metric, language, name, description from {{ ref('metric_labels') }}
),

final as (
    select
        definitions.metric,
        labels.language,
        labels.name,
        labels.description,
        definitions.family,
        definitions.unit,
        definitions.better,
        definitions.minimum_sample,
        definitions.definition
    from definitions
    inner join labels
        on definitions.metric = labels.metric
)

select * from final
