-- Grain: one row per customer. What several records say is taken from the first of them that says it.
{% set attributes = ['segment', 'industry', 'region', 'country', 'timezone'] %}
with

records as (
    select
        resolved.customer_key,
        resolved.record_kind,
        resolved.source_system,
        resolved.record_id,
        resolved.record_label,
        resolved.rank_in_customer,
        accounts.created_at,
        {% for attribute in attributes %}
        accounts.{{ attribute }},
        {% endfor %}
        -- A closure after as_of has not happened yet.
        case when accounts.closed_at <= clock.as_of_at then accounts.closed_at end as closed_at
    from {{ ref('int_customers_resolved') }} as resolved
    cross join {{ ref('int_as_of') }} as clock
    left join {{ ref('int_accounts_united') }} as accounts
        on resolved.record_kind = 'account'
        and resolved.source_system = accounts.source_system
        and resolved.record_id = accounts.account_id
),

final as (
    select
        customer_key,
        max(case when rank_in_customer = 1 then record_kind end) as customer_kind,
        max(case when rank_in_customer = 1 then source_system end) as source_system,
        max(case when rank_in_customer = 1 then record_id end) as account_id,
        max(case when rank_in_customer = 1 then record_label end) as account_name,
        {% for attribute in attributes %}
        min_by({{ attribute }}, rank_in_customer) filter (where {{ attribute }} is not null) as {{ attribute }},
        {% endfor %}
        count(*) as records,
        count(distinct source_system) as systems,
        -- A customer is gone when every account it has is closed.
        count(*) filter (where record_kind = 'account' and closed_at is null) > 0 or count(closed_at) = 0 as is_open,
        min(created_at) as created_at,
        max(closed_at) as last_closed_at
    from records
    group by customer_key
)

select * from final
