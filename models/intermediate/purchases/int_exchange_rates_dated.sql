-- Grain: one row per currency and interval [valid_from, valid_to) of its rate to the reporting currency.
with

rates as (
    select upper(currency) as currency, valid_from, rate
    from {{ ref('exchange_rates') }}
    where to_currency = '{{ var("reporting_currency") }}'
        and upper(currency) <> '{{ var("reporting_currency") }}'
),

final as (
    select
        currency,
        rate,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by currency order by valid_from), date '9999-12-31'
        ) as valid_to
    from rates
    union all
    select
        '{{ var("reporting_currency") }}' as currency,
        cast(1 as decimal(18, 8)) as rate,
        date '0001-01-01' as valid_from,
        date '9999-12-31' as valid_to
)

select * from final
