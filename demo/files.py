"""Writing the company down the way its systems would export it, dirt included.

The business database is SQLite; the helpdesk exports CSV parts and Parquet, telephony a compressed
CSV, the survey tool JSON Lines, operations CSV. The dirt is planted by row number, so that a test
can count it: see `DIRT`.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from demo import texts
from demo.population import (
    AGENT_TEAM,
    AGENTS,
    COUNTRIES,
    CURRENCIES,
    DAY,
    END,
    INDUSTRIES,
    OFFERINGS,
    REGIONS,
    SEGMENTS,
    START,
    TEAMS,
    TIMEZONES,
)
from demo.service import CHANNELS, NEVER, PRIORITIES
from demo.stories import DAYS, FIX, GREETING, OUTAGE, RELEASE, TRAINING

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")

# Each kind of dirt hits the rows whose number leaves this rest: (every, rest).
DIRT = {
    "ticket with an unknown status": (2_500, 17),
    "ticket resolved before it was created": (2_000, 23),
    "ticket with a malformed time": (3_000, 29),
    "ticket without a channel": (4_000, 31),
    "ticket exported twice": (200, 7),
    "ticket whose older version comes later": (200, 3),
    "ticket that comes in the late file": (300, 11),
    "event sent again, out of order": (500, 0),
    "answer with a code for no answer": (900, 1),
    "answer with a malformed score": (1_500, 2),
    "ledger without a mailbox": (60, 5),
    "helpdesk user without an address": (80, 13),
    "helpdesk user with the address of the customers' accountant": (150, 19),
    "caller who withholds the number": (40, 9),
}
# What customers are called in the ledger, by country.
_LEGAL_FORMS = (" INC.", " LTD", " GMBH", " LTD.", " FZE", " CORP.")


# The digits of a person's number after the country code: an area, and the person's own.
_CALLING_CODES = (1, 44, 49, 972, 971, 1)
_AREAS = ("212", "20", "30", "3", "4", "416")


def _number(country: str, person: str) -> str:
    areas = _pick(_AREAS, country)
    return f"{areas} || printf('%07d', 2000000 + {person})"


def _phone(country: str, person: str) -> str:
    """Return SQL for a person's number as the CRM writes it."""
    codes = _pick(tuple(map(str, _CALLING_CODES)), country)
    return f"'+' || {codes} || ' ' || {_number(country, person)}"


def _hits(kind: str, number: str = "i") -> str:
    every, rest = DIRT[kind]
    return f"({number} % {every} = {rest})"


def _pick(values: tuple[str, ...], code: str) -> str:
    """Return SQL that turns a code into one of the values; a code below 0 gives null."""
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"[{listed}][({code}) + 1]"


def _at(column: str) -> str:
    """Return SQL for the time of a column of seconds; NEVER gives null."""
    value = f'"{column}"' if column.isidentifier() else column
    return f"case when {value} < {END} then to_timestamp({value}) end"


def _written(column: str) -> str:
    return f"strftime({_at(column)}, '%Y-%m-%dT%H:%M:%SZ')"


def _key(prefix: str, code: str, digits: int = 6) -> str:
    return f"case when {code} >= 0 then printf('{prefix}%0{digits}d', {code}) end"


class Writer:
    """Writes tables of arrays as files of a folder, each by one query."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'; set preserve_insertion_order = true")

    def register(self, name: str, columns: dict[str, np.ndarray]) -> None:
        """Make arrays queryable as a table with a row number `i`."""
        count = len(next(iter(columns.values())))
        self.connection.register(name, pa.table({"i": np.arange(count), **columns}))

    def copy(self, query: str, path: str, options: str = "") -> None:
        """Write a query's rows to a file of the folder, in their order."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self.connection.execute(f"copy ({query}) to '{target}' {options}")

    def to_sqlite(self, database: sqlite3.Connection, table: str, query: str) -> None:
        """Write a query's rows to a table of a SQLite database."""
        rows = self.connection.execute(query)
        names = [column[0] for column in rows.description]
        database.execute(f"create table {table} ({', '.join(names)})")
        insert = f"insert into {table} values ({', '.join('?' * len(names))})"
        while batch := rows.fetchmany(100_000):
            database.executemany(insert, batch)


