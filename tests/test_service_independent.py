"""Every per-ticket figure of the service layer again, in plain Python over adversarial histories.

It shares no code and no SQL with the models: calendars are painted minute by minute, clocks are walked
from event to event. Times are whole microseconds since 1970.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.companies import make_company

TICKETS = 5_000
SECOND = 1_000_000
DAY = 86_400 * SECOND
SETTLED = ("resolved", "closed")
REPORTING = "America/New_York"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def written(moment: int | None) -> str:
    if moment is None:
        return ""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment)).isoformat()


START, AS_OF = at("2025-09-01"), at("2026-05-15")

# --- the rules, as the analyst would write them -----------------------------------------------------

CALENDARS = [
    *(
        {"calendar": "office", "timezone": REPORTING, "weekday": day, **span}
        for day in WEEKDAYS[:5]
        for span in (
            {"opens": "09:00", "closes": "17:00", "valid_to": "2025-10-15"},
            {"opens": "08:00", "closes": "12:30", "valid_from": "2025-10-15"},
            {"opens": "13:15", "closes": "18:00", "valid_from": "2025-10-15"},
        )
    ),
    *(
        {"calendar": "nights", "timezone": REPORTING, "weekday": day, "opens": "22:00", "closes": "06:00"}
        for day in WEEKDAYS
    ),
    {"calendar": "week", "timezone": REPORTING, "weekday": "sunday", "opens": "00:00",
     "closes_weekday": "sunday", "closes": "00:00"},
    {"calendar": "five days", "timezone": "Europe/Berlin", "weekday": "monday", "opens": "06:00",
     "closes_weekday": "saturday", "closes": "02:30"},
    *(
        {"calendar": "jerusalem", "timezone": "Asia/Jerusalem", "weekday": day, "opens": "08:30",
         "closes": "16:45"}
        for day in ("sunday", "monday", "tuesday", "wednesday", "thursday")
    ),
]  # fmt: skip
HOLIDAYS = [
    {"calendar": "office", "holiday_on": "2025-11-27"},
    {"calendar": "office", "holiday_on": "2025-11-28", "closes": "13:00"},
    {"calendar": "office", "holiday_on": "2025-12-24", "opens": "10:00", "closes": "14:00"},
    {"calendar": "week", "holiday_on": "2025-12-25"},
    {"calendar": "nights", "holiday_on": "2025-11-02", "closes": "01:30"},
    {"calendar": "five days", "holiday_on": "2026-03-29", "closes": "12:00"},
]
TEAMS = [
    {"team": "A", "calendar": "office", "valid_to": "2026-02-01"},
    {"team": "A", "calendar": "week", "valid_from": "2026-02-01"},
    {"team": "B", "calendar": "jerusalem"},
    {"team": "C", "calendar": "nights"},
    {"team": "D", "calendar": "five days"},
]
CLOCKS = {
    "first_reply": ("new", "open", "pending", "on_hold"),
    "next_reply": ("new", "open", "pending", "on_hold"),
    "periodic_update": ("new", "open", "pending", "on_hold"),
    "requester_wait": ("new", "open", "on_hold"),
    "agent_work": ("new", "open"),
    "resolution": ("new", "open", "on_hold"),
}
POLICIES = [
    {"position": number, **row}
    for number, row in enumerate(
        [
            {"policy": "vip", "sla_metric": "first_reply", "segment": "vip", "target_minutes": 45},
            {"policy": "vip", "sla_metric": "resolution", "segment": "vip", "priority": "urgent",
             "target_minutes": 240, "calendar": "24x7", "valid_to": "2026-01-01"},
            {"policy": "phone", "sla_metric": "first_reply", "channel": "phone", "target_minutes": 20,
             "calendar": "week"},
            {"policy": "urgent", "sla_metric": "first_reply", "priority": "urgent", "target_minutes": 60},
            {"policy": "urgent", "sla_metric": "resolution", "priority": "urgent", "target_minutes": 600},
            {"policy": "base", "sla_metric": "first_reply", "target_minutes": 480, "valid_to": "2025-12-01"},
            {"policy": "base", "sla_metric": "first_reply", "target_minutes": 300,
             "valid_from": "2025-12-01"},
            {"policy": "base", "sla_metric": "next_reply", "target_minutes": 240, "calendar": "office"},
            {"policy": "team B", "sla_metric": "periodic_update", "team": "B", "target_minutes": 900},
            {"policy": "c1", "sla_metric": "periodic_update", "category": "c1", "target_minutes": 300,
             "valid_from": "2025-11-10"},
            {"policy": "base", "sla_metric": "requester_wait", "target_minutes": 1_500, "calendar": "office"},
            {"policy": "high", "sla_metric": "agent_work", "priority": "high", "target_minutes": 480},
            {"policy": "base", "sla_metric": "resolution", "target_minutes": 4_000, "valid_to": "2026-04-01"},
        ]
    )
]  # fmt: skip
RANK = {"low": 1, "normal": 2, "high": 3, "urgent": 4}


def paint_calendar(name: str) -> list[tuple[int, int]]:
    """The open intervals of a calendar, painted minute by minute on every local day."""
    if name == "24x7":
        return [(at("2020-01-01"), at("2030-01-01"))]
    rows = [row for row in CALENDARS if row["calendar"] == name]
    zone = ZoneInfo(rows[0]["timezone"])
    found = []
    for number in range(900):
        day = date(2025, 8, 1) + timedelta(days=number)
        minutes = [False] * 1_440
        for row in rows:
            if not row.get("valid_from", "0001") <= day.isoformat() < row.get("valid_to", "9999"):
                continue
            opens = WEEKDAYS.index(row["weekday"]) * 1_440 + clock(row["opens"])
            if "closes_weekday" in row:
                closes = WEEKDAYS.index(row["closes_weekday"]) * 1_440 + clock(row["closes"])
            else:
                closes = WEEKDAYS.index(row["weekday"]) * 1_440 + clock(row["closes"])
                closes += 1_440 if clock(row["closes"]) <= clock(row["opens"]) else 0
            length = (closes - opens) % 10_080 or 10_080
            for minute in range(1_440):
                if (day.weekday() * 1_440 + minute - opens) % 10_080 < length:
                    minutes[minute] = True
        for row in HOLIDAYS:
            if (row["calendar"], row["holiday_on"]) == (name, day.isoformat()):
                low = clock(row.get("opens", "00:00"))
                high = clock(row["closes"]) if "closes" in row else 0
                minutes = [is_open and low <= m < high for m, is_open in enumerate(minutes)]
        edges = [m for m in range(1_441) if (m < 1_440 and minutes[m]) != (m > 0 and minutes[m - 1])]
        for low, high in zip(edges[::2], edges[1::2], strict=True):
            moments = []
            for minute in (low, high):
                local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
                moments.append(int(local.replace(tzinfo=zone, fold=0).timestamp()) * SECOND)
            if moments[0] < moments[1]:
                found.append((moments[0], moments[1]))
    merged: list[tuple[int, int]] = []
    for low, high in sorted(found):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def clock(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


OPEN: dict[str, list[tuple[int, int]]] = {}


def intervals(calendar: str) -> list[tuple[int, int]]:
    if calendar not in OPEN:
        OPEN[calendar] = paint_calendar(calendar)
    return OPEN[calendar]


def open_time(calendar: str, low: int, high: int) -> int:
    """Open microseconds between two moments."""
    spans, total = intervals(calendar), 0
    number = max(bisect_right(spans, (low, 0)) - 1, 0)
    while number < len(spans) and spans[number][0] < high:
        total += max(0, min(high, spans[number][1]) - max(low, spans[number][0]))
        number += 1
    return total


def last_moment_within(calendar: str, start: int, amount: int) -> int:
    """The last moment until which no more than `amount` has been open since `start`."""
    spans = intervals(calendar)
    for low, high in spans[max(bisect_right(spans, (start, 0)) - 1, 0) :]:
        here = high - max(low, start)
        if here <= 0:
            continue
        if amount < here:
            return max(low, start) + amount
        amount -= here
    raise AssertionError("the calendar ends")


def midnight(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(REPORTING)).timestamp()) * SECOND


EDGES = sorted(
    {midnight(row[key]) for row in POLICIES + TEAMS for key in ("valid_from", "valid_to") if key in row}
)


def holds(row: dict, moment: int) -> bool:
    return (
        (midnight(row["valid_from"]) if "valid_from" in row else 0)
        <= moment
        < (midnight(row["valid_to"]) if "valid_to" in row else AS_OF * 2)
    )


def calendar_of(team: str | None, moment: int) -> str | None:
    return next((row["calendar"] for row in TEAMS if row["team"] == team and holds(row, moment)), None)


def target_of(metric: str, facts: dict, moment: int) -> dict | None:
    for row in POLICIES:
        conditions = [
            row[c] == facts[c] for c in ("priority", "channel", "segment", "category", "team") if c in row
        ]
        if row["sla_metric"] == metric and all(conditions) and holds(row, moment):
            return row
    return None


# --- the histories ------------------------------------------------------------------------------------


@dataclass
class Ticket:
    row: dict
    segment: str | None
    events: dict[str, dict] = field(default_factory=dict)
    messages: list[dict] = field(default_factory=list)
    calls: list[dict] = field(default_factory=list)


NIGHTS = [
    at("2025-11-02T04:00:00"),
    at("2026-03-08T04:00:00"),
    at("2025-10-25T22:00:00"),
    at("2026-03-28T22:00:00"),
]


def make_histories(rng: random.Random) -> tuple[list[Ticket], list[dict], dict[str, str | None]]:
    segments = {f"A{n}": rng.choice(["vip", "small", None]) for n in range(1_200)}
    tickets, loose_calls = [], []
    for number in range(TICKETS):
        if rng.random() < 0.25:
            created = rng.choice(NIGHTS) + rng.randrange(6 * 3_600) * SECOND
        else:
            created = START + rng.randrange(250 * 86_400) * SECOND
        if rng.random() < 0.1:
            created += rng.randrange(SECOND)
        account = rng.choice([*segments, None]) if rng.random() < 0.95 else None
        row = {
            "ticket_id": f"T{number}",
            "account_id": account,
            "channel": rng.choice(["email", "phone", "chat", "web"]),
            "category": rng.choice(["c1", "c2", "c3", None]),
            "priority": rng.choice(["Low", "normal", "high", "urgent", None]),
            "team": rng.choice(["A", "B", "C", "D", "E", None]),
            "assignee_id": rng.choice(["ann", "bob", "cid", None]),
            "status": "open",
            "created_at": created,
            "merged_into_ticket_id": "T0" if rng.random() < 0.02 else None,
            "is_spam": rng.random() < 0.02,
            "is_test": rng.random() < 0.01,
        }
        ticket = Ticket(row, segments.get(account))
        make_events(rng, ticket)
        make_messages(rng, ticket)
        if rng.random() < 0.15:
            for _ in range(rng.randrange(1, 3)):
                ticket.calls.append(
                    make_call(rng, ticket.row, created + rng.randrange(-3_600, 6 * 86_400) * SECOND)
                )
        elif rng.random() < 0.1 and account:
            loose_calls.append(
                make_call(rng, row, created + rng.randrange(12 * 86_400) * SECOND)
                | {"ticket_id": None, "transaction_type": row["category"]}
            )
        tickets.append(ticket)
    return tickets, loose_calls, segments


def make_call(rng: random.Random, row: dict, when: int) -> dict:
    return {
        "interaction_id": f"I{rng.randrange(10**12)}",
        "ticket_id": row["ticket_id"],
        "account_id": row["account_id"],
        "channel": "phone",
        "direction": rng.choice(["inbound", "inbound", "outbound"]),
        "outcome": rng.choice(["handled", "handled", "transferred", "abandoned", "self_served"]),
        "offered_at": when,
    }


def make_events(rng: random.Random, ticket: Ticket) -> None:
    """A random walk of changes: ties, clock skew, gaps in the log, long rests, changes after as_of."""
    row, moment = ticket.row, ticket.row["created_at"]
    status = rng.choice(["new", "open"])
    values = {name: row[key] for name, key in (("priority", "priority"), ("team", "team"),
              ("assignee", "assignee_id"), ("category", "category"))}  # fmt: skip
    if rng.random() < 0.1:
        moment -= rng.randrange(120) * SECOND
    tells_old = rng.random() < 0.7
    for step in range(rng.choice([0, 1, 2, 4, 8, 14])):
        gap = rng.choice([0, 0, 1, 60, 3_600, 86_400, 20 * 86_400])
        moment += rng.randrange(gap + 1) * SECOND
        name = rng.choice(
            ["status"] * 5 + ["priority", "team", "assignee", "category", "satisfaction", "subject"]
        )
        if name == "status":
            old, new = (
                status,
                rng.choice(["new", "open", "pending", "on_hold", "resolved", "resolved", "closed"]),
            )
            status = new
        elif name == "satisfaction":
            old, new = None, rng.choice(["offered", "good", "bad", "good with comment"])
        elif name == "subject":
            old, new = "x", "y"
        else:
            old = values[name]
            new = values[name] = rng.choice(
                {"priority": ["low", "normal", "high", "Urgent"], "team": ["A", "B", "C", "D", None],
                 "assignee": ["ann", "bob", "cid", None], "category": ["c1", "c2", None]}[name]
            )  # fmt: skip
        event = {
            "event_id": f"E{row['ticket_id']}-{rng.choice([step, step + 97])}",
            "ticket_id": row["ticket_id"],
            "field": name,
            "old_value": old if tells_old or rng.random() < 0.2 else None,
            "new_value": new,
            "occurred_at": moment,
        }
        ticket.events.setdefault(event["event_id"], event)
    row.update(priority=values["priority"], team=values["team"], assignee_id=values["assignee"],
               category=values["category"], status=status)  # fmt: skip
    # Its own row may be missing its time, or be older than its log.
    row["updated_at"] = rng.choice([max(moment, row["created_at"])] * 7 + [row["created_at"], None, None])
    # Some sources keep no log of their own ends; some tell them in the ticket as well, or contradict it.
    if rng.random() < 0.3:
        kept = {key: event for key, event in ticket.events.items() if event["new_value"] not in SETTLED}
        ticket.events = kept if rng.random() < 0.5 else ticket.events
        row["status"] = rng.choice([row["status"], "resolved", "closed"])
        if row["status"] in SETTLED and rng.random() < 0.8:
            end = max(moment, row["created_at"]) + rng.randrange(3 * 86_400) * SECOND
            row[rng.choice(["resolved_at", "closed_at"])] = end


def make_messages(rng: random.Random, ticket: Ticket) -> None:
    moment = ticket.row["created_at"]
    opener = rng.choice(["customer", "customer", "agent", "none"])
    if opener != "none":
        shift = rng.choice([0, 0, 1, 2, -30]) * SECOND
        ticket.messages.append(make_message(ticket, opener, moment + shift, True, 0))
    for number in range(rng.choice([0, 0, 1, 2, 3, 5, 9])):
        moment += rng.randrange(rng.choice([1, 2, 600, 7_200, 4 * 86_400])) * SECOND
        role = rng.choice(["customer", "customer", "agent", "agent", "agent", "bot", "system"])
        ticket.messages.append(make_message(ticket, role, moment, rng.random() < 0.85, number + 1))


def make_message(ticket: Ticket, role: str, when: int, is_public: bool, number: int) -> dict:
    # Everybody has been everything: the role is the one in the message.
    return {
        "message_id": f"M{ticket.row['ticket_id']}-{number * 37 % 101}",
        "ticket_id": ticket.row["ticket_id"],
        "author_id": "ann",
        "author_role": role,
        "is_public": is_public,
        "sent_at": when,
    }


# --- the figures ----------------------------------------------------------------------------------------


def in_order(rows: list[dict], moment: str, key: str, created: int, role: str = "") -> list[tuple[int, dict]]:
    kept = [(max(row[moment], created), row) for row in rows if row[moment] <= AS_OF]
    return sorted(kept, key=lambda each: (each[0], each[1].get(role, ""), len(each[1][key]), each[1][key]))


@dataclass
class Life:
    """What a ticket went through: its states [from, to, facts] and what its changes were."""

    states: list[tuple[int, int, dict]] = field(default_factory=list)
    resolutions: list[int] = field(default_factory=list)
    reopened: int = 0
    reassigned: int = 0
    escalated: int = 0
    has_status: bool = False
    logged: int = 0


def lower(text: str | None) -> str | None:
    return text.lower() if text else text


def own_status(row: dict) -> str:
    """The ticket's own column, where it speaks of the time before as_of."""
    later = max(row["updated_at"] or 0, row.get("resolved_at") or row.get("closed_at") or 0) > AS_OF
    return "open" if row["status"] in SETTLED and later else row["status"]


