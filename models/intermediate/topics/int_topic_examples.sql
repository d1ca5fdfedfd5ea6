-- Grain: one row per axis, language and different text from which topics are learned: the examples of the seed, and
-- what opened the tickets of categories that topic_categories maps onto a topic, of those before the current quarter.
with

clock as (
    select {{ period_start('quarter', reporting_day('as_of_at')) }} as quarter_start
    from {{ ref('int_as_of') }}
),

topics as (
    select axis, topic from {{ ref('topics') }}
),

openings as (
    select
        texts.text_key,
        categories.topic,
        row_number() over (
            partition by texts.source_system, texts.ticket_id order by texts.written_at, texts.record_id
        ) as text_rank
    from {{ ref('int_customer_texts') }} as texts
    inner join {{ ref('int_tickets_described') }} as tickets
        on texts.source_system = tickets.source_system
        and texts.ticket_id = tickets.ticket_id
    inner join {{ ref('topic_categories') }} as categories
        on tickets.category = categories.category
    where texts.text_kind in ('ticket_message', 'ticket_subject')
        and tickets.is_eligible
        and {{ reporting_day('texts.written_at') }} < (select quarter_start from clock)
),

-- A text whose tickets were put under two topics teaches neither.
ticket_examples as (
    select
        topics.axis,
        normalised.language,
        openings.text_key,
        min(openings.topic) as topic,
        row_number() over (
            partition by topics.axis, normalised.language, min(openings.topic) order by openings.text_key
        ) as topic_rank
    from openings
    inner join topics
        on openings.topic = topics.topic
    inner join {{ ref('int_texts_normalised') }} as normalised
        on openings.text_key = normalised.text_key
    where openings.text_rank = 1
    group by topics.axis, normalised.language, openings.text_key
    having count(distinct openings.topic) = 1
),

final as (
    select
        topics.axis,
        examples.language,
        md5(examples.text) as text_key,
        examples.topic,
        {{ words_in(one_spelling('examples.text')) }} as words
    from {{ ref('topic_examples') }} as examples
    inner join topics
        on examples.topic = topics.topic
    union all
    select
        ticket_examples.axis,
        ticket_examples.language,
        ticket_examples.text_key,
        ticket_examples.topic,
        normalised.words
    from ticket_examples
    inner join {{ ref('int_texts_normalised') }} as normalised
        on ticket_examples.text_key = normalised.text_key
    where ticket_examples.topic_rank <= {{ var('topic_tickets_most') }}
)

select * from final
