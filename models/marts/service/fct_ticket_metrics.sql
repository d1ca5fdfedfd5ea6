-- Grain: one row per period, first day of it, scope and value of the scope.
-- A ticket counts where the metric's own event happened: created, first resolved, last resolved.
{% set scopes = ['channel', 'category', 'priority', 'team', 'segment', 'offering', 'language'] %}
with

tickets as (
    select
        tickets.*,
        customers.segment,
        offerings.offering_name as offering,
        {{ reporting_day('tickets.full_resolved_at') }} as full_resolved_on,
        -- A ticket closed without a known time of resolution still was resolved.
        {{ reporting_day('coalesce(tickets.first_resolved_at, tickets.closed_at)') }}
            as first_resolved_on
    from {{ ref('fct_tickets') }} as tickets
    left join {{ ref('dim_customers') }} as customers
        on tickets.customer_key = customers.customer_key
    left join {{ ref('dim_offerings') }} as offerings
        on tickets.offering_key = offerings.offering_key
    where tickets.is_eligible
),

created as (
    select
        created_on as day,
        {{ scopes | join(', ') }},
        first_response_calendar_seconds as seconds,
        is_response_known,
        is_response_known and is_answerable and not is_resolved and first_response_at is null
            as is_waiting
    from tickets
),

settled as (
    select
        full_resolved_on as day,
        {{ scopes | join(', ') }},
        full_resolution_calendar_seconds as seconds
    from tickets
    where full_resolved_on is not null
),

resolved as (
    select
        first_resolved_on as day,
        {{ scopes | join(', ') }},
        was_reopened
    from tickets
    where first_resolved_on is not null
        and (is_resolved or first_resolved_at is not null)
        and is_reopening_known
),

by_creation as (
    {{ by_period_and_scope('created', scopes, [
        'count(*) as tickets_created',
        'count(*) filter (where is_response_known) as tickets_with_known_response',
        'count(*) filter (where is_waiting) as tickets_unanswered',
        duration_aggregates('seconds', 'first_response'),
    ]) }}
),

by_settlement as (
    {{ by_period_and_scope('settled', scopes, [duration_aggregates('seconds', 'full_resolution')]) }}
),

by_resolution as (
    {{ by_period_and_scope('resolved', scopes, [
        'count(*) as tickets_resolved',
        'count(*) filter (where was_reopened) as tickets_reopened',
    ]) }}
),

observed as (
    select period, period_start, scope, scope_value from by_creation
    union all
    select period, period_start, scope, scope_value from by_resolution
),

spine as (
    {{ every_period('observed') }}
),

final as (
    select
        spine.period,
        spine.period_start,
        spine.scope,
        spine.scope_value,
        spine.is_complete,
        coalesce(by_creation.tickets_created, 0) as tickets_created,
        coalesce(by_creation.tickets_with_known_response, 0) as tickets_with_known_response,
        coalesce(by_creation.tickets_unanswered, 0) as tickets_unanswered,
        {{ duration_statistics('by_creation', 'first_response', 'response_t.quantile_975') }},
        {{ duration_statistics('by_settlement', 'full_resolution', 'resolution_t.quantile_975') }},
        coalesce(by_resolution.tickets_resolved, 0) as tickets_resolved,
        coalesce(by_resolution.tickets_reopened, 0) as tickets_reopened,
        {% set rate = 'by_resolution.tickets_reopened / nullif(cast(by_resolution.tickets_resolved as double), 0)' %}
        round({{ rate }}, 6) as reopen_rate,
        round({{ wilson_bound(rate, 'by_resolution.tickets_resolved', -1) }}, 6) as reopen_rate_ci_low,
        round({{ wilson_bound(rate, 'by_resolution.tickets_resolved', 1) }}, 6) as reopen_rate_ci_high
    from spine
    {% for relation in ['by_creation', 'by_settlement', 'by_resolution'] %}
    {{ join_counted('spine', relation) }}
    {% endfor %}
    left join {{ ref('student_t_quantiles') }} as response_t
        on response_t.degrees_of_freedom = by_creation.first_response_count - 1
    left join {{ ref('student_t_quantiles') }} as resolution_t
        on resolution_t.degrees_of_freedom = by_settlement.full_resolution_count - 1
)

select * from final
