-- Grain: one row per combination of what rules depend on and SLA metric that a policy covers there.
with

scopes as (
    select * from {{ ref('int_service_scopes') }}
),

eras as (
    select era_number, valid_from_on from {{ ref('int_service_rules_dated') }}
),

policies as (
    select * from {{ ref('sla_policies') }}
),

matched as (
    select
        scopes.scope_id,
        policies.sla_metric,
        policies.policy,
        coalesce(policies.calendar, scopes.calendar, '24x7') as calendar,
        policies.target_minutes * 60 as target_seconds,
        row_number() over (
            partition by scopes.scope_id, policies.sla_metric
            order by policies.position nulls last, policies.policy nulls last, policies.target_minutes nulls last
        ) as choice
    from scopes
    inner join eras
        on scopes.era_number = eras.era_number
    inner join policies
        on eras.valid_from_on >= coalesce(policies.valid_from, date '1900-01-01')
        and eras.valid_from_on < coalesce(policies.valid_to, date '9999-12-31')
        {% for condition in ['priority', 'channel', 'segment', 'category', 'team'] -%}
        and (policies.{{ condition }} is null or policies.{{ condition }} = scopes.{{ condition }})
        {% endfor %}
),

final as (
    select scope_id, sla_metric, policy, calendar, target_seconds
    from matched
    where choice = 1
)

select * from final
