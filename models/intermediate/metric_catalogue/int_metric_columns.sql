-- Grain: one row per metric and scope by which the rows behind it can be found, with the SQL condition that finds them;
-- {value} in it stands for the value of the scope, as a literal.
-- What the fact itself has is a column of it; what its customer, agent or offering has is looked up by key.
{% set of_entity = {
    'customer': ['customer_key', 'core.dim_customers', {'segment': 'segment', 'region': 'region', 'country': 'country', 'industry': 'industry'}],
    'offering': ['offering_key', 'core.dim_offerings', {'offering': 'offering_name'}],
    'agent': ['agent_key', 'core.dim_agents', {'agent': 'agent', 'team': 'team'}],
} %}
with

final as (
    {% set rows = [] %}
    {% for metric in catalogued_metrics() %}
        {% set semantic_model = graph.semantic_models['semantic_model.cx_warehouse.' ~ metric.semantic_model] %}
        {% set own = semantic_model.dimensions | selectattr('type', 'equalto', 'categorical') | list %}
        {% for dimension in own %}
            {% do rows.append([metric.metric, dimension.name, (dimension.expr or dimension.name) ~ ' = {value}']) %}
        {% endfor %}
        {% for entity in semantic_model.entities if entity.name in of_entity and entity.type == 'foreign' %}
            {% set key, table, columns = of_entity[entity.name] %}
            {% for scope, column in columns.items() if scope not in own | map(attribute='name') %}
                {% do rows.append([metric.metric, scope, entity.expr ~ ' in (select ' ~ key ~ ' from ' ~ table ~ ' where ' ~ column ~ ' = {value})']) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {% for metric, scope, condition in rows %}
    select
        {{ quoted(metric) }} as metric,
        {{ quoted(scope) }} as scope,
        {{ quoted(condition) }} as condition
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        cast(null as varchar) as metric,
        cast(null as varchar) as scope,
        cast(null as varchar) as condition
    {% endfor %}
)

select * from final
