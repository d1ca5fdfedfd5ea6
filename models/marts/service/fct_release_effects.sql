-- Grain: one row per release and set of tickets it may have moved (all, and those of its own category).
-- Two whole weeks after against two whole weeks before: each has every weekday twice. The interval is that
-- of a ratio of two counts.
{% set days = 14 %}
with

releases as (
    select source_system, change_id, name, started_on, category
    from {{ ref('int_process_changes_united') }}
    where kind = 'release'
),

compared as (
    select source_system, change_id, name, started_on, 'company' as scope, 'company' as scope_value
    from releases
    union all
    select source_system, change_id, name, started_on, 'category' as scope, category as scope_value
    from releases
    where category is not null
),

tickets as (
    select category, created_on from {{ ref('fct_tickets') }} where is_eligible
),

counted as (
    select
        compared.source_system,
        compared.change_id,
        compared.name,
        compared.started_on,
        compared.scope,
        compared.scope_value,
        count(*) filter (where tickets.created_on < compared.started_on) as tickets_before,
        count(*) filter (where tickets.created_on >= compared.started_on) as tickets_after
    from compared
    left join tickets
        on tickets.created_on >= {{ dbt.dateadd('day', -days, 'compared.started_on') }}
        and tickets.created_on < {{ dbt.dateadd('day', days, 'compared.started_on') }}
        and (compared.scope = 'company' or tickets.category = compared.scope_value)
    group by
        compared.source_system, compared.change_id, compared.name, compared.started_on, compared.scope,
        compared.scope_value
),

began as (
    select min(created_on) as first_on from tickets
),

judged as (
    select
        counted.*,
        -- Both windows have to be loaded, or the shorter one looks like an effect.
        {{ dbt.dateadd('day', days, 'counted.started_on') }} <= {{ reporting_day('clock.as_of_at') }}
        and began.first_on <= {{ dbt.dateadd('day', -days, 'counted.started_on') }} as is_complete
    from counted
    cross join {{ ref('int_as_of') }} as clock
    cross join began
    where counted.started_on <= {{ reporting_day('clock.as_of_at') }}
),

final as (
    {% set half = var('z_95') ~ ' * sqrt(1.0 / nullif(tickets_after, 0) + 1.0 / nullif(tickets_before, 0))' %}
    {% set ratio = 'tickets_after / nullif(cast(tickets_before as double), 0)' %}
    select
        {{ surrogate_key(['source_system', 'change_id']) }} as change_key,
        name,
        scope,
        scope_value,
        tickets_before,
        tickets_after,
        case when is_complete then round({{ ratio }} - 1, 6) end as uplift,
        case when is_complete then round(exp(ln(nullif({{ ratio }}, 0)) - {{ half }}) - 1, 6) end as uplift_ci_low,
        case when is_complete then round(exp(ln(nullif({{ ratio }}, 0)) + {{ half }}) - 1, 6) end as uplift_ci_high,
        coalesce(is_complete, false) as is_complete,
        started_on
    from judged
)

select * from final
