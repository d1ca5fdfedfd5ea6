"""The customer's journey: touchpoints in order, sessions, what follows; one row a customer; the event log."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pm4py
import pytest

from orchestration.event_log import EventLogError, write_event_log
from tests.companies import make_company


def at(day: str, time: str = "09:00") -> str:
    return f"2026-{day}T{time}:00Z"


def stamped(rows: list[dict]) -> list[dict]:
    """Rows with the time of their last change, which is that of the event."""
    times = ("occurred_at", "ordered_at", "offered_at", "responded_at", "sent_at", "started_at", "created_at")
    return [{"updated_at": next(row[name] for name in times if name in row), **row} for row in rows]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Ann looks, buys, asks twice, complains; calls in vain; chats and buys again. Ben only looks."""
    status = {"ticket_id": "T1", "field": "status"}
    entities = {
        "accounts": [
            {
                "account_id": "ann",
                "account_name": "Ann",
                "segment": "small",
                "created_at": at("01-01", "00:00"),
            },
            {
                "account_id": "ben",
                "account_name": "Ben",
                "segment": "large",
                "created_at": at("01-01", "00:00"),
            },
        ],
        "digital_events": [
            {"event_id": "D1", "account_id": "ann", "kind": "visit", "occurred_at": at("01-01", "10:00")},
            {
                "event_id": "D2",
                "account_id": "ann",
                "kind": "purchase_step",
                "occurred_at": at("01-01", "10:05"),
            },
            {"event_id": "D3", "account_id": "ben", "kind": "visit", "occurred_at": at("07-01")},
        ],
        "orders": [
            {"order_id": f"O{number}", "account_id": "ann", "ordered_at": at(day), "status": "fulfilled"}
            | {"currency": "EUR", "net_amount": 100}
            for number, day in enumerate(("01-02", "03-25"))
        ],
        "tickets": [
            {
                "ticket_id": "T1",
                "account_id": "ann",
                "channel": "email",
                "category": "billing",
                "status": "resolved",
            }
            | {"created_at": at("01-05"), "resolved_at": at("01-08"), "updated_at": at("01-08")},
            {
                "ticket_id": "T2",
                "account_id": "ann",
                "channel": "chat",
                "category": "device",
                "status": "open",
            }
            | {"created_at": at("03-20", "09:01")},
        ],
        "ticket_events": [
            {**status, "event_id": "E1", "old_value": "", "new_value": "open", "occurred_at": at("01-05")},
            {
                **status,
                "event_id": "E2",
                "old_value": "open",
                "new_value": "resolved",
                "occurred_at": at("01-06"),
            },
            {
                **status,
                "event_id": "E3",
                "old_value": "resolved",
                "new_value": "open",
                "occurred_at": at("01-07"),
            },
            {
                **status,
                "event_id": "E4",
                "old_value": "open",
                "new_value": "resolved",
                "occurred_at": at("01-08"),
            },
        ],
        "interactions": [
            {"interaction_id": "I1", "channel": "phone", "direction": "inbound", "account_id": "ann"}
            | {"offered_at": at("02-20"), "outcome": "abandoned", "wait_seconds": 300},
            {
                "interaction_id": "I2",
                "channel": "chat",
                "direction": "inbound",
                "account_id": "ann",
                "ticket_id": "T2",
            }
            | {"offered_at": at("03-20"), "outcome": "handled", "wait_seconds": 20, "talk_seconds": 60},
        ],
        "surveys": [
            {
                "survey_id": "S",
                "survey_type": "csat",
                "scale_min": 1,
                "scale_max": 5,
                "updated_at": at("01-01"),
            }
        ],
        "survey_responses": [
            {"response_id": "R1", "survey_id": "S", "account_id": "ann", "ticket_id": "T1", "score": 2}
            | {"responded_at": at("01-09")}
        ],
    }
    entities = {name: rows if name == "surveys" else stamped(rows) for name, rows in entities.items()}
    return make_company(tmp_path_factory.mktemp("journey"), entities).run()