def write_business(writer: Writer, leaves: np.ndarray, customers, orders, lines, contracts, wallets):
    """Write the CRM's and the ERP's tables to one SQLite database."""
    writer.register(
        "customers",
        {
            "segment": customers.segment,
            "country": customers.country,
            "language": customers.language,
            "industry": customers.industry,
            "created": customers.created,
            "leaves": leaves,
        },
    )
    people = np.repeat(np.arange(customers.count), customers.contacts)
    writer.register(
        "people",
        {
            "customer": people,
            "language": customers.language[people],
            "country": customers.country[people],
            "created": customers.created[people],
        },
    )
    writer.register("orders", orders)
    writer.register("lines", lines)
    writer.register("contracts", contracts)
    writer.register("wallets", wallets)
    writer.register(
        "products",
        {
            "name": np.array([name for name, _, _ in OFFERINGS]),
            "category": np.array([category for _, category, _ in OFFERINGS]),
            "price": np.array([price for _, _, price in OFFERINGS]),
        },
    )
    path = writer.folder / "business.sqlite"
    path.unlink(missing_ok=True)
    categories = tuple(sorted({category for _, category, _ in OFFERINGS}))
    database = sqlite3.connect(path)
    database.execute("pragma journal_mode = off")
    tables = {
        "crm_accounts": f"""
            select {_key("C", "i")} as account_id, 'Customer ' || i as account_name,
                {_pick(SEGMENTS, "segment")} as segment, {_pick(INDUSTRIES, "industry")} as industry,
                {_pick(REGIONS, "country")} as region, {_pick(COUNTRIES, "country")} as country,
                {_pick(TIMEZONES, "country")} as timezone,
                printf('AG%02d', i % {AGENTS}) as owner_agent_id, {_written("created")} as created_at,
                {_written("leaves")} as closed_at,
                coalesce({_written("leaves")}, {_written("created")}) as updated_at
            from customers order by i""",
        "crm_contacts": f"""
            select {_key("P", "i")} as contact_id, {_key("C", "customer")} as account_id,
                'Person ' || i as full_name, 'person' || i || '@customer' || customer || '.example'
                as email, {_phone("country", "i")} as phone,
                {_pick(texts.LANGUAGES, "language")} as language,
                {_written("created")} as created_at, {_written("created")} as updated_at
            from people order by i""",
        "erp_customers": f"""
            select {_key("E", "i")} as account_id, 'CUSTOMER ' || i || {_pick(_LEGAL_FORMS, "country")}
                as account_name, {_pick(COUNTRIES, "country")} as country,
                {_written("created")} as created_at, {_written("created")} as updated_at
            from customers order by i""",
        # Accounting knows a mailbox at the customer's domain, and of some what was typed over the phone.
        "erp_people": f"""
            select {_key("B", "i")} as contact_id, {_key("E", "i")} as account_id,
                case when not {_hits("ledger without a mailbox")}
                    then 'invoices@customer' || i || '.example' end as email
            from customers order by i""",
        "erp_offerings": """
            select printf('O%02d', i) as offering_id, name as offering_name, category,
                '2020-01-01' as launched_on, null as retired_on, price as list_price,
                'EUR' as currency, '2020-01-01T00:00:00Z' as updated_at
            from products order by i""",
        "erp_orders": f"""
            select {_key("S", "i", 7)} as order_id, {_key("E", "customer")} as account_id,
                {_written("at")} as ordered_at,
                {_pick(("placed", "fulfilled", "cancelled", "returned"), "status")} as status,
                {_pick(("web", "sales", "partner"), "channel")} as channel,
                {_pick(CURRENCIES, "currency")} as currency, amount as net_amount,
                {_key("T", "ticket", 8)} as sourced_ticket_id, {_written("at")} as updated_at
            from orders order by i""",
        "erp_order_lines": f"""
            select {_key("L", "l.i", 8)} as order_line_id, {_key("S", 'l."order"', 7)} as order_id,
                printf('O%02d', l.offering) as offering_id, l.quantity,
                l.amount as net_amount, l.cost as cost_amount, {_written('o."at"')} as updated_at
            from lines as l inner join orders as o on l."order" = o.i order by l.i""",
        "erp_contracts": f"""
            select {_key("K", "i")} as contract_no, {_key("E", "customer")} as customer_no,
                printf('O%02d', offering) as product_no, {_written("started")} as started_at,
                {_written("ended")} as ended_at, monthly as monthly_amount,
                {_pick(CURRENCIES, "currency")} as currency,
                case when ended < {END} then {
            _pick(("price", "service", "closed", "competitor"), "reason")
        } end as cancel_reason,
                coalesce({_written("ended")}, {_written("started")}) as updated_at
            from contracts order by i""",
        "erp_wallet_estimates": f"""
            select {_key("E", "customer")} as account_id, {_pick(categories, "category")} as category,
                case year when 0 then '2024-07-01' else (2024 + year) || '-01-01' end as period_start,
                spend as estimated_spend,
                {_pick(CURRENCIES, "currency")} as currency, 'account plan' as method,
                '2026-06-30T00:00:00Z' as updated_at
            from wallets order by i""",
    }
    for table, query in tables.items():
        writer.to_sqlite(database, table, query)
    database.commit()
    database.close()


