-- Grain: one row per metric, period (week, month, quarter, year), first day of it, scope and value of the scope.
-- A value is judged by its interval and not by itself: where the interval contains the target nobody can tell. The
-- weeks of an agent, and of an hour of the day, say nothing and are left out.
{% set same = 'partition by metric, period, scope, scope_value order by period_start' %}
{% set row = ['metric', 'period', 'period_start', 'scope', 'scope_value'] %}
with

metric_values as (
    select
        facts.*,
        definitions.unit,
        definitions.better,
        max(case when facts.ci_low is not null then 1 else 0 end) over (partition by facts.metric) = 1 as has_interval
    from {{ ref('fct_metric_values') }} as facts
    inner join {{ ref('int_metrics_defined') }} as definitions
        on facts.metric = definitions.metric
    where facts.period <> 'day'
        and not (facts.period = 'week' and facts.scope in ('agent', 'hour'))
),

-- Of the targets that hold for a row, the most specific one.
matched as (
    select
        {% for column in row %}metric_values.{{ column }}, {% endfor %}
        targets.target,
        targets.target_to,
        targets.stretch,
        row_number() over (
            partition by {% for column in row %}metric_values.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            order by
                case when targets.scope_value is null then 1 else 0 end asc nulls last,
                case when targets.period is null then 1 else 0 end asc nulls last,
                targets.valid_from desc nulls last,
                targets.target asc
        ) as choice
    from metric_values
    inner join {{ ref('metric_targets') }} as targets
        on metric_values.metric = targets.metric
        and metric_values.scope = coalesce(targets.scope, 'company')
        and metric_values.scope_value = coalesce(targets.scope_value, metric_values.scope_value)
        and metric_values.period = coalesce(targets.period, metric_values.period)
        and metric_values.period_start >= coalesce(targets.valid_from, metric_values.period_start)
        and (targets.valid_to is null or metric_values.period_start < targets.valid_to)
),

followed as (
    select
        *,
        lag(period_start) over ({{ same }}) = {{ period_before('period', 'period_start') }} as follows,
        {% for column in ['value', 'ci_low', 'ci_high', 'is_too_few'] %}
        lag({{ column }}) over ({{ same }}) as previous_{{ column }},
        {% endfor %}
        {{ values_over('value', 'true', '(' ~ same ~ ' rows between 11 preceding and current row)') }} as history,
        {{ values_over('value', 'value is not null and not is_too_few and is_complete',
            '(' ~ same ~ ' rows between 12 preceding and 1 preceding)') }} as past
    from metric_values
),

changed as (
    select
        followed.*,
        {{ sorted_array('followed.past') }} as past_sorted,
        abs(case when followed.follows then followed.value - followed.previous_value end) as step,
        year_before.value as year_before_value,
        year_before.ci_low as year_before_ci_low,
        year_before.ci_high as year_before_ci_high,
        year_before.is_too_few as year_before_is_too_few
    from followed
    left join metric_values as year_before
        on followed.metric = year_before.metric
        and followed.period = year_before.period
        and followed.scope = year_before.scope
        and followed.scope_value = year_before.scope_value
        and {{ period_year_before('followed.period', 'followed.period_start') }} = year_before.period_start
),

-- What a value without an interval moves by of itself: the mean step of up to twelve periods before.
stepped as (
    select
        *,
        case when count(step) over before >= 6 then avg(step) over before end as usual_step
    from changed
    window before as ({{ same }} rows between 12 preceding and 1 preceding)
),

peers as (
    select
        metric,
        period,
        period_start,
        scope,
        {{ sorted_values('value') }} as peers_sorted
    from metric_values
    where scope <> 'company' and scope_value <> '(none)' and not is_too_few
    group by metric, period, period_start, scope
),

