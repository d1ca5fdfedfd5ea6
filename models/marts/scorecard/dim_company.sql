-- Grain: one row, the company and the moment for which the numbers are true.
with

final as (
    select
        cast('{{ var("company_name") | replace("'", "''") }}' as varchar) as company_name,
        cast('{{ var("reporting_timezone") }}' as varchar) as reporting_timezone,
        cast('{{ var("reporting_currency") }}' as varchar) as reporting_currency,
        as_of_at
    from {{ ref('int_as_of') }}
)

select * from final
