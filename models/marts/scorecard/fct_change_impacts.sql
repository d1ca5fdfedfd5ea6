-- Grain: one row per process change, metric and length of the window before and after it in days.
-- Difference in differences: what the group that changed did beyond what the groups without a change did. Cases of one
-- customer are no independent cases, so the variance is that of customers (for volume, of days). Durations are compared
-- by their logarithms, as a change that halves them halves the long and the short ones; volumes by that of their
-- daily mean, as a small group does not grow by as many tickets as a large one.
{% set cases = [
    ('first_response_time', 'fct_tickets', 'created_on', 'first_response_calendar_seconds', 'is_eligible', true),
    ('full_resolution_time', 'fct_tickets', 'full_resolved_on', 'full_resolution_calendar_seconds', 'is_eligible', true),
    ('first_contact_resolution_rate', 'fct_tickets', 'first_resolved_on', 'case when is_first_contact_resolution then 1 when not is_first_contact_resolution then 0 end', 'is_eligible', false),
    ('reopen_rate', 'fct_tickets', 'first_resolved_on', 'case when was_reopened then 1 when is_reopening_known then 0 end', 'is_eligible', false),
    ('sla_compliance_rate', 'fct_sla_targets', 'judged_on', 'case when is_met then 1 when not is_met then 0 end', 'true', false),
    ('csat', 'fct_survey_responses', 'responded_on', "case when answer_group = 'positive' then 1 else 0 end", "is_eligible and is_answer and survey_type = 'csat'", false),
    ('csat_mean', 'fct_survey_responses', 'responded_on', 'points', "is_eligible and is_answer and survey_type = 'csat'", false),
    ('nps', 'fct_survey_responses', 'responded_on', "case answer_group when 'promoter' then 100 when 'detractor' then -100 else 0 end", "is_eligible and is_answer and survey_type = 'nps'", false),
    ('ease_of_doing_business', 'fct_survey_responses', 'responded_on', "case when answer_group = 'positive' then 1 else 0 end", "is_eligible and is_answer and survey_type = 'ces'", false),
] %}
{% set windows = [90, 180, 365] %}
{# The group of a case: what the change was made to, or the others; null where it is not known. #}
{% set group_of %}
        case
            when (windows.team is null or windows.team = cases.team)
                and (windows.category is null or windows.category = cases.category) then 'changed'
            when windows.team is not null and cases.team is null then null
            when windows.category is not null and cases.category is null then null
            else 'other'
        end
{%- endset %}
{% set key = ['change_key', 'metric', 'window_days'] %}
{# The fewest customers, or days, from which a variance is told. #}
{% set least_clusters = 7 %}
with

clock as (
    select {{ reporting_day('as_of_at') }} as today from {{ ref('int_as_of') }}
),

changes as (
    select
        {{ surrogate_key(['changes.source_system', 'changes.change_id']) }} as change_key,
        changes.name,
        changes.kind,
        changes.team,
        changes.category,
        changes.target_metric,
        changes.started_on,
        changes.ended_on,
        -- A change for everybody leaves nobody to compare with.
        coalesce(changes.team, changes.category) is not null as has_others
    from {{ ref('int_process_changes_united') }} as changes
    cross join clock
    where changes.started_on <= clock.today
),

windows as (
    {% for days in windows %}
    select
        changes.*,
        {{ days }} as window_days,
        cast({{ dbt.dateadd('day', -days, 'started_on') }} as date) as before_from,
        -- What has ended has no effect of its own after its end.
        case
            when ended_on < {{ dbt.dateadd('day', days, 'started_on') }} then cast({{ dbt.dateadd('day', 1, 'ended_on') }} as date)
            else cast({{ dbt.dateadd('day', days, 'started_on') }} as date)
        end as after_until
    from changes
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Changes of a team or a category that began or ended within the windows of another one.
disturbances as (
    select
        windows.change_key,
        windows.window_days,
        others.name,
        others.team,
        others.category,
        others.started_on,
        coalesce(others.team = windows.team, others.team is null)
        and coalesce(others.category = windows.category, others.category is null) as is_of_same_group
    from windows
    inner join changes as others
        on windows.change_key <> others.change_key
        and others.has_others
        and others.started_on < windows.after_until
        and (
            others.started_on >= windows.before_from
            or (others.ended_on >= windows.before_from and others.ended_on < windows.after_until)
        )
),

also_changed as (
    select
        change_key,
        window_days,
        {{ texts_joined('name', ', ', 'started_on, name') }} as other_changes
    from disturbances
    where is_of_same_group
    group by change_key, window_days
),

cases as (
    {% for metric, fact, day, outcome, condition, is_duration in cases %}
    select
        '{{ metric }}' as metric,
        {{ is_duration }} as is_duration,
        team,
        category,
        coalesce(customer_key, {{ {'fct_tickets': 'ticket_key', 'fct_sla_targets': 'sla_target_key', 'fct_survey_responses': 'survey_response_key'}[fact] }})
            as cluster_key,
        {{ day }} as day,
        cast({{ outcome }} as decimal(18, 6)) as outcome
    from {{ ref(fact) }}
    where {{ condition }} and {{ day }} is not null and {{ outcome }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- One row a day, customer and group first, so that windows multiply as few rows as they can.
summed_by_day as (
    select
        metric,
        team,
        category,
        cluster_key,
        day,
        count(*) as cases,
        sum(outcome) as outcome,
        sum(case when is_duration then cast(ln(greatest(cast(outcome as double), 1)) as decimal(18, 9)) else cast(outcome as decimal(18, 9)) end)
            as measure
    from cases
    group by metric, team, category, cluster_key, day
),

volumes_by_day as (
    select team, category, created_on as day, count(*) as tickets
    from {{ ref('fct_tickets') }}
    where is_eligible
    group by team, category, created_on
),

began as (
    select metric, min(day) as first_on from summed_by_day group by metric
    union all
    select 'ticket_volume' as metric, min(day) as first_on from volumes_by_day
),

{% set grouped = {'summed_by_day': 'placed', 'volumes_by_day': 'volumes_placed'} %}
{% for relation, placed in grouped.items() %}
{{ placed }} as (
    select
        windows.change_key,
        windows.window_days,
        {{ group_of }} as case_group,
        cases.day >= windows.started_on as is_after,
        cases.*
    from windows
    inner join {{ relation }} as cases
        on cases.day >= windows.before_from
        and cases.day < windows.after_until
    -- Who had a change of their own at the time is no measure of what would have happened without one.
    left join disturbances
        on {{ group_of }} = 'other'
        and windows.change_key = disturbances.change_key
        and windows.window_days = disturbances.window_days
        and coalesce(disturbances.team = cases.team, disturbances.team is null)
        and coalesce(disturbances.category = cases.category, disturbances.category is null)
    where {{ group_of }} is not null and disturbances.change_key is null
),

{% endfor %}
case_groups as (
    select 'changed' as case_group
    union all
    select 'other' as case_group
),

-- Of volume the cases are days, also those without a ticket of the group.
volume_days as (
    select
        windows.change_key,
        windows.window_days,
        groups.case_group,
        dates.date_day as day,
        dates.date_day >= windows.started_on as is_after
    from windows
    cross join clock
    cross join case_groups as groups
    inner join {{ ref('dim_dates') }} as dates
        on dates.date_day >= windows.before_from
        and dates.date_day < windows.after_until
        and dates.date_day < clock.today
        and dates.date_day >= (select first_on from began where metric = 'ticket_volume')
    where groups.case_group = 'changed' or windows.has_others
),

volumes as (
    select change_key, window_days, case_group, day, sum(tickets) as tickets
    from volumes_placed
    group by change_key, window_days, case_group, day
),

clusters as (
    select
        {{ key | join(', ') }},
        case_group,
        is_after,
        cluster_key,
        cast(sum(cases) as bigint) as cases,
        sum(outcome) as outcome,
        sum(measure) as measure
    from placed
    group by {{ key | join(', ') }}, case_group, is_after, cluster_key
    union all
    select
        days.change_key,
        'ticket_volume' as metric,
        days.window_days,
        days.case_group,
        days.is_after,
        cast(days.day as varchar) as cluster_key,
        1 as cases,
        cast(coalesce(volumes.tickets, 0) as decimal(18, 6)) as outcome,
        cast(coalesce(volumes.tickets, 0) as decimal(18, 9)) as measure
    from volume_days as days
    left join volumes
        on days.change_key = volumes.change_key
        and days.window_days = volumes.window_days
        and days.case_group = volumes.case_group
        and days.day = volumes.day
),

cells as (
    select
        {{ key | join(', ') }},
        case_group,
        is_after,
        sum(cases) as cases,
        count(*) as clusters,
        cast(sum(outcome) as double) / nullif(sum(cases), 0) as mean,
        cast(sum(measure) as double) / nullif(sum(cases), 0) as measure_mean,
        -- A mean that is compared by its logarithm moves it by its own share.
        case
            when metric <> 'ticket_volume' then 1
            else cast(sum(measure) as double) / nullif(sum(cases), 0)
        end as scale
    from clusters
    group by {{ key | join(', ') }}, case_group, is_after
),

-- What each customer adds to the distance of the difference in differences from its true value.
influences as (
    select
        {% for column in key %}clusters.{{ column }}, {% endfor %}
        clusters.cluster_key,
        sum(cast(
            (case when clusters.case_group = 'changed' then 1 else -1 end)
            * (case when clusters.is_after then 1 else -1 end)
            * (cast(clusters.measure as double) - clusters.cases * cells.measure_mean) / nullif(cells.cases * cells.scale, 0)
            as decimal(38, 15)
        )) as influence
    from clusters
    inner join cells
        on {% for column in key + ['case_group', 'is_after'] %}clusters.{{ column }} = cells.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    group by {% for column in key %}clusters.{{ column }}, {% endfor %}clusters.cluster_key
),

errors as (
    select
        {{ key | join(', ') }},
        case
            when count(*) > 1
                then sqrt(sum(cast(cast(influence as double) * cast(influence as double) as decimal(38, 18)))
                * (count(*) / cast(count(*) - 1 as double)))
        end as standard_error
    from influences
    group by {{ key | join(', ') }}
),

pivoted as (
    select
        {{ key | join(', ') }},
        min(clusters) as fewest_clusters,
        min(cases) as fewest_cases,
        count(*) as cells_known,
        {% for group in ['changed', 'other'] %}
        {% for when, is_after in {'before': 'not is_after', 'after': 'is_after'}.items() %}
        {% for column, expression in {
            'cases': 'cases', 'mean': 'mean',
            'level': "case when metric = 'ticket_volume' then ln(nullif(measure_mean, 0)) else measure_mean end",
        }.items() %}
        max(case when case_group = '{{ group }}' and {{ is_after }} then {{ expression }} end) as {{ group }}_{{ column }}_{{ when }}{{ ',' if not (loop.last and when == 'after' and group == 'other') }}
        {% endfor %}
        {% endfor %}
        {% endfor %}
    from cells
    group by {{ key | join(', ') }}
),

judged as (
    select
        pivoted.*,
        windows.name,
        windows.kind,
        windows.team,
        windows.category,
        windows.target_metric,
        windows.started_on,
        {{ dbt.datediff('windows.started_on', 'windows.after_until', 'day') }} as days_after,
        metrics.unit,
        metrics.better,
        metrics.unit = 'seconds' or pivoted.metric = 'ticket_volume' as is_by_ratio,
        windows.has_others,
        windows.after_until <= clock.today and windows.before_from >= began.first_on as is_complete,
        errors.standard_error,
        pivoted.changed_level_after - pivoted.changed_level_before
        - case
            when windows.has_others then pivoted.other_level_after - pivoted.other_level_before
            else 0
        end as level_effect
    from pivoted
    inner join windows
        on pivoted.change_key = windows.change_key
        and pivoted.window_days = windows.window_days
    inner join errors
        on {% for column in key %}pivoted.{{ column }} = errors.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    inner join {{ ref('int_metrics_defined') }} as metrics
        on pivoted.metric = metrics.metric
    inner join began
        on pivoted.metric = began.metric
    cross join clock
    where pivoted.fewest_clusters >= {{ least_clusters }}
        and pivoted.fewest_cases >= metrics.minimum_sample
        and pivoted.cells_known = case when windows.has_others then 4 else 2 end
),

-- What the changed group would have come to without the change.
expected as (
    select
        *,
        case
            when is_by_ratio then changed_mean_after / exp(level_effect)
            else changed_mean_after - level_effect
        end as without_it,
        level_effect - {{ var('z_95') }} * standard_error as level_low,
        level_effect + {{ var('z_95') }} * standard_error as level_high
    from judged
    where level_effect is not null
),

effects as (
    select
        *,
        case when is_by_ratio then changed_mean_after - without_it else level_effect end as effect,
        {% for end in ['low', 'high'] %}
        case when is_by_ratio then without_it * (exp(level_{{ end }}) - 1) else level_{{ end }} end as effect_ci_{{ end }},
        case when is_by_ratio then exp(level_{{ end }}) - 1 when without_it > 0 then level_{{ end }} / without_it end
            as relative_effect_ci_{{ end }},
        {% endfor %}
        case when is_by_ratio then exp(level_effect) - 1 when without_it > 0 then level_effect / without_it end as relative_effect,
        level_low > 0 or level_high < 0 as is_effect
    from expected
),

labels as (
    select metric, name from {{ ref('metric_labels') }} where language = 'en'
),

{# A day's tickets are no whole number. #}
{% set words = {} %}
{% for name in ['changed_mean_before', 'changed_mean_after', 'other_mean_before', 'other_mean_after'] %}
{% do words.update({name: "case when effects.metric = 'ticket_volume' then " ~ rounded_text('effects.' ~ name, 1)
    ~ " || ' a day' else " ~ in_words('effects.unit', 'effects.' ~ name) ~ ' end'}) %}
{% endfor %}
{% for name in ['effect', 'effect_ci_low', 'effect_ci_high'] %}
{% do words.update({name: "case when effects.metric = 'ticket_volume' then case when effects." ~ name ~ " > 0 then '+' else '' end || "
    ~ rounded_text('effects.' ~ name, 1) ~ " || ' a day' else " ~ difference_in_words('effects.unit', 'effects.' ~ name) ~ ' end'}) %}
{% endfor %}
final as (
    select
        effects.change_key,
        effects.name,
        effects.kind,
        effects.team,
        effects.category,
        effects.metric,
        coalesce(effects.metric = effects.target_metric, false) as is_target_metric,
        effects.window_days,
        effects.days_after,
        cast(effects.changed_cases_before as bigint) as cases_before,
        cast(effects.changed_cases_after as bigint) as cases_after,
        round(effects.changed_mean_before, 6) as value_before,
        round(effects.changed_mean_after, 6) as value_after,
        cast(effects.other_cases_before as bigint) as other_cases_before,
        cast(effects.other_cases_after as bigint) as other_cases_after,
        round(effects.other_mean_before, 6) as other_value_before,
        round(effects.other_mean_after, 6) as other_value_after,
        round(effects.without_it, 6) as value_without_change,
        round(effects.effect, 6) as effect,
        round(effects.effect_ci_low, 6) as effect_ci_low,
        round(effects.effect_ci_high, 6) as effect_ci_high,
        round(effects.relative_effect, 6) as relative_effect,
        round(effects.relative_effect_ci_low, 6) as relative_effect_ci_low,
        round(effects.relative_effect_ci_high, 6) as relative_effect_ci_high,
        effects.is_effect,
        case effects.better when 'higher' then effects.effect > 0 when 'lower' then effects.effect < 0 end as is_better,
        effects.has_others,
        effects.is_complete,
        also_changed.other_changes,
        coalesce(labels.name, effects.metric)
        || coalesce(' of team ' || effects.team, '') || coalesce(' of category ' || effects.category, '')
        || ' went from ' || {{ words.changed_mean_before }} || ' to ' || {{ words.changed_mean_after }}
        || ' in the ' || cast(effects.days_after as varchar) || ' days after ' || effects.name
        || ' (' || effects.kind || ', ' || cast(effects.started_on as varchar) || ')'
        || case
            when effects.has_others
                then '; elsewhere it went from ' || {{ words.other_mean_before }} || ' to ' || {{ words.other_mean_after }}
            else '; nobody was without it, so other causes count too'
        end
        || '. ' || case
            when not effects.is_effect then 'No effect can be told: '
            when effects.has_others then 'The change made '
            else 'After less before is '
        end
        || {{ words.effect }}
        || coalesce(' (' || case when effects.relative_effect > 0 then '+' else '' end || {{ rounded_text('100 * effects.relative_effect', 0) }} || ' %)', '')
        || ', 95 % interval ' || {{ words.effect_ci_low }} || ' to ' || {{ words.effect_ci_high }} || '.'
        || coalesce(' The same group also had: ' || also_changed.other_changes || '.', '') as sentence,
        effects.started_on
    from effects
    left join also_changed
        on effects.change_key = also_changed.change_key
        and effects.window_days = also_changed.window_days
    left join labels
        on effects.metric = labels.metric
)

select * from final
