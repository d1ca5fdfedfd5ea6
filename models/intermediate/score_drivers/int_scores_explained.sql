-- Grain: one row per score: an answer to a survey, or the last text about a ticket of the days before as_of over which
-- voices are heard. In points: 100 for a positive answer, 0 for another one; for NPS 100, 0 and -100; for
-- sentiment a hundred times the score.
with

clock as (
    select cast({{ dbt.dateadd('day', -var('voice_days'), reporting_day('as_of_at')) }} as date) as first_day
    from {{ ref('int_as_of') }}
),

answers as (
    select
        responses.source_system,
        responses.response_id,
        responses.ticket_id,
        responses.survey_type,
        responses.answer_group,
        responses.responded_at,
        coalesce(
            {{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }}
        ) as customer_key,
        {{ found_key('ticket_id', 'ticket_key') }} as ticket_key
    from {{ ref('int_survey_responses_scored') }} as responses
    {{ join_keys('responses', 'account_id', 'int_account_keys') }}
    {{ join_keys('responses', 'contact_id', 'int_contact_keys') }}
    {{ join_keys('responses', 'ticket_id', 'int_ticket_keys') }}
    where responses.is_answer and responses.survey_type in ('csat', 'nps', 'ces')
),

texts as (
    select
        texts.source_system,
        texts.text_kind,
        texts.record_id,
        texts.written_at,
        judged.sentiment_score,
        {{ found_key('ticket_id', 'ticket_key') }} as ticket_key
    from {{ ref('int_customer_texts') }} as texts
    inner join {{ ref('int_texts_judged') }} as judged
        on texts.text_key = judged.text_key
    {{ join_keys('texts', 'ticket_id', 'int_ticket_keys') }}
    where judged.sentiment_score is not null
),

last_texts as (
    select
        *,
        row_number() over (partition by ticket_key order by written_at desc, text_kind asc, record_id asc) as text_rank
    from texts
    where ticket_key is not null
),

scores as (
    select
        {{ surrogate_key(['source_system', 'response_id']) }} as score_key,
        case survey_type when 'ces' then 'ease_of_doing_business' else survey_type end as score,
        customer_key,
        ticket_key,
        case
            when answer_group in ('positive', 'promoter') then 100
            when answer_group = 'detractor' then -100
            else 0
        end as points,
        responded_at as given_at
    from answers
    union all
    select
        ticket_key as score_key,
        'sentiment_score' as score,
        null as customer_key,
        ticket_key,
        100 * sentiment_score as points,
        written_at as given_at
    from last_texts
    where text_rank = 1
),

final as (
    select
        scores.score_key,
        scores.score,
        scores.customer_key,
        scores.ticket_key,
        cast(scores.points as double) as points,
        {{ reporting_day('scores.given_at') }} > clock.first_day as is_recent,
        scores.given_at
    from scores
    cross join clock
    where scores.score <> 'sentiment_score' or {{ reporting_day('scores.given_at') }} > clock.first_day
)

select * from final