def live(ticket: Ticket) -> Life:
    row, created = ticket.row, ticket.row["created_at"]
    names = ("status", "priority", "team", "assignee", "category")
    log = [
        (when, event["field"],
         lower(event["old_value"]) if event["field"] == "priority" else event["old_value"],
         lower(event["new_value"]) if event["field"] == "priority" else event["new_value"], True)
        for when, event in in_order(list(ticket.events.values()), "occurred_at", "event_id", created)
        if event["field"] in names
    ]  # fmt: skip
    settled = [when for when, name, _, new, _ in log if name == "status" and new in SETTLED]
    unsettled = [when for when, name, _, new, _ in log if name == "status" and new not in SETTLED]
    resolved, closed = (
        row.get(k) if row.get(k) and row[k] <= AS_OF else None for k in ("resolved_at", "closed_at")
    )
    end = resolved or closed
    if end is None and own_status(row) in SETTLED and row["updated_at"] and row["updated_at"] <= AS_OF:
        end = max(row["updated_at"], created)
    tells_end = bool(settled) and (not unsettled or max(settled) >= max(unsettled))
    if end is not None and not tells_end and (not unsettled or end >= max(unsettled)):
        ends = (end, "status", None, "resolved" if resolved else "closed", bool(resolved))
        log = sorted([*log, ends], key=lambda each: each[0])
    facts = {"priority": lower(row["priority"]), "team": row["team"], "assignee": row["assignee_id"],
             "category": row["category"], "status": own_status(row)}  # fmt: skip
    for name in names:
        first = next((each for each in log if each[1] == name), None)
        if first and name == "status":
            facts[name] = first[2] if first[2] and first[2] not in SETTLED else "new"
        elif first:
            facts[name] = first[2]
    life = Life(
        has_status=any(each[1] == "status" for each in log), logged=max([*settled, *unsettled], default=0)
    )
    moment = created
    for when, name, old, new, counts in log:
        if when > moment:
            life.states.append((moment, when, dict(facts)))
            moment = when
        before = old or facts[name]
        facts[name] = new
        if name == "status":
            if new in SETTLED and before not in SETTLED and counts:
                life.resolutions.append(when)
            if new not in SETTLED and before in SETTLED:
                life.reopened += 1
        elif name in ("assignee", "team"):
            life.reassigned += bool(before and new and before != new)
        elif name == "priority":
            life.escalated += bool(before and new and RANK[new] > RANK[before])
    life.states.append((moment, AS_OF, dict(facts)))
    cut = []
    for low, high, state in life.states:
        state |= {"channel": row["channel"], "segment": ticket.segment}
        for edge in [each for each in EDGES if low < each < high]:
            cut.append((low, edge, state))
            low = edge
        cut.append((low, high, state))
    life.states = cut
    return life


