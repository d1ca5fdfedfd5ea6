-- Grain: one row per axis and topic that customers raised in the days before as_of over which complaints recur, or in
-- as many days before those; ranked by how many customers raised it.
{% set change_half_width -%}
    {{ var('z_95') }} * sqrt(
            shares.share * (1 - shares.share) / nullif(shares.all_texts, 0)
            + shares.share_before * (1 - shares.share_before) / nullif(shares.all_texts_before, 0)
        )
{%- endset %}
with

clock as (
    select {{ reporting_day('as_of_at') }} as as_of_day from {{ ref('int_as_of') }}
),

texts as (
    select
        texts.*,
        texts.written_on > {{ dbt.dateadd('day', -var('complaint_days'), 'clock.as_of_day') }} as is_recent
    from {{ ref('fct_customer_texts') }} as texts
    cross join clock
    where texts.is_eligible
        and texts.written_on > {{ dbt.dateadd('day', -2 * var('complaint_days'), 'clock.as_of_day') }}
),

totals as (
    select
        count(*) filter (where is_recent) as texts,
        count(*) filter (where not is_recent) as texts_before
    from texts
),

raised as (
    {% for axis in ['reason', 'complaint'] -%}
    select '{{ axis }}' as axis, {{ axis }} as topic, customer_key, customer_text_key, sentiment_score, is_recent
    from texts
    where {{ axis }} not in ('none', 'praise')
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    select
        axis,
        topic,
        count(*) filter (where is_recent) as texts,
        count(*) filter (where not is_recent) as texts_before,
        count(distinct case when is_recent then coalesce(customer_key, customer_text_key) end) as customers,
        {{ mean_aggregates('case when is_recent then sentiment_score end', 'sentiment') }}
    from raised
    group by axis, topic
),

shares as (
    select
        counted.*,
        counted.texts / nullif(cast(totals.texts as double), 0) as share,
        counted.texts_before / nullif(cast(totals.texts_before as double), 0) as share_before,
        totals.texts as all_texts,
        totals.texts_before as all_texts_before
    from counted
    cross join totals
),

final as (
    select
        shares.axis,
        shares.topic,
        topics.name as topic_name,
        row_number() over (
            partition by shares.axis order by shares.customers desc, shares.texts desc, shares.topic asc
        ) as rank,
        shares.texts,
        shares.customers,
        round(shares.share, 6) as share,
        round({{ wilson_bound('shares.share', 'shares.all_texts', -1) }}, 6) as share_ci_low,
        round({{ wilson_bound('shares.share', 'shares.all_texts', 1) }}, 6) as share_ci_high,
        shares.texts_before,
        round(shares.share_before, 6) as share_before,
        round(shares.share - shares.share_before, 6) as change,
        round(shares.share - shares.share_before - {{ change_half_width }}, 6) as change_ci_low,
        round(shares.share - shares.share_before + {{ change_half_width }}, 6) as change_ci_high,
        {{ mean_columns('shares', 'sentiment') }}
    from shares
    left join {{ ref('topics') }} as topics
        on shares.topic = topics.topic
    {{ join_student_t('shares', 'sentiment') }}
)

select * from final