def write_helpdesk(writer: Writer, customers, tickets, events, messages):
    """Write agents, tickets with their events and messages, and readings of the help pages."""
    resolved = tickets.last_resolved
    closed = np.where(resolved < NEVER, resolved + 3 * DAY, NEVER)
    status = np.where(tickets.responded < END, 1, 0)
    waits = (tickets.pending < END) & (tickets.resumed >= END)
    status = np.where(waits & (tickets.resolved >= END), 2, status)
    status = np.where((tickets.reopened < END) & (tickets.resolved_again >= END), 1, status)
    status = np.where(resolved < END, 4, status)
    status = np.where(closed < END, 5, status)
    happened = np.stack(
        [
            np.where(times < END, times, 0)
            for times in (
                tickets.created,
                tickets.responded,
                tickets.resumed,
                tickets.resolved,
                tickets.reopened,
                tickets.resolved_again,
                closed,
                tickets.escalated,
            )
        ]
    ).max(axis=0)
    writer.register(
        "tickets",
        {
            "customer": tickets.customer,
            "contact": tickets.contact,
            "created": tickets.created,
            "category": tickets.category,
            "offering": tickets.offering,
            "channel": tickets.channel,
            "priority": np.where(
                tickets.escalated < END, np.minimum(tickets.priority + 1, 3), tickets.priority
            ),
            "status": status,
            "agent": tickets.agent,
            "team": tickets.team,
            "language": customers.language[tickets.customer],
            "responded": np.where(tickets.responded < END, tickets.responded, NEVER),
            "resolved": resolved,
            "closed": closed,
            "updated": happened,
            "is_late": tickets.is_late,
            "is_spam": tickets.is_spam,
            "is_merged": tickets.is_merged,
        },
    )
    writer.connection.execute(f"""
        create or replace temp table exported as
        select i, created,
            {_key("T", "i", 8)} as ticket_id, {_key("U", "contact")} as contact_id,
            case when {_hits("ticket without a channel")} then ''
                else {_pick(CHANNELS, "channel")} end as channel,
            {_pick(texts.CATEGORIES, "category")} as category,
            {_pick(PRIORITIES, "priority")} as priority,
            'About ' || {_pick(texts.CATEGORIES, "category")} as subject,
            case when {_hits("ticket with an unknown status")} then 'waiting_parts'
                else {_pick(STATUSES, "status")} end as status,
            printf('AG%02d', agent) as assignee_id, {_pick(TEAMS, "team")} as team,
            printf('O%02d', offering) as offering_id,
            {_pick(texts.LANGUAGES, "language")} as language,
            case when is_merged then {_key("T", "i - 1", 8)} end as merged_into_ticket_id,
            is_spam,
            case when {_hits("ticket with a malformed time")} then 'n/a'
                else {_written("created")} end as created_at,
            case when {_hits("ticket resolved before it was created")}
                then {_written("created - 3600")} else {_written("resolved")} end as resolved_at,
            {_written("closed")} as closed_at, {_written("updated")} as updated_at,
            case when responded < {END} then responded - created end
                as reported_first_response_seconds,
            case when resolved < {END} then not is_late end as reported_sla_met
        from tickets order by i
    """)
    fields = "* exclude (i, created)"
    quarter = DAY * 365 // 4
    for number in range(8):
        first = START + number * quarter
        last = END if number == 7 else first + quarter
        writer.copy(
            f"select {fields} from exported where created >= {first} and created < {last} "
            f"and not {_hits('ticket that comes in the late file')} order by i",
            f"helpdesk/tickets/part-{number + 1}.csv",
        )
    writer.copy(
        f"select {fields} from exported where {_hits('ticket that comes in the late file')} "
        f"or {_hits('ticket exported twice')} order by i desc",
        "helpdesk/tickets/part-late.csv",
    )
    writer.copy(
        f"select {fields.replace(')', ', status, updated_at)')}, 'open' as status, "
        f"created_at as updated_at from exported "
        f"where {_hits('ticket whose older version comes later')} order by i",
        "helpdesk/tickets/part-resent.csv",
    )

    writer.register("events", events)
    value = f"""case field when 0 then {_pick(STATUSES, "{0}")}
        when 1 then case when {{0}} >= 0 then printf('AG%02d', {{0}}) end
        else {_pick(PRIORITIES, "{0}")} end"""
    writer.connection.execute(f"""
        create or replace temp table exported_events as
        select i, {_key("E", "i", 9)} as event_id, {_key("T", "ticket", 8)} as ticket_id,
            {_at("at")} as occurred_at,
            case when field = 1 then 'SYSTEM' else 'AG00' end as actor_id,
            case when field = 1 then 'system' else 'agent' end as actor_role,
            {_pick(("status", "assignee", "priority"), "field")} as field,
            {value.format('"old"')} as old_value, {value.format('"new"')} as new_value,
            {_at("at")} as updated_at
        from events order by i
    """)
    parquet = "(format parquet, compression zstd)"
    writer.copy(
        "select * exclude (i) from exported_events order by i",
        "helpdesk/ticket_events/part-1.parquet",
        parquet,
    )
    writer.copy(
        "select * exclude (i) from exported_events "
        f"where {_hits('event sent again, out of order')} order by i desc",
        "helpdesk/ticket_events/part-2.parquet",
        parquet,
    )

    writer.register(
        "messages",
        {
            **messages,
            "contact": tickets.contact[messages["ticket"]],
            "agent": tickets.agent[messages["ticket"]],
            "channel": tickets.channel[messages["ticket"]],
        },
    )
    writer.register("customer_texts", {"text": np.array(texts.customer_texts())})
    writer.register("agent_texts", {"text": np.array(texts.agent_texts())})
    writer.copy(
        f"""
        select {_key("M", "m.i", 9)} as message_id, {_key("T", "m.ticket", 8)} as ticket_id,
            case m.role when 0 then {_key("U", "m.contact")}
                when 1 then printf('AG%02d', m.agent) else 'BOT1' end as author_id,
            {_pick(("customer", "agent", "bot"), "m.role")} as author_role, m.is_public,
            {_pick(CHANNELS, "m.channel")} as channel, coalesce(c.text, a.text) as body,
            {_at('m."at"')} as sent_at, {_at('m."at"')} as updated_at
        from messages as m
        left join customer_texts as c on m.role = 0 and m.text = c.i
        left join agent_texts as a on m.role > 0 and m.text = a.i
        order by m.i
    """,
        "helpdesk/ticket_messages.parquet",
        parquet,
    )

    # Whoever writes is a user; the helpdesk knows no accounts. People write their address as they like.
    writer.copy(
        f"""
        select {_key("U", "i")} as contact_id, 'Person ' || i as full_name,
            case when {_hits("helpdesk user without an address")} then ''
                when {_hits("helpdesk user with the address of the customers' accountant")}
                    then 'office@bookkeeping.example'
                when i % 7 = 0 then upper('person' || i || '@customer' || customer || '.example')
                when i % 11 = 0 then 'person' || i || '+help@customer' || customer || '.example'
                else 'person' || i || '@customer' || customer || '.example' end as email,
            {_pick(texts.LANGUAGES, "language")} as language, {_written("created")} as updated_at
        from people order by i
    """,
        "helpdesk/contacts.csv",
    )

    writer.register("agents", {"team": AGENT_TEAM})
    writer.copy(
        f"""
        select printf('AG%02d', i) as agent_id, 'Agent ' || i as full_name,
            {_pick(TEAMS, "team")} as team, case when i % 9 = 0 then 'lead' else 'agent' end as role,
            case when i % 2 = 0 then 'Berlin' else 'Haifa' end as site,
            '2021-05-01T08:00:00Z' as hired_at, '' as left_at, '2021-05-01T08:00:00Z' as updated_at
        from agents
        union all by name select 'BOT1' as agent_id, 'Assistant' as full_name, 'bot' as role,
            '2023-01-01T00:00:00Z' as updated_at
        order by agent_id
    """,
        "helpdesk/agents.csv",
    )
    writer.copy(
        f"""
        select {_key("V", "i", 8)} as view_id, {_key("U", "contact")} as contact_id,
            'KB' || (category * 3 + i % 3) as article_id, {_written("created - 900")} as viewed_at,
            case i % 4 when 0 then 'true' when 1 then 'false' end as was_helpful,
            {_written("created - 900")} as updated_at
        from tickets where i % 3 = 0 order by i
    """,
        "helpdesk/knowledge_base_views.csv",
    )


