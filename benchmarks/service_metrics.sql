-- The per-ticket figures of the service layer, written by hand for one engine and one set of data: what the
-- models are measured against. It knows that the demonstration company has one helpdesk whose log carries
-- the values before, that teams and categories never change, at most one change of priority a ticket, and
-- which clock each promise runs on. It finds whether a promise was kept, not when it was breached.
-- Reads staging and the laid-out calendars of the build database; leaves benchmark.tickets.
create or replace temp table clock as select epoch_us(as_of_at) as now from intermediate.int_as_of;

create or replace temp table hours as
select calendar, day_number, is_open, open_microseconds_before as before,
    epoch_us(begins_at) as begins, epoch_us(ends_at) as ends
from intermediate.int_open_hours_by_day;

create or replace temp table tickets as
select t.ticket_id, t.channel, t.category, t.team, lower(t.priority) as priority, a.segment, t.account_id,
    t.status, t.assignee_id, epoch_us(t.created_at) as created,
    coalesce(own.calendar, others.calendar) as calendar,
    not (coalesce(t.is_spam, false) or t.merged_into_ticket_id is not null) as is_eligible
from staging.stg_canonical__tickets as t
left join staging.stg_canonical__accounts as a on t.account_id = a.account_id
left join reference.team_calendars as own on t.team = own.team
left join reference.team_calendars as others on others.team = '*'
where t.quarantine_reason is null and t.created_at <= (select as_of_at from intermediate.int_as_of);

-- Every change once, by ticket and time; the status interval and its open time from one lookup a change.
create or replace temp table changes as
select e.ticket_id, e.field, e.old_value, e.new_value, t.calendar, epoch_us(e.occurred_at) as moment, e.event_id
from staging.stg_canonical__ticket_events as e
inner join tickets as t on e.ticket_id = t.ticket_id
where e.quarantine_reason is null;

create or replace temp table statuses as
with totals as (
    select c.ticket_id, c.old_value, c.new_value as status, c.calendar, c.moment, c.event_id,
        h.before + h.is_open * (c.moment - h.begins) as open_at
    from changes as c
    left join hours as h on c.calendar = h.calendar and c.moment // 86400000000 = h.day_number
        and c.moment >= h.begins and c.moment < h.ends
    where c.field = 'status'
),
final_totals as (
    select calendar, before + is_open * (now - begins) as open_now
    from hours cross join clock where now >= begins and now < ends
)
select t.ticket_id, t.event_id, t.old_value, t.status, t.moment,
    coalesce(lead(t.moment) over w, clock.now) as until,
    coalesce(lead(t.open_at) over w, f.open_now) - t.open_at as open_time
from totals as t
cross join clock
left join final_totals as f on t.calendar = f.calendar
window w as (partition by t.ticket_id order by t.moment, t.event_id);

create or replace temp table lives as
select ticket_id,
    min(moment) filter (where is_resolution) as first_resolved,
    max(moment) filter (where is_resolution) as last_resolved,
    arg_max(status, (moment, event_id)) in ('resolved', 'closed') as is_settled,
    count(*) filter (where old_value in ('resolved', 'closed') and status not in ('resolved', 'closed')) as reopened,
    sum(until - moment) filter (where status in ('new', 'open', 'on_hold')) as requester_wait,
    sum(open_time) filter (where status in ('new', 'open', 'on_hold')) as requester_wait_open,
    sum(until - moment) filter (where status = 'pending') as agent_wait,
    sum(open_time) filter (where status = 'pending') as agent_wait_open,
    sum(until - moment) filter (where status = 'on_hold') as on_hold,
    sum(open_time) filter (where status = 'on_hold') as on_hold_open
from (select *, status in ('resolved', 'closed') and old_value not in ('resolved', 'closed') as is_resolution from statuses)
group by ticket_id;

create or replace temp table resolutions as
select s.ticket_id,
    sum(s.open_time) filter (where s.moment < l.first_resolved) as first_open,
    sum(s.open_time) filter (where s.moment < l.last_resolved) as full_open
from statuses as s inner join lives as l on s.ticket_id = l.ticket_id
group by s.ticket_id;

create or replace temp table escalations as
select c.ticket_id, min(c.moment) as moment, min(c.old_value) as priority_before,
    count(*) filter (where n.rank > o.rank) as escalated
