{# The metrics of models/metrics that belong to the catalogue, as dictionaries: what the semantic layer computes is
   what the catalogue says. Metrics without a unit are parts of others. Empty while dbt parses. #}
{% macro catalogued_metrics() %}
    {% set places = {} %}
    {% set semantic_models = graph.semantic_models.values() if execute else [] %}
    {% for semantic_model in semantic_models %}
        {% for measure in semantic_model.measures %}
            {% do places.update({measure.name: {'semantic_model': semantic_model, 'measure': measure}}) %}
        {% endfor %}
    {% endfor %}
    {% set found = [] %}
    {% for metric in (graph.metrics.values() if execute else []) if metric.config.meta.unit %}
        {% set meta = metric.config.meta %}
        {% set place = places[metric.type_params.input_measures[0].name] %}
        {% set semantic_model = place.semantic_model %}
        {% set time = place.measure.agg_time_dimension or semantic_model.defaults.agg_time_dimension %}
        {% set day = semantic_model.dimensions | selectattr('name', 'equalto', time) | first %}
        {% do found.append({
            'metric': metric.name,
            'family': metric.original_file_path.split('/')[-1].split('.')[0],
            'unit': meta.unit,
            'better': meta.better,
            'minimum_sample': meta.minimum_sample,
            'definition': metric.description,
            'formula': metric_formula(metric, places),
            'grain': semantic_model.description,
            'clock': day.description ~ (' Measured in ' ~ meta.clock ~ '.' if meta.clock else ''),
            'exclusions': semantic_model.config.meta.exclusions,
            'owner': meta.owner,
            'definition_source': meta.source,
            'model': semantic_model.node_relation.schema_name ~ '.' ~ semantic_model.node_relation.alias,
            'time_column': day.expr or day.name,
            'rows_condition': rows_condition(metric, places),
            'semantic_model': semantic_model.name,
        }) %}
    {% endfor %}
    {{ return(found | sort(attribute='metric')) }}
{% endmacro %}

{# What a metric computes, in SQL over its model. #}
{% macro metric_formula(metric, places) %}
    {% set parts = metric.type_params %}
    {% set measures = {} %}
    {% for each in parts.input_measures %}
        {% do measures.update({each.name: aggregated(places[each.name].measure)}) %}
    {% endfor %}
    {% if metric.type == 'ratio' %}
        {{ return(measures[parts.numerator.name] ~ ' / ' ~ measures[parts.denominator.name]) }}
    {% elif metric.type == 'derived' %}
        {% set formula = namespace(text=parts.expr) %}
        {% for name in measures | sort | reverse %}
            {% set formula.text = modules.re.sub('\\b' ~ name ~ '\\b', measures[name], formula.text) %}
        {% endfor %}
        {{ return(formula.text) }}
    {% endif %}
    {{ return(measures[parts.measure.name]) }}
{% endmacro %}

{% macro aggregated(measure) %}
    {% if measure.agg == 'percentile' %}
        {{ return('percentile_cont(' ~ measure.agg_params.percentile ~ ') within group (order by ' ~ measure.expr ~ ')') }}
    {% endif %}
    {% if measure.non_additive_dimension %}
        {# A state: of the rows of the whole company, or of a value, the last one. #}
        {{ return("last_state(" ~ measure.expr ~ ")") }}
    {% endif %}
    {{ return({'average': 'avg'}.get(measure.agg, measure.agg) ~ '(' ~ measure.expr ~ ')') }}
{% endmacro %}

{# The rows behind a metric: those that its last part, a ratio's denominator, counts. Empty for a state. #}
{% macro rows_condition(metric, places) %}
    {% set parts = metric.type_params %}
    {% set name = parts.denominator.name if metric.type == 'ratio' else (parts.metrics | last).name if metric.type == 'derived' else parts.measure.name %}
    {% set measure = places[name].measure %}
    {% if measure.non_additive_dimension %}
        {{ return('') }}
    {% endif %}
    {{ return('(' ~ measure.expr ~ ')' ~ (' <> 0' if measure.agg == 'sum' else ' is not null')) }}
{% endmacro %}

{# A text as an SQL literal. #}
{% macro quoted(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}
