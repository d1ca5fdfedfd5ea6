{# The scopes of what was asked and answered: those of the ticket or the contact it is about, and of the customer. #}
{% macro survey_scopes() %}
    {{ return(['survey', 'touchpoint', 'channel', 'category', 'priority', 'team', 'segment', 'language', 'agent']) }}
{% endmacro %}

{# What a relation with the keys of a ticket and a contact is about, as columns; needs `join_survey_subject`. #}
{% macro survey_subject(relation) -%}
    coalesce(tickets.channel, interactions.channel, {{ relation }}.channel) as contact_channel,
    tickets.category,
    tickets.priority,
    coalesce(tickets.team, agents.team) as team,
    coalesce(tickets.resolver_key, tickets.assignee_key, interactions.agent_key) as agent_key,
    -- What is said about a spam, test or merged ticket counts as little as the ticket.
    coalesce(tickets.is_eligible, true) as is_eligible
{%- endmacro %}

{% macro join_survey_subject(relation) %}
    left join {{ ref('fct_tickets') }} as tickets
        on {{ relation }}.ticket_key = tickets.ticket_key
    left join {{ ref('fct_interactions') }} as interactions
        on {{ relation }}.interaction_key = interactions.interaction_key
    left join {{ ref('dim_agents') }} as agents
        on coalesce(tickets.resolver_key, tickets.assignee_key, interactions.agent_key) = agents.agent_key
{% endmacro %}

{# The scopes of such a fact as columns, and the joins they need. #}
{% macro survey_scope_columns(relation) -%}
    {{ relation }}.survey_id as survey,
    {{ relation }}.touchpoint,
    {{ relation }}.contact_channel as channel,
    {{ relation }}.category,
    {{ relation }}.priority,
    {{ relation }}.team,
    customers.segment,
    {{ relation }}.language,
    agents.agent
{%- endmacro %}

{% macro join_survey_scopes(relation) %}
    left join {{ ref('dim_customers') }} as customers
        on {{ relation }}.customer_key = customers.customer_key
    left join {{ ref('dim_agents') }} as agents
        on {{ relation }}.agent_key = agents.agent_key
{% endmacro %}

{# What a survey asks about. #}
{% macro survey_touchpoint(relation) -%}
    case
        when {{ relation }}.ticket_id is not null then 'ticket'
        when {{ relation }}.interaction_id is not null then 'interaction'
        when {{ relation }}.order_id is not null then 'order'
        else 'relationship'
    end
{%- endmacro %}