def test_every_touchpoint_stands_in_order_with_its_stage_wait_and_outcome(company):
    rows = company.rows(
        "select session_number, activity, stage, wait_seconds, outcome from scorecard.fct_customer_timeline "
        "inner join core.dim_customers using (customer_key) "
        "where account_name = 'Ann' and is_touchpoint order by event_number"
    )
    assert rows == [
        (1, "visit", "explore", None, None),
        (1, "purchase_step", "checkout", None, None),
        (1, "order", "buy", None, "fulfilled"),
        (1, "request email", "get help", None, "resolved_after_reopening"),
        (1, "reopening", "get help", None, "resolved_after_reopening"),
        (1, "answer csat", "tell", None, "negative"),
        # More than fourteen days later a session of its own.
        (2, "contact phone", "get help", 300, "abandoned"),
        # The ticket that the chat brought about is the same touchpoint.
        (3, "contact chat", "get help", 20, "handled"),
        (3, "order", "buy", None, "fulfilled"),
    ]


def test_what_happened_to_a_request_in_between_is_in_the_timeline_but_no_touchpoint(company):
    rows = company.rows(
        "select activity, strftime(occurred_on, '%m-%d'), wait_seconds from scorecard.fct_customer_timeline "
        "where not is_touchpoint order by occurred_at"
    )
    assert rows == [("resolution", "01-06", 86_400), ("request chat", "03-20", None)]


def test_sessions_say_how_they_went_and_what_followed(company):
    rows = company.rows(
        "select path, contacts, is_loop, is_cross_channel, is_dead_end, has_bought_after, has_left_after, "
        "has_answered_low_after from scorecard.fct_journey_sessions order by started_at"
    )
    assert rows == [
        # Two contacts about one matter; the low answer and the purchase of 25 March follow the first of
        # them. She was
        # no customer yet on the day before.
        (
            "visit > purchase_step > order > request email > reopening > answer csat",
            *(2, True, False, False, True, None, True),
        ),
        # Nobody answered; bought again 33 days later.
        ("contact phone", 1, False, False, True, True, False, False),
        # Bought five days after the contact; was active before, and is 90 days later.
        ("contact chat > order", 1, False, False, False, True, False, False),
        # Ben's session is not over, and he never was a customer.
        ("visit", 0, False, False, None, None, None, None),
    ]


def test_transitions_count_who_goes_where(company):
    rows = dict(
        ((before, after), (count, share))
        for before, after, count, share in company.rows(
            "select from_activity, to_activity, transitions, share_of_from from "
            "scorecard.fct_journey_transitions "
            "where scope = 'company'"
        )
    )
    assert rows["(start)", "visit"] == (2, 0.5)
    assert rows["visit", "purchase_step"] == (1, 1.0)
    # Ben's session may go on.
    assert ("visit", "(end)") not in rows
    assert rows["request email", "reopening"] == (1, 1.0)
    assert sum(count for (before, _), (count, _) in rows.items() if before == "(start)") == 4
    repeated = company.rows(
        "select from_activity, to_activity from scorecard.fct_journey_transitions "
        "where scope = 'company' and is_repeat_contact"
    )
    assert repeated == [("request email", "reopening")]


def test_stages_convert_within_a_session(company):
    rows = {
        (before, after): (sessions, converted)
        for before, after, sessions, converted in company.rows(
            "select from_stage, to_stage, sessions, sessions_converted from "
            "scorecard.fct_journey_conversions "
            "where scope = 'company'"
        )
    }
    # Of the sessions that are over one begins with a visit and comes to an order; three need help, one then
    # answers, one buys; two have an order.
    assert rows["explore", "buy"] == (1, 1)
    assert rows["checkout", "buy"] == (1, 1)
    assert rows["get help", "tell"] == (3, 1)
    assert rows["get help", "buy"] == (3, 1)
    assert rows["buy", "explore"] == (2, 0)


def test_the_customer_360_is_one_row_a_customer_with_all_of_it(company):
    rows = company.rows(
        "select account_name, tickets, tickets_open, contacts_recent, contacts_lost_recent, "
        "last_csat_group, purchases, "
        "journey_sessions, last_activity, low_answers_not_followed_up "
        "from scorecard.fct_customer_360 order by account_name"
    )
    assert rows == [
        ("Ann", 2, 1, 2, 1, "negative", 2, 3, "order", 1),
        ("Ben", 0, 0, 0, 0, None, 0, 1, "visit", 0),
    ]


