{# What can follow a session of a customer's journey: the column of fct_journey_sessions that says so, and the name of
   its rate. #}
{% macro journey_outcomes() %}
    {{ return({
        'has_bought_after': 'repurchase_rate',
        'has_left_after': 'leaving_rate',
        'has_answered_low_after': 'low_score_rate',
    }) }}
{% endmacro %}

{# Aggregates of them, and the columns they become. #}
{% macro journey_outcome_aggregates() -%}
    {% for column, rate in journey_outcomes().items() -%}
    count({{ column }}) as sessions_for_{{ rate }},
    count(*) filter (where {{ column }}) as sessions_{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{% macro journey_outcome_columns(relation) -%}
    {% for column, rate in journey_outcomes().items() -%}
    {{ rate_statistics(relation, 'sessions_' ~ column, 'sessions_for_' ~ rate, rate) }}{{ ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}