from changes as c
left join reference.priorities as o on c.old_value = o.priority
left join reference.priorities as n on c.new_value = n.priority
where c.field = 'priority' group by c.ticket_id;

create or replace temp table handovers as
select ticket_id, count(*) filter (where old_value <> new_value) as reassigned
from changes where field = 'assignee' group by ticket_id;

-- Messages: turns from one sort.
create or replace temp table said as
select ticket_id, author_role, moment, is_creation, by_agent,
    coalesce(lag(author_role) over turns <> author_role, true) as starts_turn,
    count(*) filter (where author_role = 'customer') over (turns rows between unbounded preceding and 1 preceding) = 0 as is_first,
    min(case when author_role = 'agent' then moment end) over (turns rows between 1 following and unbounded following) as next_agent
from (
    select m.ticket_id, m.author_role, greatest(epoch_us(m.sent_at), t.created) as moment, m.message_id,
        false as is_creation, o.ticket_id is not null as by_agent
    from staging.stg_canonical__ticket_messages as m
    inner join tickets as t on m.ticket_id = t.ticket_id
    left join (
        select m.ticket_id from staging.stg_canonical__ticket_messages as m
        inner join tickets as t on m.ticket_id = t.ticket_id
        where m.is_public and m.author_role in ('customer', 'agent') and epoch_us(m.sent_at) <= t.created + 1000000
        group by m.ticket_id having bool_and(m.author_role = 'agent')
    ) as o on m.ticket_id = o.ticket_id
    where m.is_public and m.author_role in ('customer', 'agent') and m.quarantine_reason is null
    union all
    select t.ticket_id, 'customer', t.created, '', true, false from tickets as t
    where t.ticket_id not in (
        select m.ticket_id from staging.stg_canonical__ticket_messages as m
        inner join tickets as t on m.ticket_id = t.ticket_id
        where m.is_public and m.author_role in ('customer', 'agent') and epoch_us(m.sent_at) <= t.created + 1000000
        group by m.ticket_id having bool_and(m.author_role = 'agent')
    )
)
window turns as (partition by ticket_id order by moment, author_role, message_id);

create or replace temp table conversations as
select s.ticket_id,
    count(*) filter (where author_role = 'customer' and not is_creation) as customer_messages,
    count(*) filter (where author_role = 'agent') as agent_messages,
    count(*) filter (where author_role = 'agent' and starts_turn) as agent_turns,
    min(moment) filter (where author_role = 'customer') as asked,
    min(next_agent) filter (where author_role = 'customer' and is_first) as answered
from said as s group by s.ticket_id;

create or replace temp table first_replies as
select c.ticket_id, c.answered - c.asked as calendar_time,
    (b.before + b.is_open * (c.answered - b.begins)) - (a.before + a.is_open * (c.asked - a.begins)) as open_time
from conversations as c
inner join tickets as t on c.ticket_id = t.ticket_id
left join hours as a on t.calendar = a.calendar and c.asked // 86400000000 = a.day_number and c.asked >= a.begins and c.asked < a.ends
left join hours as b on t.calendar = b.calendar and c.answered // 86400000000 = b.day_number and c.answered >= b.begins and c.answered < b.ends
where c.answered is not null;

-- Promises on replies run while the ticket is not settled: its unsettled stretches, cut at the escalation and
-- where the policy was tightened.
create or replace temp table edges as
select epoch_us(valid_from) as edge from intermediate.int_service_rules_dated where era_number > 1;

create or replace temp table stretches as
with runs as (
    select ticket_id, min(moment) as moment, max(until) as until
    from (
        select *, count(*) filter (where status in ('resolved', 'closed')) over (
            partition by ticket_id order by moment, until rows between unbounded preceding and current row) as settled_before
        from statuses
    )
    where status not in ('resolved', 'closed')
    group by ticket_id, settled_before
),
cut_by_priority as (
    select r.ticket_id, coalesce(e.priority_before, t.priority) as priority, r.moment, least(r.until, coalesce(e.moment, r.until)) as until
    from runs as r inner join tickets as t on r.ticket_id = t.ticket_id left join escalations as e on r.ticket_id = e.ticket_id
    where e.moment is null or r.moment < e.moment
    union all
    select r.ticket_id, t.priority, greatest(r.moment, e.moment), r.until
    from runs as r inner join tickets as t on r.ticket_id = t.ticket_id inner join escalations as e on r.ticket_id = e.ticket_id
    where r.until > e.moment
),
cut_by_era as (
    select ticket_id, priority, moment, least(until, edge) as until, false as is_tightened from cut_by_priority cross join edges where moment < edge
    union all
    select ticket_id, priority, greatest(moment, edge), until, true from cut_by_priority cross join edges where until > edge
)
select c.*, t.channel, t.segment, coalesce(t.calendar, '24x7') as calendar
from cut_by_era as c inner join tickets as t on c.ticket_id = t.ticket_id
where t.is_eligible;