-- A running period is judged when it is over: half a month's churn is half a month's.
compared as (
    select
        stepped.*,
        matched.target,
        matched.target_to,
        matched.stretch,
        peers.peers_sorted,
        case when stepped.has_interval then stepped.ci_low else stepped.value end as low,
        case when stepped.has_interval then stepped.ci_high else stepped.value end as high,
        case
            when stepped.follows and not stepped.is_too_few and not stepped.previous_is_too_few
                then stepped.value - stepped.previous_value
        end as raw_change,
        case
            when not stepped.is_too_few and not stepped.year_before_is_too_few
                then stepped.value - stepped.year_before_value
        end as raw_year_change
    from stepped
    left join matched
        on matched.choice = 1
        {% for column in row %}
        and stepped.{{ column }} = matched.{{ column }}
        {% endfor %}
    left join peers
        on stepped.metric = peers.metric
        and stepped.period = peers.period
        and stepped.period_start = peers.period_start
        and stepped.scope = peers.scope
),

bounded as (
    select
        *,
        {% for side, end in {-1: 'low', 1: 'high'}.items() %}
        case when raw_change is not null then {{ difference_bound('value', 'ci_low', 'ci_high', 'previous_value', 'previous_ci_low', 'previous_ci_high', side) }} end
            as change_{{ end }},
        case when raw_year_change is not null then {{ difference_bound('value', 'ci_low', 'ci_high', 'year_before_value', 'year_before_ci_low', 'year_before_ci_high', side) }} end
            as year_change_{{ end }},
        {% endfor %}
        {# 95 % of normal steps are below 1.96 standard deviations, and their mean is 0.798 of one. #}
        usual_step * {{ var('z_95') / 0.7978845608 }} as largest_usual_step
    from compared
),

final as (
    {% set best = {'higher': 0.75, 'lower': 0.25} %}
    select
        metric,
        period,
        period_start,
        scope,
        scope_value,
        value,
        ci_low,
        ci_high,
        sample_size,
        target,
        target_to,
        stretch,
        case
            when target is null or (better = 'none' and target_to is null) then null
            when is_too_few or value is null then 'too_few'
            when low is null or high is null or not is_complete then 'cannot_tell'
            when target_to is not null and low >= target and high <= target_to then 'met'
            when target_to is not null and (high < target or low > target_to) then 'missed'
            when target_to is not null then 'cannot_tell'
            when better = 'higher' and low >= target then 'met'
            when better = 'higher' and high < target then 'missed'
            when better = 'lower' and high <= target then 'met'
            when better = 'lower' and low > target then 'missed'
            else 'cannot_tell'
        end as status,
        case when follows then previous_value end as previous_value,
        case when is_complete then round(raw_change, 6) end as change,
        case when is_complete then round(change_low, 6) end as change_ci_low,
        case when is_complete then round(change_high, 6) end as change_ci_high,
        case
            when not is_complete or raw_change is null then null
            when has_interval then change_low > 0 or change_high < 0
            else abs(raw_change) > largest_usual_step
        end as is_change_real,
        year_before_value,
        case when is_complete then round(raw_year_change, 6) end as year_change,
        case when is_complete then round(year_change_low, 6) end as year_change_ci_low,
        case when is_complete then round(year_change_high, 6) end as year_change_ci_high,
        case when is_complete and has_interval then year_change_low > 0 or year_change_high < 0 end
            as is_year_change_real,
        round(case better
            {% for direction, p in best.items() %}
            when '{{ direction }}' then case when {{ array_length('past_sorted') }} >= 4 then {{ quantile_of('past_sorted', p) }} end
            {% endfor %}
        end, 6) as realistic_target,
        round(case better
            {% for direction, p in best.items() %}
            when '{{ direction }}' then case when {{ array_length('peers_sorted') }} >= 4 then {{ quantile_of('peers_sorted', p) }} end
            {% endfor %}
        end, 6) as realistic_target_of_peers,
        history,
        is_too_few,
        is_complete
    from bounded
)

select * from final
