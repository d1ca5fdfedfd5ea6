-- Grain: one row per ticket and figure (first_response, resolution, sla) that the source reports itself.
-- Ours stands beside it; the explanation is the first rule by which the source's figure comes out, to the
-- minute. An SLA verdict is 1 for met and 0 for breached.
{% set tolerance = 60 %}
with

tickets as (
    select * from {{ ref('fct_tickets') }}
),

figures as (
    select
        ticket_key,
        'first_response' as figure,
        reported_first_response_seconds as reported_value,
        first_response_calendar_seconds as own_value,
        case
            when abs(reported_first_response_seconds - first_response_calendar_seconds) <= {{ tolerance }}
                then 'agrees'
            when abs(reported_first_response_seconds - first_response_business_seconds) <= {{ tolerance }}
                then 'business clock'
            when not is_response_known then 'no messages'
            when first_response_calendar_seconds is null then 'no reply by a human agent'
            else 'unexplained'
        end as explanation
    from tickets
    where reported_first_response_seconds is not null
    union all
    select
        ticket_key,
        'resolution' as figure,
        reported_resolution_seconds as reported_value,
        full_resolution_calendar_seconds as own_value,
        case
            {% for seconds, reason in [
                ('full_resolution_calendar_seconds', 'agrees'),
                ('full_resolution_business_seconds', 'business clock'),
                ('first_resolution_calendar_seconds', 'first resolution'),
                ('first_resolution_business_seconds', 'first resolution, business clock'),
                ('requester_wait_calendar_seconds', 'without pauses'),
                ('requester_wait_business_seconds', 'without pauses, business clock'),
            ] -%}
            when abs(reported_resolution_seconds - {{ seconds }}) <= {{ tolerance }} then '{{ reason }}'
            {% endfor -%}
            when full_resolution_calendar_seconds is null then 'not resolved'
            else 'unexplained'
        end as explanation
    from tickets
    where reported_resolution_seconds is not null
    union all
    select
        ticket_key,
        'sla' as figure,
        case when reported_sla_met then 1 else 0 end as reported_value,
        case when is_sla_met then 1 when not is_sla_met then 0 end as own_value,
        case
            when reported_sla_met = is_sla_met then 'agrees'
            when is_sla_met is null then 'no verdict'
            when reported_sla_met = is_resolution_target_met then 'resolution target only'
            {% for seconds, reason in [
                ('full_resolution_calendar_seconds', 'calendar clock with pauses'),
                ('full_resolution_business_seconds', 'business clock with pauses'),
                ('requester_wait_business_seconds', 'business clock'),
                ('requester_wait_calendar_seconds', 'calendar clock'),
            ] -%}
            when reported_sla_met = ({{ seconds }} <= resolution_target_seconds) then '{{ reason }}'
            {% endfor -%}
            else 'other policy'
        end as explanation
    from tickets
    where reported_sla_met is not null
),

final as (
    select
        ticket_key,
        figure,
        explanation,
        cast(reported_value as bigint) as reported_value,
        cast(own_value as bigint) as own_value,
        cast(own_value - reported_value as bigint) as difference
    from figures
)

select * from final