create or replace temp table policies as
select *, coalesce(valid_from is not null, false) as is_tightened from reference.sla_policies;

create or replace temp table reply_promises as
with spans as (
    select ticket_id, moment as started, next_agent as fulfilled,
        case when author_role = 'agent' then 'periodic_update' when is_first then 'first_reply' else 'next_reply' end as sla_metric
    from said
    where (author_role = 'agent' or starts_turn) and (next_agent is null or next_agent > moment)
),
ruled as (
    select s.ticket_id, s.sla_metric, s.started, s.fulfilled, x.until >= clock.now as is_last,
        greatest(x.moment, s.started) as low, least(x.until, coalesce(s.fulfilled, x.until)) as high,
        case s.sla_metric
            when 'first_reply' then case when x.channel in ('phone', 'chat') then 3600
                when x.segment = 'enterprise' then 14400 else f.target_minutes * 60 end
            when 'next_reply' then case when x.segment = 'enterprise' then 21600 else 43200 end
            when 'periodic_update' then case when x.segment = 'enterprise' then 172800 end
        end * 1000000 as target,
        case
            when s.sla_metric = 'first_reply' and x.channel in ('phone', 'chat') then '24x7'
            when s.sla_metric = 'periodic_update' and x.segment = 'enterprise' then '24x7'
            else x.calendar
        end as calendar
    from spans as s
    inner join stretches as x on s.ticket_id = x.ticket_id and s.started <= x.until
        and (s.fulfilled is null or s.fulfilled > x.moment)
    cross join clock
    left join policies as f on s.sla_metric = 'first_reply' and f.sla_metric = 'first_reply' and f.policy = 'Standard'
        and f.priority = x.priority and f.is_tightened = x.is_tightened
    where s.started < x.until or x.until >= clock.now
),
ran as (
    select r.*, (b.before + b.is_open * (r.high - b.begins)) - (a.before + a.is_open * (r.low - a.begins)) as run
    from ruled as r
    left join hours as a on r.calendar = a.calendar and r.low // 86400000000 = a.day_number and r.low >= a.begins and r.low < a.ends
    left join hours as b on r.calendar = b.calendar and r.high // 86400000000 = b.day_number and r.high >= b.begins and r.high < b.ends
    where r.target is not null
)
select ticket_id, sla_metric, started, bool_or(elapsed > target) as is_breached, bool_or(fulfilled is not null) as is_fulfilled,
    bool_or(is_last and fulfilled is null) as is_open
from (
    select *, sum(run) over (partition by ticket_id, sla_metric, started order by low, high
        rows between unbounded preceding and current row) as elapsed
    from ran
)
group by ticket_id, sla_metric, started;

-- The resolution's clock never closes; it stands still while pending and settled.
create or replace temp table resolution_promises as
select s.ticket_id,
    sum(least(s.until, coalesce(e.moment, s.until)) - s.moment) filter (where s.moment < coalesce(e.moment, s.until)) as ran_before,
    sum(s.until - s.moment) as ran,
    min(b.target_minutes) * 60000000 as target_before,
    -- An escalation after the work was done changes nothing.
    case when max(s.until) > coalesce(min(e.moment), 0) then min(a.target_minutes) else min(b.target_minutes) end
        * 60000000 as target,
    bool_or(s.until >= clock.now) as is_running
from statuses as s
inner join tickets as t on s.ticket_id = t.ticket_id and t.is_eligible
cross join clock
left join escalations as e on s.ticket_id = e.ticket_id
left join policies as a on a.sla_metric = 'resolution' and a.priority = t.priority
left join policies as b on b.sla_metric = 'resolution' and b.priority = coalesce(e.priority_before, t.priority)
where s.status in ('new', 'open', 'on_hold')
group by s.ticket_id;

create or replace temp table promised as
select ticket_id, count(*) filter (where not is_breached and is_fulfilled) as met,
    count(*) filter (where is_breached) as breached
