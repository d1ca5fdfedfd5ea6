-- Grain: one row per alert of the whole company and value of a dimension that explains much of it.
-- What a value contributes is its own deviation from what it was in the periods before (for a target or a threshold,
-- from that), weighted by its cases; over all values of a dimension this adds up to nearly the whole deviation, the rest
-- is a change of their mix. A value that always has most of the cases is no cause: it has to explain more than that.
{% set most, least, surprise = 5, 0.25, 0.1 %}
with

ringing as (
    select
        deviations.*,
        case when metrics.unit = 'points' then 100 else 1 end as factor
    from {{ ref('fct_metric_deviations') }} as deviations
    inner join {{ ref('int_metrics_defined') }} as metrics
        on deviations.metric = metrics.metric
    where deviations.is_ringing and deviations.scope = 'company'
),

metric_values as (
    select
        *,
        coalesce(denominator, 1) as weight,
        denominator is null as is_count
    from {{ ref('fct_metric_values') }}
    where numerator is not null
),

usual as (
    select
        ringing.metric,
        ringing.period,
        ringing.kind,
        ringing.period_start,
        history.scope,
        history.scope_value,
        sum(history.numerator) / nullif(sum(history.weight), 0) as level,
        avg(history.numerator) as size
    from ringing
    inner join metric_values as history
        on ringing.metric = history.metric
        and ringing.period = history.period
        and history.period_start < ringing.period_start
        and history.period_start >= case ringing.period
            when 'day' then {{ dbt.dateadd('day', -56, 'ringing.period_start') }}
            when 'week' then {{ dbt.dateadd('day', -84, 'ringing.period_start') }}
            else {{ dbt.dateadd('month', -12, 'ringing.period_start') }}
        end
        and (
            ringing.period <> 'day'
            or {{ weekday_number('history.period_start') }} = {{ weekday_number('ringing.period_start') }}
        )
    group by
        ringing.metric, ringing.period, ringing.kind, ringing.period_start, history.scope, history.scope_value
),

contributions as (
    select
        ringing.metric,
        ringing.period,
        ringing.kind,
        ringing.period_start,
        parts.scope as cause_scope,
        parts.scope_value as cause_value,
        parts.value as cause_metric_value,
        ringing.deviation,
        ringing.factor
        * (
            parts.numerator
            -- What was never there before comes wholly on top; a new group's rate is held against everybody's.
            - case
                when ringing.kind <> 'anomaly' then ringing.expected / ringing.factor
                when parts.is_count then coalesce(usual.level, 0)
                else coalesce(usual.level, wholes_usual.level)
            end * parts.weight
        )
        / case when parts.is_count then 1 else wholes.weight end as contribution,
        case
            when parts.is_count then coalesce(usual.size, 0) / nullif(wholes_usual.size, 0)
            else parts.weight / nullif(wholes.weight, 0)
        end as usual_share
    from ringing
    inner join metric_values as wholes
        on ringing.metric = wholes.metric
        and ringing.period = wholes.period
        and ringing.period_start = wholes.period_start
        and wholes.scope = 'company'
    inner join metric_values as parts
        on ringing.metric = parts.metric
        and ringing.period = parts.period
        and ringing.period_start = parts.period_start
        and parts.scope <> 'company'
    inner join usual as wholes_usual
        on ringing.metric = wholes_usual.metric
        and ringing.period = wholes_usual.period
        and ringing.kind = wholes_usual.kind
        and ringing.period_start = wholes_usual.period_start
        and wholes_usual.scope = 'company'
    left join usual
        on ringing.metric = usual.metric
        and ringing.period = usual.period
        and ringing.kind = usual.kind
        and ringing.period_start = usual.period_start
        and parts.scope = usual.scope
        and parts.scope_value = usual.scope_value
    where ringing.kind = 'anomaly' or not parts.is_count
),

shares as (
    select *, contribution / nullif(deviation, 0) as share_explained
    from contributions
    where cause_value <> '(none)'
),

surprising as (
    select
        *,
        row_number() over (
            partition by metric, period, kind, period_start, cause_scope
            order by share_explained - usual_share desc nulls last, cause_value
        ) as rank_in_scope
    from shares
    where share_explained >= {{ least }} and share_explained - usual_share >= {{ surprise }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by metric, period, kind, period_start
            order by share_explained - usual_share desc nulls last, cause_scope
        ) as cause_rank
    from surprising
    where rank_in_scope = 1
),

final as (
    select
        metric,
        period,
        period_start,
        kind,
        cast(cause_rank as integer) as cause_rank,
        cause_scope,
        cause_value,
        cause_metric_value as value,
        round(contribution, 6) as contribution,
        round(share_explained, 6) as share_explained,
        round(usual_share, 6) as usual_share
    from ranked
    where cause_rank <= {{ most }}
)

select * from final
