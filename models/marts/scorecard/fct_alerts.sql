-- Grain: one row per rule of alert_rules, value of its scope and period in which it rings.
with

ringing as (
    select deviations.*, metrics.unit, metrics.model, metrics.time_column, metrics.rows_condition
    from {{ ref('fct_metric_deviations') }} as deviations
    inner join {{ ref('int_metrics_defined') }} as metrics
        on deviations.metric = metrics.metric
    where deviations.is_ringing
),

causes as (
    select
        metric,
        period,
        kind,
        period_start,
        max(case when cause_rank = 1 then cause_scope end) as cause_scope,
        max(case when cause_rank = 1 then cause_value end) as cause_value,
        {{ texts_joined("cause_scope || ' ' || cause_value || ' (' || "
            ~ rounded_text('100 * ' ~ no_more_than('share_explained', '1'), 0) ~ " || ' %)'", ', ', 'cause_rank') }} as causes,
        max(share_explained) >= 0.5 as is_most
    from {{ ref('fct_alert_causes') }}
    group by metric, period, kind, period_start
),

labels as (
    select metric, name from {{ ref('metric_labels') }} where language = 'en'
),

final as (
    select
        {{ surrogate_key(['ringing.metric', 'ringing.period', 'ringing.scope', 'ringing.kind', 'ringing.scope_value', 'ringing.period_start']) }}
            as alert_key,
        ringing.metric,
        ringing.period,
        ringing.period_start,
        ringing.scope,
        ringing.scope_value,
        ringing.kind,
        ringing.value,
        ringing.sample_size,
        ringing.expected,
        ringing.deviation,
        ringing.robust_z,
        ringing.is_worse,
        causes.cause_scope,
        causes.cause_value,
        coalesce(labels.name, ringing.metric)
        || case when ringing.scope = 'company' then '' else ', ' || ringing.scope || ' ' || ringing.scope_value end
        || ', ' || ringing.period || ' ' || case when ringing.period = 'day' then '' else 'from ' end
        || cast(ringing.period_start as varchar) || ': ' || {{ in_words('ringing.unit', 'ringing.value') }}
        || case ringing.kind
            when 'anomaly' then ', expected about '
            when 'target' then ', target '
            else ', threshold '
        end
        || {{ in_words('ringing.unit', 'ringing.expected') }}
        || ' (' || {{ difference_in_words('ringing.unit', 'ringing.deviation') }} || ').'
        || coalesce(case when causes.is_most then ' Mostly in ' else ' Partly in ' end || causes.causes || '.', '')
            as message,
        'select * from ' || ringing.model || ' where ' || ringing.time_column || ' >= date '''
        || cast(ringing.period_start as varchar) || ''' and ' || ringing.time_column || ' < date '''
        || cast(periods.period_end as varchar) || ''''
        || case
            when ringing.rows_condition = ''
                then ' and scope = ''' || ringing.scope || ''' and scope_value = ''' || replace(ringing.scope_value, '''', '''''') || ''''
            else ' and ' || ringing.rows_condition
        end
        -- What is missing of a count has no rows.
        || case
            when ringing.rows_condition = '' or (causes.cause_value is not null and ringing.unit = 'count' and ringing.deviation < 0)
                then ''
            when coalesce(causes.cause_value, ringing.scope_value) = '(none)'
                then coalesce(' and ' || replace(columns.condition, '= {value}', 'is null'), '')
            else coalesce(
                ' and ' || replace(
                    columns.condition, '{value}',
                    '''' || replace(coalesce(causes.cause_value, ringing.scope_value), '''', '''''') || ''''
                ), ''
            )
        end as rows_query,
        periods.period_end
    from ringing
    left join labels
        on ringing.metric = labels.metric
    inner join {{ ref('dim_periods') }} as periods
        on ringing.period = periods.period
        and ringing.period_start = periods.period_start
    left join causes
        on ringing.scope = 'company'
        and ringing.metric = causes.metric
        and ringing.period = causes.period
        and ringing.kind = causes.kind
        and ringing.period_start = causes.period_start
    left join {{ ref('int_metric_columns') }} as columns
        on ringing.metric = columns.metric
        and columns.scope = coalesce(causes.cause_scope, ringing.scope)
)

select * from final
