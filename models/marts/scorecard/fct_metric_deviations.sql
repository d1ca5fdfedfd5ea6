-- Grain: one row per rule of alert_rules, value of its scope and period that is over and has enough cases: the value,
-- what was expected, and whether the rule rings.
-- An anomaly is a value whose distance from the median of the periods before, days against the same weekday, is
-- more robust standard deviations than `anomaly_robust_z`. A deviation is never taken for less than chance: that of a
-- count, or of the value's own sample.
{% set same_series = 'rule.metric = history.metric
        and rule.period = history.period
        and rule.scope = history.scope
        and rule.kind = history.kind
        and rule.scope_value = history.scope_value
        and rule.series = history.series
        and not history.is_too_few
        and history.position < rule.position
        and history.position >= rule.position - case when rule.period = \'day\' then 8 else 12 end' %}
{% set row = ['metric', 'period', 'scope', 'kind', 'scope_value', 'period_start'] %}
with

definitions as (
    select metric, unit, better from {{ ref('int_metrics_defined') }}
),

watched as (
    select
        facts.*,
        rules.kind,
        rules.threshold,
        definitions.unit,
        definitions.better,
        case when facts.period = 'day' then {{ weekday_number('facts.period_start') }} else 0 end as series
    from {{ ref('fct_metric_values') }} as facts
    inner join {{ ref('alert_rules') }} as rules
        on facts.metric = rules.metric
        and facts.period = rules.period
        and facts.scope = rules.scope
    inner join definitions
        on facts.metric = definitions.metric
    where facts.is_complete
),

positioned as (
    select
        *,
        row_number() over (
            partition by metric, period, scope, kind, scope_value, series order by period_start
        ) as position
    from watched
),

medians as (
    select
        {% for column in row %}rule.{{ column }}, {% endfor %}
        count(history.value) as periods_known,
        percentile_cont(0.5) within group (order by history.value) as expected
    from positioned as rule
    inner join positioned as history
        on {{ same_series }}
    where rule.kind = 'anomaly'
    group by {% for column in row %}rule.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
),

deviations as (
    select
        {% for column in row %}rule.{{ column }}, {% endfor %}
        percentile_cont(0.5) within group (order by abs(history.value - medians.expected)) as deviation
    from positioned as rule
    inner join medians
        on {% for column in row %}rule.{{ column }} = medians.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    inner join positioned as history
        on {{ same_series }}
    group by {% for column in row %}rule.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
),

compared as (
    select
        positioned.*,
        case
            -- Of a band the end that was missed.
            when positioned.kind = 'target'
                then case when positioned.value > scores.target_to then scores.target_to else scores.target end
            when positioned.kind in ('above', 'below') then positioned.threshold
            when medians.periods_known >= case when positioned.period = 'day' then 4 else 6 end then medians.expected
        end as expected,
        scores.status,
        scores.target_to,
        {% set chance %}
            case
                when positioned.unit = 'count' then {{ chance_of_count('medians.expected') }}
                else coalesce((positioned.ci_high - positioned.ci_low) / {{ 2 * var('z_95') }}, 0.01 * abs(medians.expected))
            end
        {%- endset %}
        {{ robust_scale('deviations.deviation', chance) }} as scale
    from positioned
    left join medians
        on {% for column in row %}positioned.{{ column }} = medians.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    left join deviations
        on {% for column in row %}positioned.{{ column }} = deviations.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    left join {{ ref('fct_scorecard') }} as scores
        on positioned.kind = 'target'
        {% for column in ['metric', 'period', 'scope', 'scope_value', 'period_start'] %}
        and positioned.{{ column }} = scores.{{ column }}
        {% endfor %}
    where not positioned.is_too_few
),

final as (
    select
        metric,
        period,
        period_start,
        scope,
        scope_value,
        kind,
        value,
        ci_low,
        ci_high,
        sample_size,
        round(expected, 6) as expected,
        round(value - expected, 6) as deviation,
        case when kind = 'anomaly' then round((value - expected) / nullif(scale, 0), 6) end as robust_z,
        case
            when kind in ('above', 'below') or target_to is not null then true
            when better = 'higher' then value < expected
            when better = 'lower' then value > expected
        end as is_worse,
        coalesce(
            (kind = 'anomaly' and abs(value - expected) > {{ var('anomaly_robust_z') }} * scale)
            or (kind = 'target' and status = 'missed')
            or (kind = 'above' and coalesce(ci_low, value) > threshold)
            or (kind = 'below' and coalesce(ci_high, value) < threshold), false
        ) as is_ringing
    from compared
)

select * from final
