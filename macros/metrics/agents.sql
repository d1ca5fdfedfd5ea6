{# What is counted or summed of an agent's day, and adds up over days and agents. #}
{% macro agent_measures() %}
    {{ return([
        'assigned', 'assigned_resolved', 'solved', 'fcr_judged', 'fcr', 'sla_judged', 'sla_met', 'csat_answers',
        'csat_positive', 'first_responses', 'first_response_seconds', 'handled', 'timed', 'handle_seconds',
        'reviews', 'quality', 'quality_squared', 'scheduled_seconds', 'adherence_known_seconds',
        'adherent_seconds',
    ]) }}
{% endmacro %}
