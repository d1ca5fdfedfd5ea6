-- Grain: one row per digital event and per view of a help article of a known customer.
with

events as (
    select
        'digital' as kind,
        {{ surrogate_key(['events.source_system', 'events.event_id']) }} as record_key,
        coalesce({{ found_key('account_id', 'customer_key') }}, {{ found_key('contact_id', 'customer_key') }})
            as customer_key,
        {{ found_key('contact_id', 'contact_key') }} as contact_key,
        events.kind as detail,
        cast(null as boolean) as was_helpful,
        events.occurred_at
    from {{ ref('int_digital_events_united') }} as events
    {{ join_keys('events', 'account_id', 'int_account_keys') }}
    {{ join_keys('events', 'contact_id', 'int_contact_keys') }}
),

views as (
    select
        'article' as kind,
        {{ surrogate_key(['views.source_system', 'views.view_id']) }} as record_key,
        {{ found_key('contact_id', 'customer_key') }} as customer_key,
        {{ found_key('contact_id', 'contact_key') }} as contact_key,
        views.article_id as detail,
        views.was_helpful,
        views.viewed_at as occurred_at
    from {{ ref('int_knowledge_base_views_united') }} as views
    {{ join_keys('views', 'contact_id', 'int_contact_keys') }}
),

final as (
    select * from events where customer_key is not null
    union all
    select * from views where customer_key is not null
)

select * from final