def seconds(microseconds: int | None) -> int | None:
    return None if microseconds is None else microseconds // SECOND


def business(life: Life, low: int | None, high: int | None, statuses: tuple = ()) -> int | None:
    """Seconds in the hours of the team in charge, in all states or those of some statuses."""
    if high is None:
        return None
    total = 0
    for begins, ends, state in life.states:
        begins, ends = max(begins, low), min(ends, high)
        if begins >= ends:
            continue
        if statuses and state["status"] not in statuses:
            continue
        calendar = calendar_of(state["team"], begins)
        if calendar is None:
            return None
        total += open_time(calendar, begins, ends)
    return seconds(total)


def promises(ticket: Ticket, life: Life, said: list[tuple[int, str]], stretches: list[tuple]) -> dict:
    row = ticket.row
    spans = []
    for number, (asked, answered) in enumerate(stretches):
        spans.append(("next_reply" if number else "first_reply", asked, answered))
    agents = sorted({when for when, role in said if role == "agent"})
    spans += [("periodic_update", when, nxt) for when, nxt in zip(agents, [*agents[1:], None], strict=False)]
    is_settled = life.states[-1][2]["status"] in SETTLED
    done = max(life.resolutions) if is_settled and life.resolutions else None
    # Settled at a time that nobody knows gives no verdict.
    if not is_settled or done is not None:
        spans += [
            (metric, row["created_at"], done) for metric in ("requester_wait", "agent_work", "resolution")
        ]
    found, counts = {}, dict.fromkeys(CLOCKS, 0)
    for metric, start, end in spans:
        elapsed, breached, due, target, seen, was_open, running = 0, None, None, None, False, False, False
        touched = False
        for index, (low, high, state) in enumerate(life.states):
            is_last = index == len(life.states) - 1
            # What is kept in the moment it was promised is kept, whatever the state is.
            at_once = start == end == low
            if not at_once and (
                state["status"] in SETTLED or start > high or (end is not None and end <= low)
            ):
                continue
            if start >= high and not is_last:
                continue
            touched = True
            begins, ends = max(low, start), high if end is None else min(high, end)
            row_of = target_of(metric, state, low)
            limit = row_of and row_of["target_minutes"] * 60 * SECOND
            calendar = (row_of and row_of.get("calendar")) or calendar_of(state["team"], low) or "24x7"
            runs = state["status"] in CLOCKS[metric] and start != end
            ran = open_time(calendar, begins, ends) if runs else 0
            if limit is not None and breached is None:
                if elapsed > limit:
                    breached = begins
                elif elapsed + ran > limit:
                    breached = last_moment_within(calendar, begins, limit - elapsed)
            target, seen = limit, seen or limit is not None
            was_open, running = is_last and end is None, is_last and end is None and runs
            due = (
                last_moment_within(calendar, begins, limit - elapsed)
                if (running and limit is not None and breached is None)
                else None
            )
            elapsed += ran
        if not touched or not seen:
            continue
        counts[metric] += 1
        if breached is not None:
            status = "breached"
        elif end is not None and target is not None:
            status = "met"
        elif not was_open or target is None:
            status = "withdrawn"
        else:
            status = "active" if running else "paused"
        found[metric, counts[metric]] = (status, seconds(target), seconds(elapsed), breached, breached or due)
    return found


