-- Grain: one row per category of offerings, and '*' for any, with the share of an amount that is margin: as
-- margin_shares states it, or as the lines with a cost show it; for a category that says neither, as '*'.
with

lines as (
    select coalesce(category, '*') as category, reporting_amount as amount, reporting_cost_amount as cost
    from {{ ref('int_order_lines_converted') }}
),

seen as (
    select category, amount, cost from lines where category <> '*'
    union all
    select '*' as category, amount, cost from lines
),

observed as (
    select
        category,
        cast(sum(amount - cost) as double) / nullif(cast(sum(case when cost is not null then amount end) as double), 0)
            as margin_share
    from seen
    group by category
),

categories as (
    select category from observed
    union
    select category from {{ ref('margin_shares') }}
    union
    select category from {{ ref('int_offerings_united') }} where category is not null
    union
    select '*' as category
),

own as (
    select
        categories.category,
        coalesce(stated.margin_share, round(observed.margin_share, 6)) as margin_share,
        stated.margin_share is not null as is_stated
    from categories
    left join observed
        on categories.category = observed.category
    left join {{ ref('margin_shares') }} as stated
        on categories.category = stated.category
),

final as (
    select
        own.category,
        coalesce(own.margin_share, any_category.margin_share) as margin_share,
        own.is_stated
    from own
    left join own as any_category
        on any_category.category = '*'
)

select * from final
