{# Where each metric of the catalogue is read from: the wide mart and its columns. Add a metric here when
   its mart has it; fct_metric_values then carries it to every reader. #}
{% macro metric_sources() %}
    {% set found = [
        {'metric': 'ticket_volume', 'mart': 'fct_ticket_metrics', 'numerator': 'tickets_created',
         'value': 'tickets_created', 'sample_size': 'tickets_created'},
        {'metric': 'unanswered_tickets', 'mart': 'fct_ticket_metrics',
         'numerator': 'tickets_unanswered', 'value': 'tickets_unanswered',
         'sample_size': 'tickets_with_known_response'},
        {'metric': 'reopen_rate', 'mart': 'fct_ticket_metrics', 'numerator': 'tickets_reopened',
         'denominator': 'tickets_resolved', 'value': 'reopen_rate',
         'sample_size': 'tickets_resolved'},
        {'metric': 'csat', 'mart': 'fct_survey_metrics', 'numerator': 'csat_positive',
         'denominator': 'csat_answers', 'value': 'csat', 'sample_size': 'csat_answers'},
        {'metric': 'csat_weighted', 'mart': 'fct_survey_metrics',
         'numerator': 'csat_positive_weight', 'denominator': 'csat_weight',
         'value': 'csat_weighted', 'sample_size': 'csat_answers'},
        {'metric': 'nps', 'mart': 'fct_survey_metrics', 'numerator': 'nps_promoter - nps_detractor',
         'denominator': 'nps_answers', 'value': 'nps', 'sample_size': 'nps_answers'},
        {'metric': 'nps_weighted', 'mart': 'fct_survey_metrics', 'numerator': 'nps_net_weight',
         'denominator': 'nps_weight', 'value': 'nps_weighted', 'sample_size': 'nps_answers'},
        {'metric': 'repeat_purchase_rate', 'mart': 'fct_purchase_metrics',
         'numerator': 'repeat_buyers', 'denominator': 'buyers', 'value': 'repeat_purchase_rate',
         'sample_size': 'buyers'},
    ] %}
    {% for name in ['first_response', 'full_resolution'] %}
        {% set seconds = name ~ '_seconds' %}
        {% set count = name ~ '_count' %}
        {% do found.append({'metric': name ~ '_time', 'mart': 'fct_ticket_metrics',
            'numerator': seconds ~ '_sum', 'denominator': count, 'value': seconds ~ '_mean',
            'sample_size': count}) %}
        {% for label, p in duration_quantiles() %}
            {% do found.append({'metric': name ~ '_time_' ~ label, 'mart': 'fct_ticket_metrics',
                'value': seconds ~ '_' ~ label, 'sample_size': count}) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