def write_telephony(writer: Writer, interactions, follow_ups):
    """Write calls and chats as one compressed CSV; every fifth chat without a ticket has a transcript."""
    writer.register(
        "calls", {name: np.concatenate([interactions[name], follow_ups[name]]) for name in interactions}
    )
    seconds = ", ".join(
        f"case when {name} >= 0 then {name} end as {column}"
        for name, column in (
            ("ivr", "ivr_seconds"),
            ("wait", "wait_seconds"),
            ("talk", "talk_seconds"),
            ("hold", "hold_seconds"),
            ("wrap", "wrap_up_seconds"),
        )
    )
    writer.copy(
        f"""
        select {_key("I", "s.i", 8)} as interaction_id,
            case when is_phone then 'phone' else 'chat' end as channel,
            case when is_outbound then 'outbound' else 'inbound' end as direction,
            {_key("N", "contact")} as contact_id,
            case when agent >= 0 then printf('AG%02d', agent) end as agent_id,
            {_pick(TEAMS, "team")} as queue, {_key("T", "ticket", 8)} as ticket_id,
            {_pick(texts.CATEGORIES, "category")} as transaction_type,
            {_written("offered")} as offered_at, {_written("answered")} as answered_at,
            {_written("ended")} as ended_at, {seconds},
            {_pick(("handled", "abandoned", "self_served", "transferred"), "outcome")} as outcome,
            case when not is_phone and ticket < 0 and outcome = 0 and s.i % 5 = 0
                then 'Customer: ' || c.text || chr(10) || 'Agent: ' || a.text end as transcript,
            {_written("offered")} as updated_at
        from calls as s
        inner join customer_texts as c
            on c.i = ((s.language * {len(texts.CATEGORIES)} + s.category) * 3 + 1) * {texts.VARIANTS}
                + s.i % {texts.VARIANTS}
        inner join agent_texts as a on a.i = s.language * 3 + 2
        order by s.i
    """,
        "telephony/interactions.csv.gz",
        "(format csv, compression gzip)",
    )
    # The exchange shows a number as it was dialled: from Germany without the country's code.
    codes = _pick(tuple(map(str, _CALLING_CODES)), "country")
    writer.copy(
        f"""
        select {_key("N", "i")} as contact_id,
            case when {_hits("caller who withholds the number")} then 'anonymous'
                when country = {COUNTRIES.index("DE")} then '0' || {_number("country", "i")}
                when i % 2 = 0 then '00' || {codes} || ' ' || {_number("country", "i")}
                else '+' || {codes} || '-' || {_number("country", "i")} end as phone,
            {_written("created")} as updated_at
        from people order by i
    """,
        "telephony/contacts.csv",
    )