def test_the_360_of_the_demonstration_company_adds_up_to_its_facts(demo):
    (sums,) = demo.rows(
        "select count(*), sum(tickets), sum(purchases), sum(lifetime_value), sum(touchpoints), sum(people) "
        "from scorecard.fct_customer_360"
    )
    (facts,) = demo.rows(
        "select (select count(*) from core.dim_customers), "
        "(select count(*) from service.fct_tickets where is_eligible and customer_key is not null), "
        "(select count(*) from value.fct_purchases), (select sum(lifetime_value) from "
        "value.fct_customer_values), "
        "(select count(*) from scorecard.fct_customer_timeline where is_touchpoint), "
        "(select count(*) from core.dim_contacts where customer_key is not null)"
    )
    assert sums == facts
    assert sums[1] > 4_000


def test_what_follows_a_pattern_is_counted_from_the_sessions(demo):
    sessions = demo.rows("select is_loop, has_left_after from scorecard.fct_journey_sessions")
    (found,) = demo.rows(
        "select sessions_with, followed_with, sessions_without, followed_without, rate_with - rate_without "
        "from scorecard.fct_journey_patterns where pattern = 'repeat contact' and outcome = 'leaving_rate'"
    )
    counts = Counter(row for row in sessions if row[1] is not None)
    expected = (
        counts[True, True] + counts[True, False],
        counts[True, True],
        counts[False, True] + counts[False, False],
        counts[False, True],
    )
    assert found[:4] == expected
    assert found[4] == pytest.approx(expected[1] / expected[0] - expected[3] / expected[2], abs=2e-6)


def test_the_sessions_of_the_demonstration_company_equal_a_walk_in_python(demo):
    expected = []
    last = None
    for customer, occurred, activity, kind in demo.rows(
        "select customer_key, occurred_at, activity, kind from scorecard.fct_customer_timeline "
        "where is_touchpoint order by customer_key, event_number"
    ):
        if last is None or last[0] != customer or (occurred - last[1]).total_seconds() // 1 > 14 * 86_400:
            expected.append([customer, 0, 0, [], occurred])
        session = expected[-1]
        session[1] += 1
        session[4] = occurred
        session[2] += kind in ("request", "contact", "reopening")
        if not session[3] or session[3][-1] != activity:
            session[3].append(activity)
        last = (customer, occurred)
    paths = [
        (customer, touchpoints, contacts, " > ".join(path[:6]) + (" > …" if len(path) > 6 else ""))
        for customer, touchpoints, contacts, path, _ in expected
    ]
    found = demo.rows(
        "select customer_key, touchpoints, contacts, path from scorecard.fct_journey_sessions "
        "order by customer_key, session_number"
    )
    assert found == paths
    # A session is over when nothing can come to it any more.
    ((as_of,),) = demo.rows("select as_of_at from scorecard.dim_company")
    most = Counter(
        path
        for (*_, path), session in zip(paths, expected, strict=True)
        if (as_of - session[4]).total_seconds() >= 14 * 86_400
    ).most_common(5)
    assert [
        (path, count)
        for path, count in demo.rows(
            "select path, sessions from scorecard.fct_journey_paths order by path_rank limit 5"
        )
    ] == sorted(most, key=lambda each: (-each[1], each[0]))


def test_the_event_log_of_customers_is_read_by_pm4py(company, tmp_path):
    file = tmp_path / "log.csv"
    assert write_event_log(company.settings.published_database, file, "customer") == 10
    log = pm4py.format_dataframe(
        pd.read_csv(file),
        case_id="case:concept:name",
        activity_key="concept:name",
        timestamp_key="time:timestamp",
    )
    variants = {path: count for path, count in pm4py.get_variants(log).items()}
    assert len(variants) == 2
    assert variants["visit",] == 1
    starts, ends = pm4py.get_start_activities(log), pm4py.get_end_activities(log)
    assert (starts, ends) == ({"visit": 2}, {"order": 1, "visit": 1})


def test_a_log_of_another_kind_of_file_is_refused(company, tmp_path):
    with pytest.raises(EventLogError, match=r"expected a name that ends in \.csv or \.parquet, found \.xlsx"):
        write_event_log(company.settings.published_database, tmp_path / "log.xlsx", "customer")


def test_a_log_without_an_event_is_refused(company, tmp_path):
    with pytest.raises(EventLogError, match="no event with a ticket as its case"):
        write_event_log(company.settings.published_database, tmp_path / "log.csv", "ticket", "colour")
