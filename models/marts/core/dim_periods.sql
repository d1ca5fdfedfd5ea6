-- Grain: one row per period (day, week, month, quarter, year) and its first day.
with

days as (
    select date_day, week_start_on, month_start_on, quarter_start_on, year_start_on
    from {{ ref('dim_dates') }}
),

final as (
    {% for period in period_names() %}
    {% set start = 'date_day' if period == 'day' else period ~ '_start_on' %}
    select
        '{{ period }}' as period,
        {{ start }} as period_start,
        {{ period_end(period, start) }} as period_end
    from days
    group by {{ start }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