def write_surveys(writer: Writer, customers, surveys, feedback):
    """Write surveys, invitations, answers and feedback."""
    writer.connection.register(
        "asked",
        pa.table(
            {
                "survey_id": ["csat-ticket", "nps-relationship", "ces-ticket"],
                "survey_type": ["csat", "nps", "ces"],
                "question": [
                    "How satisfied are you with our answer?",
                    "How likely are you to recommend us?",
                    "It was easy to do business with us.",
                ],
                "scale_min": [1, 0, 1],
                "scale_max": [5, 10, 7],
                "updated_at": ["2024-07-01T00:00:00Z"] * 3,
            }
        ),
    )
    writer.copy("select * from asked", "surveys/surveys.csv")
    # The survey tool knows whom it mailed.
    writer.copy(
        f"""
        select {_key("M", "i")} as contact_id, 'person' || i || '@customer' || customer || '.example'
            as email, {_written("created")} as updated_at
        from people order by i
    """,
        "surveys/contacts.csv",
    )
    writer.register("invited", {**surveys, "language": customers.language[surveys["customer"]]})
    writer.register("comments", {"comment": np.array(texts.comments())})
    about = f"""{_pick(("csat-ticket", "nps-relationship", "ces-ticket"), "survey")} as survey_id,
        {_key("M", "contact")} as contact_id, {_key("T", "ticket", 8)} as ticket_id"""
    writer.copy(
        f"""
        select {_key("N", "i", 8)} as invitation_id, {about}, 'email' as channel,
            {_at("sent")} as sent_at, {_at("sent")} as updated_at
        from invited where sent < {END} order by i
    """,
        "surveys/survey_invitations.parquet",
        "(format parquet, compression zstd)",
    )
    writer.copy(
        f"""
        select {_key("R", "s.i", 8)} as response_id, {about},
            {_key("N", "s.i", 8)} as invitation_id,
            case when {_hits("answer with a malformed score", "s.i")} then 'five'
                when {_hits("answer with a code for no answer", "s.i")} then '99'
                else score::varchar end as score,
            c.comment, {_pick(texts.LANGUAGES, "language")} as language,
            case when survey = 0 then is_solved end as issue_resolved,
            {_written("answered")} as responded_at, {_written("answered")} as updated_at
        from invited as s
        left join comments as c on s.tone >= 0 and c.i = (s.language * 4 + s.tone) * 3 + s.text
        where answered < {END} order by s.i
    """,
        "surveys/survey_responses.jsonl.gz",
        "(format json, compression gzip)",
    )
    writer.register("said", {**feedback, "language": customers.language[feedback["customer"]]})
    writer.copy(
        f"""
        select {_key("F", "s.i")} as feedback_id,
            {_pick(("review", "social", "complaint", "interview"), "kind")} as kind,
            {_key("C", "customer")} as account_id, 'reviews.example' as origin, c.comment as body,
            rating, 5 as rating_max, {_pick(texts.LANGUAGES, "language")} as language,
            {_written("at")} as observed_at,
            {_written("at")} as updated_at
        from said as s inner join comments as c on c.i = (s.language * 4 + s.tone) * 3 + s.text
        order by s.i
    """,
        "surveys/feedback.jsonl",
        "(format json)",
    )


