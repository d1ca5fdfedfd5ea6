-- Grain: one row per period, first day of it, scope and value of the scope.
-- What customers think at the period's end, or as of now in the running one: of each, the latest answer counts, for
-- as many days as it stands. A person stands for itself, an answer without a person for its customer.
{% set scopes = ['survey', 'segment', 'language'] %}
with

answers as (
    select
        responses.survey_id as survey,
        customers.segment,
        responses.language,
        responses.answer_group,
        responses.responded_on,
        lead(responses.responded_on) over (
            partition by responses.respondent_key
            order by responses.responded_at, responses.survey_response_key
        ) as next_responded_on
    from {{ ref('fct_survey_responses') }} as responses
    left join {{ ref('dim_customers') }} as customers
        on responses.customer_key = customers.customer_key
    where responses.is_answer
        and responses.survey_type = 'nps'
        and responses.respondent_key is not null
        and responses.is_eligible
),

periods as (
    select
        periods.period,
        periods.period_start,
        least(
            {{ dbt.dateadd('day', -1, 'periods.period_end') }}, {{ reporting_day('clock.as_of_at') }}
        ) as last_day
    from {{ ref('dim_periods') }} as periods
    cross join {{ ref('int_as_of') }} as clock
    where periods.period_start <= {{ reporting_day('clock.as_of_at') }}
),

standing as (
    select
        periods.period,
        periods.period_start,
        answers.answer_group,
        {% for scope in scopes -%}
        coalesce(answers.{{ scope }}, '(none)') as scope_{{ scope }}{{ ',' if not loop.last }}
        {% endfor %}
    from answers
    inner join periods
        on answers.responded_on <= periods.last_day
        and {{ dbt.dateadd('day', var('survey_standing_days'), 'answers.responded_on') }} > periods.last_day
        and (answers.next_responded_on is null or answers.next_responded_on > periods.last_day)
),

counted as (
    select
        period,
        period_start,
        case
            {% for scope in scopes -%}
            when grouping(scope_{{ scope }}) = 0 then '{{ scope }}'
            {% endfor -%}
            else 'company'
        end as scope,
        coalesce(scope_{{ scopes | join(', scope_') }}, 'company') as scope_value,
        count(*) as customers,
        {% for name in ['promoter', 'passive', 'detractor'] -%}
        count(*) filter (where answer_group = '{{ name }}') as {{ name }}s{{ ',' if not loop.last }}
        {% endfor %}
    from standing
    group by grouping sets (
        (period, period_start),
        {% for scope in scopes -%}
        (period, period_start, scope_{{ scope }}){{ ',' if not loop.last }}
        {% endfor %}
    )
),

shares as (
    select
        *,
        promoters / nullif(cast(customers as double), 0) as promoter_share,
        detractors / nullif(cast(customers as double), 0) as detractor_share
    from counted
),

spine as (
    {{ every_period('counted') }}
),

final as (
    select
        {{ spine_columns() }},
        coalesce(shares.customers, 0) as customers,
        coalesce(shares.promoters, 0) as promoters,
        coalesce(shares.passives, 0) as passives,
        coalesce(shares.detractors, 0) as detractors,
        {{ net_score('nps_of_customers', 'shares.promoter_share', 'shares.detractor_share', 'shares.customers') }}
    from spine
    {{ join_counted('spine', 'shares') }}
)

select * from final