def figures(ticket: Ticket, opened: dict[tuple, list[int]]) -> tuple[dict, dict]:
    """The figures of a ticket, and its promises by metric and occurrence."""
    row, created = ticket.row, ticket.row["created_at"]
    life = live(ticket)
    messages = [m for m in ticket.messages if m["is_public"] and m["author_role"] in ("customer", "agent")]
    ordered = in_order(messages, "sent_at", "message_id", created, "author_role")
    opening = {m["author_role"] for _, m in ordered if m["sent_at"] <= created + SECOND}
    by_agent = opening == {"agent"}
    said = [(when, message["author_role"]) for when, message in ordered]
    if not by_agent:
        agents_first = [each for each in said if each == (created, "agent")]
        said = [*agents_first, (created, "customer"), *said[len(agents_first) :]]
    stretches, waiting, turns, previous = [], None, 0, None
    for when, role in said:
        if role == "customer" and waiting is None:
            waiting = when
        elif role == "agent" and waiting is not None:
            stretches.append((waiting, when))
            waiting = None
        turns += role == "agent" and previous != "agent"
        previous = role
    answered = list(stretches)
    if waiting is not None:
        stretches.append((waiting, None))
    asked, reply = answered[0] if answered and answered[0] == stretches[0] else (None, None)
    resolved = life.resolutions
    own = own_status(row)
    is_future = row["updated_at"] and row["updated_at"] > AS_OF and life.has_status
    if is_future or (row["updated_at"] and row["updated_at"] < life.logged):
        own = life.states[-1][2]["status"]
    is_resolved = own in SETTLED
    length = {name: sum(high - low for low, high, s in life.states if s["status"] in statuses) // SECOND
              for name, statuses in WAITS.items()}  # fmt: skip
    first = resolved[0] if resolved else None
    last = resolved[-1] if resolved and is_resolved else None
    result = {
        "status": own,
        "first_response_calendar_seconds": seconds(reply - asked) if reply else None,
        "first_response_business_seconds": business(life, asked, reply),
        "first_resolution_calendar_seconds": seconds(first - created) if first else None,
        "first_resolution_business_seconds": business(life, created, first),
        "full_resolution_calendar_seconds": seconds(last - created) if last else None,
        "full_resolution_business_seconds": business(life, created, last),
        "customer_message_count": sum(m["author_role"] == "customer" for _, m in ordered),
        "agent_message_count": sum(m["author_role"] == "agent" for _, m in ordered),
        "reopen_count": life.reopened,
        "reassignment_count": life.reassigned,
        "escalation_count": life.escalated,
    }
    for name, statuses in WAITS.items():
        result[f"{name}_calendar_seconds"] = length[name]
        result[f"{name}_business_seconds"] = business(life, created, AS_OF, statuses)
    ratings = [event["new_value"].split()[0] for _, event in
               in_order(list(ticket.events.values()), "occurred_at", "event_id", 0)
               if event["field"] == "satisfaction" and event["new_value"] != "offered"]  # fmt: skip
    result["satisfaction"] = None
    if ratings:
        result["satisfaction"] = ratings[0] if ratings[0] == ratings[-1] else f"{ratings[0]}_to_{ratings[-1]}"
    is_eligible = not (row["merged_into_ticket_id"] or row["is_spam"] or row["is_test"])
    contacts, repeated, at_once = None, None, None
    if is_eligible and first is not None:
        calls = [call for call in ticket.calls if call["offered_at"] <= AS_OF]
        handled = sum(call["outcome"] in ("handled", "transferred") for call in calls)
        contacts = handled if row["channel"] == "phone" and handled else turns + handled
        until = first + 7 * DAY
        others = opened.get((row["account_id"], row["category"] or ""), [])
        repeated = any(created < when <= until for when in others) or any(
            call["direction"] == "inbound" and first < call["offered_at"] <= until for call in calls
        )
        is_judged = bool(row["account_id"]) and until <= AS_OF
        if is_judged:
            served = any(call["outcome"] == "self_served" for call in calls)
            at_once = (contacts == 1 or (contacts == 0 and served)) and not life.reopened and not repeated
        repeated = repeated if is_judged else None
    result |= {
        "agent_contact_count": contacts,
        "is_repeated": repeated,
        "is_first_contact_resolution": at_once,
    }
    return result, promises(ticket, life, said, stretches) if is_eligible else {}


