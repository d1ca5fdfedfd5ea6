-- Grain: one row per metric and language.
with

definitions as (
    select * from {{ ref('int_metrics_defined') }}
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
        definitions.definition,
        definitions.formula,
        definitions.grain,
        definitions.clock,
        definitions.exclusions,
        definitions.owner,
        definitions.definition_source,
        definitions.model,
        definitions.time_column
    from definitions
    inner join labels
        on definitions.metric = labels.metric
)

select * from final
