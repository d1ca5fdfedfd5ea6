-- Volume by any dimension adds up to the eligible tickets.
with

counted as (
    select scope, sum(tickets_created) as tickets
    from {{ ref('fct_ticket_metrics') }}
    where period = 'year'
    group by scope
),

eligible as (
    select count(*) as tickets
    from {{ ref('fct_tickets') }}
    where is_eligible
)

select counted.*
from counted
cross join eligible
where counted.tickets <> eligible.tickets
