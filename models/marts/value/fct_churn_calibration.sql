-- Grain: one row per tenth of the validated customers, by their probability of leaving: what was foretold, what came.
with

judged as (
    select
        probability,
        case when has_left then 1 else 0 end as has_left,
        ntile(10) over (order by probability, customer_key, snapshot_on) as tenth
    from {{ ref('int_churn_probabilities') }}
    where usage = 'validation'
),

counted as (
    select
        tenth,
        count(*) as customers,
        sum(has_left) as customers_left,
        avg(probability) as mean_probability
    from judged
    group by tenth
),

final as (
    select
        cast(tenth as integer) as tenth,
        {{ rate_statistics('counted', 'customers_left', 'customers', 'left_share') }},
        round(mean_probability, 6) as mean_probability
    from counted
)

select * from final
