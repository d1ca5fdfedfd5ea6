-- Grain: one row per fit (check, final) and time a customer was under contract that had begun by the fit's last day:
-- how many months it lasted, as known then. Months are of 30.4375 days; who left in the first month renewed 0 times.
-- Files often begin with the customers who were still there, of whom nobody can be seen to leave before. So lives are
-- observed from the day on which one in twenty of those who left had left: who left before is left out, and of the
-- others the months before it count for nothing.
with

split as (
    {{ both_fits() }}
),

lives as (
    select
        split.fit,
        split.learned_until,
        split.today,
        spells.customer_key,
        spells.is_latest,
        spells.began_on,
        spells.left_on,
        case when spells.left_on <= split.learned_until then spells.left_on end as left_by_then_on
    from {{ ref('int_contract_spells') }} as spells
    inner join split
        on spells.began_on <= split.learned_until
),

leavers as (
    select
        fit,
        left_by_then_on,
        row_number() over (partition by fit order by left_by_then_on) as place,
        count(*) over (partition by fit) as leavers
    from lives
    where left_by_then_on is not null
),

observed as (
    select fit, min(left_by_then_on) as observed_from
    from leavers
    where place >= 0.05 * leavers
    group by fit
),

final as (
    select
        lives.fit,
        lives.customer_key,
        lives.is_latest,
        lives.left_by_then_on is not null as has_left,
        cast(floor({{ dbt.datediff('lives.began_on', 'coalesce(lives.left_by_then_on, lives.learned_until)', 'day') }} / 30.4375) as bigint)
            as renewals,
        case
            when lives.began_on < observed.observed_from
                then cast(floor({{ dbt.datediff('lives.began_on', 'observed.observed_from', 'day') }} / 30.4375) as bigint)
            else 0
        end as renewals_before,
        coalesce(lives.left_by_then_on >= observed.observed_from, true) as is_observed,
        -- Whether who had not left by then left until as_of, and how many months that is.
        lives.left_by_then_on is null and lives.left_on is not null as left_after,
        cast(round({{ dbt.datediff('lives.learned_until', 'lives.today', 'day') }} / 30.4375) as bigint) as months_after
    from lives
    left join observed
        on lives.fit = observed.fit
)

select * from final
