"""The event log for process mining: what happened, to which case, in which order.

Columns are named as the XES standard names them, so that pm4py and other tools read the file as it is. A
case is a customer, a session of a customer's journey, or a ticket.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import duckdb

Case = Literal["customer", "session", "ticket"]
CASES: tuple[Case, ...] = get_args(Case)

TOUCHPOINTS = """
    select
        {case_id} as "case:concept:name",
        activity as "concept:name",
        occurred_at as "time:timestamp",
        channel as "org:role",
        stage,
        outcome,
        wait_seconds,
        sentiment_score,
        amount
    from scorecard.fct_customer_timeline
    where is_touchpoint
    order by customer_key, event_number
"""
CHANGES = """
    select
        ticket_key as "case:concept:name",
        new_value as "concept:name",
        occurred_at as "time:timestamp",
        actor_role as "org:role",
        old_value as previous_activity
    from service.fct_ticket_events
    inner join service.fct_tickets using (ticket_key)
    where field = $field and new_value is not null and is_eligible
    order by ticket_key, occurred_at, event_id
"""


class EventLogError(ValueError):
    """The log cannot be written as asked; the message is one line."""


def write_event_log(database: Path, file: Path, case: Case, field: str = "status") -> int:
    """Write the event log of a published database to a .csv or .parquet file; return the number of events.

    `field` is the field of tickets whose new values are the activities. Events of a case stand in order;
    where a source gives two the same time, its own identifiers decide. Raises `EventLogError` for another
    kind of file, and where there is no event.
    """
    if file.suffix not in (".csv", ".parquet"):
        raise EventLogError(
            f"{file}: expected a name that ends in .csv or .parquet, found {file.suffix or 'none'}"
        )
    case_ids = {"customer": "customer_key", "session": "customer_key || '-' || session_number"}
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        if case == "ticket":
            found = connection.sql(CHANGES, params={"field": field})
        else:
            found = connection.sql(TOUCHPOINTS.format(case_id=case_ids[case]))
        table = found.to_arrow_table()
        if not table.num_rows:
            raise EventLogError(f"no event with a {case} as its case in {database}; nothing was written")
        file.parent.mkdir(parents=True, exist_ok=True)
        events = connection.from_arrow(table)
        if file.suffix == ".csv":
            events.write_csv(str(file), header=True)
        else:
            events.write_parquet(str(file), compression="zstd")
    return table.num_rows
