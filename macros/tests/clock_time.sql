{# Rows whose clock time is not written HH:MM. #}
{% test clock_time(model, column_name) %}
select {{ column_name }}
from {{ model }}
where {{ column_name }} is not null
    and {{ column_name }} <> '24:00'
    and try_cast('2000-01-01 ' || {{ column_name }} || ':00' as timestamp) is null
{% endtest %}