def write_operations(writer: Writer, rng: np.random.Generator, customers, leaves: np.ndarray):
    """Write costs, reviews of quality, shifts, changes and digital events."""
    months = [np.datetime64("2024-07") + number for number in range(24)]
    scale = max(customers.count / 2_000, 0.05)
    costs = [
        (str(month), team, kind, round(amount * scale * (1 + 0.1 * at / 24), 2))
        for at, month in enumerate(months)
        for team in TEAMS
        for kind, amount in (
            ("salaries", 9_000.0),
            ("technology", 900.0),
            ("training", 250.0),
            ("telephony", 450.0),
            ("other", 300.0),
        )
    ]
    writer.connection.register(
        "costs",
        pa.table(
            dict(zip(("month", "team", "kind", "amount"), map(list, zip(*costs, strict=True)), strict=True))
        ),
    )
    writer.copy(
        """
        select month || '-' || team || '-' || kind as cost_id, month || '-01' as period_start,
            kind as cost_type, team, amount, 'EUR' as currency,
            month || '-28T00:00:00Z' as updated_at
        from costs
    """,
        "operations/service_costs.csv",
    )

    reviews = AGENTS * 24 * 3
    agent = np.tile(np.arange(AGENTS), 24 * 3)
    writer.register(
        "reviews",
        {
            "agent": agent,
            "at": np.sort(START + rng.integers(0, DAYS * DAY, reviews)),
            "score": np.clip(np.rint(78 + 4 * (agent % 5) + rng.normal(0, 9, reviews)), 0, 100),
        },
    )
    writer.copy(
        f"""
        select {_key("Q", "i")} as review_id, printf('AG%02d', agent) as agent_id,
            {_written("at")} as reviewed_at, score, 100 as max_score,
            ['greeting', 'solution', 'clarity'][i % 3 + 1] as criterion, {_written("at")} as updated_at
        from reviews order by i
    """,
        "operations/quality_reviews.csv",
    )

    writer.register(
        "shifts",
        {
            "agent": np.tile(np.arange(AGENTS), DAYS),
            "day": np.repeat(np.arange(DAYS), AGENTS),
            "adherence": np.round(rng.beta(40, 4, AGENTS * DAYS), 3),
        },
    )
    writer.copy(
        f"""
        select printf('AG%02d', agent) as agent, strftime(to_timestamp({START} + day * {DAY}),
            '%d.%m.%Y') as day, 8 as hours, adherence
        from shifts where (agent + day) % 7 < 5 order by i
    """,
        "operations/shifts.csv",
    )
    (writer.folder / "operations/agent_schedules.sql").write_text(
        "-- Grain: one row per agent and day, from the workforce tool's own export.\n"
        "select\n"
        "    agent as agent_id,\n"
        "    strptime(day, '%d.%m.%Y')::date as scheduled_on,\n"
        "    hours * 3600 as scheduled_seconds,\n"
        "    (hours * 3600 * adherence)::bigint as adherent_seconds,\n"
        "    strptime(day, '%d.%m.%Y') as updated_at\n"
        "from read_csv('shifts.csv', types = {'day': 'varchar'})\n",
        encoding="utf-8",
    )
    writer.connection.register(
        "changes",
        pa.table(
            {
                "change_id": ["CH1", "CH2", "CH3", "CH4", "CH5"],
                "kind": ["release", "training", "release", "process", "process"],
                "name": [RELEASE.name, TRAINING.name, FIX.name, OUTAGE.name, GREETING.name],
                "started_on": [str(each.on) for each in (RELEASE, TRAINING, FIX, OUTAGE, GREETING)],
                "ended_on": ["", "", "", str(OUTAGE.on), ""],
                "team": ["", TRAINING.team, "", "", GREETING.team],
                "category": [RELEASE.category, "", "", OUTAGE.category, ""],
                "target_metric": ["ticket_volume", "first_response_time", "nps", "ticket_volume", "csat"],
            }
        ),
    )
    writer.copy("select * from changes", "operations/process_changes.csv")

    visits = customers.count * 12
    visitor = rng.integers(0, customers.count, visits)
    at = np.sort(START + rng.integers(0, DAYS * DAY, visits))
    there = (at > customers.created[visitor]) & (at < leaves[visitor])
    writer.register(
        "visits", {"customer": visitor[there], "at": at[there], "kind": rng.integers(0, 4, int(there.sum()))}
    )
    writer.copy(
        f"""
        select {_key("D", "i", 8)} as event_id, {_key("C", "customer")} as account_id,
            {_pick(("visit", "login", "search", "purchase_step"), "kind")} as kind,
            '/page/' || (i % 20) as page, {_at("at")} as occurred_at, {_at("at")} as updated_at
        from visits order by i
    """,
        "operations/digital_events.parquet",
        "(format parquet, compression zstd)",
    )