WAITS = {"requester_wait": ("new", "open", "on_hold"), "agent_wait": ("pending",), "on_hold": ("on_hold",)}


# --- both, side by side -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    rng = random.Random(7)
    tickets, loose_calls, segments = make_histories(rng)
    events = [event for ticket in tickets for event in ticket.events.values()]
    # Out of order, and some of them sent twice.
    events += rng.sample(events, len(events) // 10)
    rng.shuffle(events)
    messages = [message for ticket in tickets for message in ticket.messages]
    calls = loose_calls + [call for ticket in tickets for call in ticket.calls]

    def exported(rows: list[dict], *times: str) -> list[dict]:
        return [
            {
                key: written(value) if key in times else "" if value is None else value
                for key, value in row.items()
            }
            for row in rows
        ]

    warehouse = make_company(
        tmp_path_factory.mktemp("independent"),
        {
            "accounts": [
                {"account_id": name, "account_name": name, "segment": segment or "",
                 "created_at": written(START)}
                for name, segment in segments.items()
            ],
            "tickets": exported(
                [{"resolved_at": None, "closed_at": None, **ticket.row} for ticket in tickets],
                "created_at", "resolved_at", "closed_at", "updated_at",
            ),
            "ticket_events": exported(events, "occurred_at"),
            "ticket_messages": exported(messages, "sent_at"),
            "interactions": exported(calls, "offered_at"),
        },
        {
            "business_calendars": CALENDARS,
            "holidays": HOLIDAYS,
            "team_calendars": TEAMS,
            "sla_policies": POLICIES,
        },
        reporting_timezone=REPORTING,
        as_of=written(AS_OF),
    ).run()  # fmt: skip
    seen = [ticket for ticket in tickets if ticket.row["created_at"] <= AS_OF]
    opened: dict[tuple, list[int]] = {}
    for ticket in seen:
        row = ticket.row
        if row["account_id"] and not (row["merged_into_ticket_id"] or row["is_spam"] or row["is_test"]):
            opened.setdefault((row["account_id"], row["category"] or ""), []).append(row["created_at"])
    for call in loose_calls:
        if call["direction"] == "inbound" and call["offered_at"] <= AS_OF:
            opened.setdefault((call["account_id"], call["transaction_type"] or ""), []).append(
                call["offered_at"]
            )
    return warehouse, {ticket.row["ticket_id"]: (ticket, *figures(ticket, opened)) for ticket in seen}


def test_every_figure_of_every_ticket_is_equal(both):
    warehouse, expected = both
    columns = list(next(iter(expected.values()))[1])
    published = {
        row[0]: dict(zip(columns, row[1:], strict=True))
        for row in warehouse.rows(f"select ticket_id, {', '.join(columns)} from service.fct_tickets")
    }
    assert published.keys() == expected.keys()
    assert len(published) > 0.9 * TICKETS
    differences = [
        (name, column, published[name][column], value)
        for name, (_, facts, _) in expected.items()
        for column, value in facts.items()
        if published[name][column] != value
    ]
    assert differences == []
    # The histories are as adversarial as they claim to be.
    assert sum(facts["reopen_count"] > 0 for _, facts, _ in expected.values()) > 300
    assert sum(facts["first_response_business_seconds"] == 0 for _, facts, _ in expected.values()) > 20


def test_every_promise_and_its_breach_are_equal(both):
    warehouse, expected = both
    published = {}
    for name, metric, occurrence, *rest, breached, due in warehouse.rows(
        "select ticket_id, sla_metric, occurrence, sla_status, target_seconds, elapsed_seconds, "
        "epoch_us(breached_at), epoch_us(due_at) from service.fct_sla_targets "
        "inner join service.fct_tickets using (ticket_key)"
    ):
        published.setdefault(name, {})[metric, occurrence] = (*rest, breached, due)
    differences = [
        (name, key, published.get(name, {}).get(key), targets.get(key))
        for name, (_, _, targets) in expected.items()
        for key in published.get(name, {}).keys() | targets.keys()
        if published.get(name, {}).get(key) != targets.get(key)
    ]
    assert differences == []
    judged = [value[0] for _, _, targets in expected.values() for value in targets.values()]
    assert {"met", "breached", "withdrawn", "active", "paused"} <= set(judged)
    assert len(judged) > 3 * TICKETS
