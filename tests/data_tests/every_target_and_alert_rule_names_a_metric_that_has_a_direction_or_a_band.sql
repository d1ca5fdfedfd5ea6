-- A target without a direction means nothing, and a misspelt metric is never reached and never rings.
select targets.metric
from {{ ref('metric_targets') }} as targets
left join {{ ref('dim_metrics') }} as metrics
    on targets.metric = metrics.metric
    and metrics.language = 'en'
where metrics.metric is null or (metrics.better = 'none' and targets.target_to is null)
union all
select rules.metric
from {{ ref('alert_rules') }} as rules
left join {{ ref('dim_metrics') }} as metrics
    on rules.metric = metrics.metric
    and metrics.language = 'en'
where metrics.metric is null or (rules.kind in ('above', 'below')) <> (rules.threshold is not null)
