-- Grain: one row per metric, period, first day of it, scope and value of the scope.
-- Read from the wide marts, never computed again. A metric begins, in each scope, with the first period
-- in which it could be said; a later period without a sample has a row whose value is null, or 0 for
-- a count. On a day, a part of the company has a rate or a duration only from ten cases on.
with

metric_values as (
    {% for source in metric_sources() %}
    select
        '{{ source.metric }}' as metric,
        period,
        period_start,
        scope,
        scope_value,
        cast({{ source.get('numerator', 'null') }} as double) as numerator,
        cast({{ source.get('denominator', 'null') }} as double) as denominator,
        cast({{ source.value }} as double) as value,
        cast({{ source.sample_size }} as bigint) as sample_size,
        {% if source.numerator == source.value or not source.get('has_interval', true) %}
        cast(null as double) as ci_low,
        cast(null as double) as ci_high,
        {% else %}
        cast({{ source.value }}_ci_low as double) as ci_low,
        cast({{ source.value }}_ci_high as double) as ci_high,
        {% endif %}
        {{ source.numerator == source.value }} as is_count,
        is_complete
    from {{ ref(source.mart) }}
    {{ "where basis = 'subscriptions'" if source.mart == 'fct_revenue_movements' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

began as (
    select metric, period, scope, scope_value, min(period_start) as first_period_start
    from metric_values
    where sample_size > 0
    group by metric, period, scope, scope_value
),

final as (
    select
        metric_values.metric,
        metric_values.period,
        metric_values.period_start,
        metric_values.scope,
        metric_values.scope_value,
        metric_values.numerator,
        metric_values.denominator,
        metric_values.value,
        metric_values.sample_size,
        metric_values.ci_low,
        metric_values.ci_high,
        -- What is counted is known, however little there is of it.
        not metric_values.is_count and metric_values.sample_size < definitions.minimum_sample as is_too_few,
        metric_values.is_complete
    from metric_values
    inner join began
        on metric_values.metric = began.metric
        and metric_values.period = began.period
        and metric_values.scope = began.scope
        and metric_values.scope_value = began.scope_value
        and metric_values.period_start >= began.first_period_start
    inner join {{ ref('int_metrics_defined') }} as definitions
        on metric_values.metric = definitions.metric
    where metric_values.period <> 'day'
        or metric_values.scope = 'company'
        or metric_values.sample_size >= 10
        or metric_values.is_count
)

select * from final