from (
    select ticket_id, is_breached, is_fulfilled from reply_promises
    union all
    select r.ticket_id, coalesce(r.ran_before > r.target_before, false) or r.ran > r.target,
        l.last_resolved is not null and l.is_settled
    from resolution_promises as r inner join lives as l on r.ticket_id = l.ticket_id
)
group by ticket_id;

-- First contact.
create or replace temp table openings as
select account_id, category, moment from (
    select account_id, coalesce(category, '') as category, created as moment from tickets where is_eligible
    union all
    select account_id, coalesce(transaction_type, ''), epoch_us(offered_at) from staging.stg_canonical__interactions
    where ticket_id is null and direction = 'inbound' and quarantine_reason is null
) where account_id is not null group by all;

create or replace temp table calls as
select i.ticket_id, count(*) filter (where outcome in ('handled', 'transferred')) as handled,
    count(*) filter (where outcome = 'self_served') as served,
    min(epoch_us(offered_at)) filter (where direction = 'inbound' and epoch_us(offered_at) > l.first_resolved) as next_call
from staging.stg_canonical__interactions as i inner join lives as l on i.ticket_id = l.ticket_id
where i.quarantine_reason is null group by i.ticket_id;

create or replace temp table next_openings as
select t.ticket_id, o.moment
from (select ticket_id, account_id, coalesce(category, '') as category, created from tickets) as t
asof inner join openings as o on t.account_id = o.account_id and t.category = o.category and t.created < o.moment;

create schema if not exists benchmark;
create or replace table benchmark.tickets as
select t.ticket_id,
    fr.calendar_time // 1000000 as first_response_calendar_seconds,
    fr.open_time // 1000000 as first_response_business_seconds,
    (l.first_resolved - t.created) // 1000000 as first_resolution_calendar_seconds,
    r.first_open // 1000000 as first_resolution_business_seconds,
    case when l.is_settled then (l.last_resolved - t.created) // 1000000 end as full_resolution_calendar_seconds,
    case when l.is_settled then r.full_open // 1000000 end as full_resolution_business_seconds,
    coalesce(l.requester_wait // 1000000, 0) as requester_wait_calendar_seconds,
    coalesce(l.requester_wait_open // 1000000, 0) as requester_wait_business_seconds,
    coalesce(l.agent_wait // 1000000, 0) as agent_wait_calendar_seconds,
    coalesce(l.agent_wait_open // 1000000, 0) as agent_wait_business_seconds,
    coalesce(l.on_hold // 1000000, 0) as on_hold_calendar_seconds,
    coalesce(l.on_hold_open // 1000000, 0) as on_hold_business_seconds,
    l.reopened as reopen_count,
    coalesce(h.reassigned, 0) as reassignment_count,
    coalesce(e.escalated, 0) as escalation_count,
    c.customer_messages as customer_message_count,
    c.agent_messages as agent_message_count,
    coalesce(p.met, 0) as sla_targets_met,
    coalesce(p.breached, 0) as sla_targets_breached,
    case when t.is_eligible and l.first_resolved is not null and l.first_resolved + 604800000000 <= clock.now
        and t.account_id is not null then
        (contacts = 1 or (contacts = 0 and coalesce(k.served, 0) > 0)) and l.reopened = 0
        and not coalesce(o.moment <= l.first_resolved + 604800000000 or k.next_call <= l.first_resolved + 604800000000, false)
    end as is_first_contact_resolution
from (
    select t.*, case when t.channel in ('phone', 'chat') and k.handled > 0 then k.handled
        else c.agent_turns + coalesce(k.handled, 0) end as contacts
    from tickets as t left join calls as k on t.ticket_id = k.ticket_id left join conversations as c on t.ticket_id = c.ticket_id
) as t
cross join clock
left join lives as l on t.ticket_id = l.ticket_id
left join resolutions as r on t.ticket_id = r.ticket_id
left join first_replies as fr on t.ticket_id = fr.ticket_id
left join conversations as c on t.ticket_id = c.ticket_id
left join escalations as e on t.ticket_id = e.ticket_id
left join handovers as h on t.ticket_id = h.ticket_id
left join promised as p on t.ticket_id = p.ticket_id
left join calls as k on t.ticket_id = k.ticket_id
left join next_openings as o on t.ticket_id = o.ticket_id;
