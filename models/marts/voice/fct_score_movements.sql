-- Grain: one row per answer of somebody who had answered the same survey before.
{% set places = {'detractor': 1, 'passive': 2, 'promoter': 3, 'negative': 1, 'neutral': 2, 'positive': 3} %}
with

answers as (
    select
        responses.*,
        case responses.answer_group
            {% for name, place in places.items() -%}
            when '{{ name }}' then {{ place }}
            {% endfor -%}
        end as place,
        row_number() over (
            partition by responses.respondent_key, responses.source_system, responses.survey_id
            order by responses.responded_at, responses.survey_response_key
        ) as answer_number
    from {{ ref('fct_survey_responses') }} as responses
    where responses.is_answer
        and responses.respondent_key is not null
        and responses.is_eligible
),

final as (
    select
        later.survey_response_key,
        earlier.survey_response_key as previous_response_key,
        later.customer_key,
        later.contact_key,
        later.survey_id,
        later.survey_type,
        earlier.answer_group as from_group,
        later.answer_group as to_group,
        case
            when later.place > earlier.place then 'improved'
            when later.place < earlier.place then 'worsened'
            else 'unchanged'
        end as movement,
        earlier.score as from_score,
        later.score as to_score,
        {{ dbt.datediff('earlier.responded_on', 'later.responded_on', 'day') }} as days_between,
        later.responded_on,
        later.responded_at
    from answers as later
    inner join answers as earlier
        on later.respondent_key = earlier.respondent_key
        and later.source_system = earlier.source_system
        and later.survey_id = earlier.survey_id
        and later.answer_number = earlier.answer_number + 1
)

select * from final
