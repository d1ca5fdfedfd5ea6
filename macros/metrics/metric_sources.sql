{# Where each metric of the catalogue is read from: the wide mart and its columns. Add a metric here when
   its mart has it; fct_metric_values then carries it to every reader. #}
{% macro metric_sources() %}
    {% set found = [] %}
    {% set tickets, interactions, agents = 'fct_ticket_metrics', 'fct_interaction_metrics', 'fct_agent_metrics' %}
    {% set surveys, texts = 'fct_survey_metrics', 'fct_sentiment_metrics' %}
    {% set purchases, retention, transactions = 'fct_purchase_metrics', 'fct_retention_metrics', 'fct_transaction_metrics' %}
    {% set revenue, wallet, worth, returns = 'fct_revenue_movements', 'fct_wallet_metrics', 'fct_value_metrics', 'fct_return_metrics' %}
    {# Counts. #}
    {% for metric, mart, value, sample_size in [
        ('ticket_volume', tickets, 'tickets_created', 'tickets_created'),
        ('unanswered_tickets', tickets, 'tickets_unanswered', 'tickets_with_known_response'),
        ('recurring_issue_index', tickets, 'customer_hours_lost', 'tickets_created'),
        ('ticket_backlog', 'fct_ticket_backlog', 'tickets_open', 'tickets_open'),
        ('interactions_offered', interactions, 'interactions_offered', 'interactions_known'),
        ('interactions_handled', interactions, 'interactions_handled', 'interactions_known'),
        ('service_cost', 'fct_cost_metrics', 'service_cost', '1'),
        ('repeat_purchase_count', purchases, 'repeat_purchases', 'repeat_purchases'),
        ('repeat_purchase_value', purchases, 'repeat_purchase_value', 'repeat_purchases'),
        ('active_customers', retention, 'active_customers', 'active_customers'),
        ('transactions', transactions, 'transactions', 'transactions'),
        ('transaction_value', transactions, 'transaction_value', 'transactions'),
        ('service_benefit', returns, 'service_benefit', '1'),
        ('recurring_revenue', revenue, 'closing_revenue', 'customers_at_end'),
    ] %}
        {% do found.append({'metric': metric, 'mart': mart, 'numerator': value, 'value': value,
            'sample_size': sample_size}) %}
    {% endfor %}
    {# Shares of cases. #}
    {% for metric, mart, numerator, denominator in [
        ('first_response_within_1h', tickets, 'tickets_answered_within_1h', 'tickets_due_within_1h'),
        ('first_response_within_24h', tickets, 'tickets_answered_within_24h', 'tickets_due_within_24h'),
        ('first_contact_resolution_rate', tickets, 'tickets_resolved_at_first_contact',
            'tickets_past_repeat_window'),
        ('reopen_rate', tickets, 'tickets_reopened', 'tickets_resolved'),
        ('reassignment_rate', tickets, 'tickets_reassigned', 'tickets_resolved_with_assignments'),
        ('escalation_rate', tickets, 'tickets_escalated', 'tickets_resolved_with_priorities'),
        ('reported_sla_compliance_rate', tickets, 'tickets_reported_within_sla',
            'tickets_with_reported_sla'),
        ('sla_compliance_rate', 'fct_sla_metrics', 'targets_met', 'targets_judged'),
        ('sla_ticket_compliance_rate', 'fct_sla_metrics', 'tickets_within_sla', 'tickets_judged'),
        ('abandonment_rate', interactions, 'interactions_abandoned', 'interactions_offered'),
        ('service_level', interactions, 'interactions_answered_in_time',
            'interactions_with_service_level'),
        ('ivr_containment_rate', interactions, 'interactions_self_served', 'interactions_in_ivr'),
        ('agent_resolution_rate', agents, 'assigned_resolved', 'assigned'),
        ('fcr_customer_reported', surveys, 'issues_resolved', 'issue_answers'),
        ('survey_response_rate', surveys, 'invitations_answered', 'invitations_sent'),
        ('csat', surveys, 'csat_positive', 'csat_answers'),
        ('ease_of_doing_business', surveys, 'ces_positive', 'ces_answers'),
        ('detractor_follow_up_rate', 'fct_follow_up_metrics', 'low_answers_followed_up', 'low_answers'),
        ('negative_text_rate', texts, 'texts_negative', 'sentiment_count'),
        ('slow_answer_rate', texts, 'texts_slow_answer', 'texts_written'),
        ('unclear_answer_rate', texts, 'texts_unclear_answer', 'texts_written'),
        ('repeat_purchase_rate', purchases, 'repeat_buyers', 'buyers'),
        ('churn_rate', retention, 'customers_churned', 'customers_at_start'),
        ('retention_rate', retention, 'customers_retained', 'customers_at_start'),
        ('transaction_share', transactions, 'case when transaction_share is not null then transactions end',
            'case when transaction_share is not null then all_transactions end'),
        ('return_rate', transactions, 'orders_returned', 'orders_delivered'),
    ] %}
        {% do found.append({'metric': metric, 'mart': mart, 'numerator': numerator,
            'denominator': denominator, 'value': metric, 'sample_size': denominator}) %}
    {% endfor %}
    {% for side, other in emotion_pairs() %}
        {% for one in [side, other] %}
            {% do found.append({'metric': 'emotion_' ~ one, 'mart': texts, 'numerator': 'texts_' ~ one,
                'denominator': 'texts_with_lexicon', 'value': 'emotion_' ~ one,
                'sample_size': 'texts_with_lexicon'}) %}
        {% endfor %}
    {% endfor %}
    {# Ratios of sums, and scores whose sample is not their denominator. #}
    {% for metric, mart, numerator, denominator, sample_size, has_interval in [
        ('ease_of_doing_business_weighted', surveys, 'ces_positive_weight', 'ces_weight', 'ces_answers', true),
        ('csat_weighted', surveys, 'csat_positive_weight', 'csat_weight', 'csat_answers', true),
        ('nps', surveys, 'nps_promoter - nps_detractor', 'nps_answers', 'nps_answers', true),
        ('nps_weighted', surveys, 'nps_net_weight', 'nps_weight', 'nps_answers', true),
        ('nps_of_customers', 'fct_nps_standings', 'promoters - detractors', 'customers', 'customers', true),
        ('csat_mean', surveys, 'csat_sum', 'csat_count', 'csat_count', true),
        ('ces_mean', surveys, 'ces_sum', 'ces_count', 'ces_count', true),
        ('agent_quality_score', agents, 'quality_sum', 'reviews', 'reviews', true),
        ('agent_adherence', agents, 'adherent_seconds', 'adherence_known_seconds',
            'case when adherence_known_seconds > 0 then agents_scheduled else 0 end', false),
        ('agent_utilisation', agents, 'handle_seconds_while_scheduled', 'scheduled_seconds', 'agents_scheduled',
            false),
        ('agent_workload', agents, 'done_while_scheduled', 'scheduled_seconds / 3600.0', 'agents_scheduled',
            false),
        ('cost_per_ticket', 'fct_cost_metrics', 'service_cost', 'tickets_resolved', 'tickets_resolved', false),
        ('cost_per_contact', 'fct_cost_metrics', 'service_cost', 'contacts', 'contacts', false),
        ('cost_per_resolution', 'fct_cost_metrics', 'service_cost', 'matters_settled', 'matters_settled', false),
        ('revenue_churn_rate', revenue, 'churned_revenue + contraction_revenue', 'opening_revenue',
            'customers_at_start', false),
        ('net_revenue_retention_rate', revenue,
            'opening_revenue + expansion_revenue - contraction_revenue - churned_revenue', 'opening_revenue',
            'customers_at_start', false),
        ('share_of_wallet_offerings', wallet, 'offerings_used', 'offerings_open_to_customers', 'customers_using', true),
        ('share_of_wallet_spend', wallet, 'spend', 'estimated_spend', 'customers_estimated', false),
        ('customer_lifetime_value', worth, 'margin_to_date', 'customers_to_date', 'customers_to_date', false),
        ('churn_risk', worth, 'expected_to_leave', 'customers_judged', 'customers_judged', false),
        ('service_roi', returns, 'service_return', 'service_cost', '1', false),
    ] %}
        {% do found.append({'metric': metric, 'mart': mart, 'numerator': numerator,
            'denominator': denominator, 'value': metric, 'sample_size': sample_size,
            'has_interval': has_interval}) %}
    {% endfor %}
    {# Means. #}
    {% for metric, mart, name in [
        ('sentiment_score', texts, 'sentiment'),
        ('days_between_purchases', purchases, 'days_between_purchases'),
        ('expected_lifetime_value', worth, 'expected_lifetime_value'),
    ] %}
        {% do found.append({'metric': metric, 'mart': mart, 'numerator': name ~ '_sum',
            'denominator': name ~ '_count', 'value': name ~ '_mean', 'sample_size': name ~ '_count'}) %}
    {% endfor %}
    {# Durations: the mean, and the quantiles beside it. #}
    {% for metric, mart, name in [
        ('first_response_time', tickets, 'first_response'),
        ('first_response_business_time', tickets, 'first_response_business'),
        ('response_time', tickets, 'response'),
        ('response_business_time', tickets, 'response_business'),
        ('first_resolution_time', tickets, 'first_resolution'),
        ('first_resolution_business_time', tickets, 'first_resolution_business'),
        ('full_resolution_time', tickets, 'full_resolution'),
        ('full_resolution_business_time', tickets, 'full_resolution_business'),
        ('requester_wait_time', tickets, 'requester_wait'),
        ('agent_wait_time', tickets, 'agent_wait'),
        ('average_handle_time', interactions, 'handle'),
        ('average_speed_of_answer', interactions, 'speed_of_answer'),
    ] %}
        {% set seconds = name ~ '_seconds' %}
        {% set count = name ~ '_count' %}
        {% do found.append({'metric': metric, 'mart': mart, 'numerator': seconds ~ '_sum',
            'denominator': count, 'value': seconds ~ '_mean', 'sample_size': count}) %}
        {% for label, p in duration_quantiles() %}
            {% do found.append({'metric': metric | replace('average_', '') ~ '_' ~ label, 'mart': mart,
                'value': seconds ~ '_' ~ label, 'sample_size': count}) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
