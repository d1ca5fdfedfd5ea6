"""The hand-checked cases that this stage answers. One company holds them all; each test names its case.

Times are in January 2026, UTC; the company's reporting timezone is UTC.
"""

from __future__ import annotations

import pytest

from tests.companies import make_company

DAY = "2026-01-05"


def at(clock: str, day: str = DAY) -> str:
    return f"{day}T{clock}:00Z"


def ticket(name: str, status: str = "open", created: str = "10:00", **more) -> dict:
    return {
        "ticket_id": name,
        "channel": "email",
        "status": status,
        "created_at": at(created),
        "updated_at": at("23:00"),
        **more,
    }


def message(of: str, role: str, clock: str, day: str = DAY, is_public: bool = True) -> dict:
    return {
        "message_id": f"{of}-{role}-{day}-{clock}-{is_public}",
        "ticket_id": of,
        "author_role": role,
        "author_id": f"{role}-1",
        "is_public": is_public,
        "sent_at": at(clock, day),
    }


def change(of: str, old: str, new: str, clock: str, day: str = DAY, name: str = "") -> dict:
    return {
        "event_id": name or f"{of}-{new}-{day}-{clock}",
        "ticket_id": of,
        "field": "status",
        "old_value": old,
        "new_value": new,
        "occurred_at": at(clock, day),
    }


TICKETS = [
    ticket("answered"),
    ticket("bot_first"),
    ticket("outbound"),
    ticket("outbound_silent"),
    ticket("unanswered"),
    ticket("resolved_silently", "closed"),
    ticket("reopened", "resolved"),
    ticket("merged", merged_into_ticket_id="answered"),
    ticket("spam", is_spam="true"),
    ticket("test", is_test="true"),
    ticket("resent", "resolved"),
    ticket("internal_note"),
    ticket("deactivated"),
]
MESSAGES = [
    message("answered", "customer", "10:00"),
    message("answered", "agent", "12:00"),
    message("bot_first", "customer", "10:00"),
    message("bot_first", "bot", "10:01"),
    message("bot_first", "system", "10:02"),
    message("bot_first", "agent", "11:00"),
    # Agent writes first, the customer at 11:00, the agent answers at 11:30.
    message("outbound", "agent", "10:00"),
    message("outbound", "customer", "11:00"),
    message("outbound", "agent", "11:30"),
    message("outbound_silent", "agent", "10:00"),
    message("outbound_silent", "agent", "15:00"),
    message("unanswered", "customer", "10:00"),
    message("internal_note", "customer", "10:00"),
    message("internal_note", "agent", "10:05", is_public=False),
    message("internal_note", "agent", "10:30"),
    message("merged", "agent", "10:01"),
    message("spam", "agent", "10:01"),
    message("test", "agent", "10:01"),
    message("deactivated", "customer", "10:00"),
    message("deactivated", "agent", "14:00"),
    message("reopened", "customer", "10:00"),
]
EVENTS = [
    change("resolved_silently", "open", "closed", "11:00"),
    change("reopened", "open", "resolved", "11:00"),
    change("reopened", "resolved", "open", "12:00"),
    change("reopened", "open", "resolved", "16:00"),
    # Sent again with the same id, and not in the order of time.
    change("resent", "resolved", "closed", "18:00", name="e2"),
    change("resent", "open", "resolved", "13:00", name="e1"),
    change("resent", "resolved", "closed", "18:00", name="e2"),
]
# 690 promoters, 392 passives, 1,271 detractors and 32 blanks, in April; nothing in May.
NPS = [
    {
        "response_id": f"n{number}",
        "survey_id": "nps",
        "score": score,
        "responded_at": at("09:00", "2026-04-10"),
        "account_id": "C1",
    }
    for number, score in enumerate(
        [10] * 400 + [9] * 290 + [7] * 200 + [8] * 192 + [0] * 271 + [6] * 1000 + [11] * 32
    )
]
CSAT = [
    {
        "response_id": f"c{number}",
        "survey_id": "csat",
        "score": score,
        "weight": weight,
        "responded_at": at("09:00", "2026-04-11"),
        "account_id": "C1",
    }
    for number, (score, weight) in enumerate([(3, 1), (4, 2), (5, 1), (5, 1), (1, 5)])
] + [{"response_id": "june", "survey_id": "csat", "score": 5, "responded_at": at("09:00", "2026-06-01")}]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return make_company(
        tmp_path_factory.mktemp("known_answers"),
        {
            "accounts": [
                {"account_id": f"C{n}", "account_name": f"C{n}", "created_at": at("00:00")}
                for n in range(1, 5)
            ],
            "agents": [
                {
                    "agent_id": "agent-1",
                    "role": "end user",
                    "left_at": at("23:00"),
                    "hired_at": at("00:00", "2020-01-01"),
                }
            ],
            "tickets": TICKETS,
            "ticket_messages": MESSAGES,
            "ticket_events": EVENTS,
            "surveys": [
                {"survey_id": "nps", "survey_type": "nps", "scale_min": 0, "scale_max": 10},
                {"survey_id": "csat", "survey_type": "csat", "scale_min": 1, "scale_max": 5},
            ],
            "survey_responses": NPS + CSAT,
            "orders": [
                {
                    "order_id": "1",
                    "account_id": "C1",
                    "ordered_at": at("09:00"),
                    "status": "fulfilled",
                    "currency": "EUR",
                    "net_amount": "10",
                },
                {
                    "order_id": "2",
                    "account_id": "C1",
                    "ordered_at": at("09:00", "2026-01-09"),
                    "status": "returned",
                    "currency": "EUR",
                    "net_amount": "20",
                },
                {
                    "order_id": "3",
                    "account_id": "C2",
                    "ordered_at": at("09:00"),
                    "status": "fulfilled",
                    "currency": "EUR",
                    "net_amount": "10",
                },
                {
                    "order_id": "4",
                    "account_id": "C2",
                    "ordered_at": at("17:00"),
                    "status": "fulfilled",
                    "currency": "EUR",
                    "net_amount": "15",
                },
                {
                    "order_id": "5",
                    "account_id": "C3",
                    "ordered_at": at("09:00"),
                    "status": "fulfilled",
                    "currency": "EUR",
                    "net_amount": "10",
                },
                {
                    "order_id": "6",
                    "account_id": "C3",
                    "ordered_at": at("09:00", "2026-02-09"),
                    "status": "placed",
                    "currency": "EUR",
                    "net_amount": "30",
                },
            ],
        },
        first_day_of_week="sunday",
    ).run()


@pytest.fixture(scope="module")
def tickets(company):
    columns = (
        "ticket_id, first_response_calendar_seconds, first_resolution_calendar_seconds, "
        "full_resolution_calendar_seconds, reopen_count, is_eligible, is_answerable"
    )
    names = ("response", "first_resolution", "full_resolution", "reopens", "eligible", "answerable")
    return {
        row[0]: dict(zip(names, row[1:], strict=True))
        for row in company.rows(f"select {columns} from service.fct_tickets")
    }


def test_opened_at_ten_and_answered_at_twelve_is_7200_seconds(tickets):
    assert tickets["answered"]["response"] == 7_200


def test_an_agent_who_has_since_become_an_end_user_still_counts(tickets):
    assert tickets["deactivated"]["response"] == 4 * 3_600


def test_a_bot_answers_first_and_a_human_later_gives_the_humans_time(tickets):
    assert tickets["bot_first"]["response"] == 3_600


def test_an_internal_note_is_no_answer(tickets):
    assert tickets["internal_note"]["response"] == 1_800


def test_an_outbound_tickets_clock_starts_with_the_customers_first_message(tickets):
    assert tickets["outbound"]["response"] == 1_800
    assert tickets["outbound"]["answerable"] is True


def test_an_outbound_ticket_without_a_customer_message_is_not_eligible(tickets):
    assert tickets["outbound_silent"]["response"] is None
    assert tickets["outbound_silent"]["answerable"] is False


def test_an_unanswered_open_ticket_is_counted_apart_never_as_zero(company, tickets):
    assert tickets["unanswered"]["response"] is None
    # Also 'resent' and 'resolved_silently' have no answer, but they are settled, not waiting.
    assert company.metric("unanswered_tickets")["2026-01-01", "company"]["value"] == 1


def test_resolved_without_any_agent_message_counts_for_resolution_only(tickets):
    assert tickets["resolved_silently"]["response"] is None
    assert tickets["resolved_silently"]["full_resolution"] == 3_600


def test_resolved_reopened_resolved_has_two_resolution_times(tickets):
    assert tickets["reopened"]["first_resolution"] == 3_600
    assert tickets["reopened"]["full_resolution"] == 6 * 3_600
    assert tickets["reopened"]["reopens"] == 1


def test_merged_spam_and_test_tickets_are_not_eligible_anywhere(company, tickets):
    assert [name for name, facts in tickets.items() if not facts["eligible"]] == [
        name for name in tickets if name in ("merged", "spam", "test")
    ]
    assert company.metric("ticket_volume")["2026-01-01", "company"]["value"] == len(TICKETS) - 3


def test_an_event_sent_again_out_of_order_counts_once_in_order_of_time(company, tickets):
    assert tickets["resent"]["full_resolution"] == 3 * 3_600
    assert tickets["resent"]["reopens"] == 0
    events = "select count(*) from service.fct_ticket_events where event_id = 'e2'"
    assert company.rows(events) == [(1,)]


def test_reopen_rate_is_one_in_three_resolved_tickets(company):
    rate = company.metric("reopen_rate")["2026-01-01", "company"]
    assert (rate["numerator"], rate["denominator"]) == (1, 3)


def test_nps_is_minus_24_69_over_2353_because_a_blank_is_no_answer(company):
    nps = company.metric("nps", "month")["2026-04-01", "company"]
    assert round(nps["value"], 2) == -24.69
    assert nps["sample_size"] == 2_353
    assert nps["numerator"] == 690 - 1_271


def test_an_eleven_that_means_no_answer_is_no_promoter(company):
    groups = company.rows(
        "select distinct answer_group, is_answer from voice.fct_survey_responses where score = 11"
    )
    assert groups == [(None, False)]


def test_no_responses_in_a_month_give_null_and_not_zero(company):
    csat = company.metric("csat", "month")["2026-05-01", "company"]
    assert (csat["value"], csat["sample_size"]) == (None, 0)


def test_csat_top_two_of_five_from_3_4_5_5_1_is_60_percent(company):
    assert company.metric("csat", "month")["2026-04-01", "company"]["value"] == 0.6


def test_weighted_and_unweighted_are_both_stored(company):
    # Weights 2 + 1 + 1 of 10 are positive.
    assert company.metric("csat_weighted", "month")["2026-04-01", "company"]["value"] == 0.4


def test_an_order_returned_in_full_is_no_repeat_purchase_and_worth_nothing(company):
    assert company.rows("select reporting_amount from value.fct_orders where order_id = '2'") == [(0,)]
    # C1 returned its second order, C2 bought twice on one day: only C3 of three bought again.
    rate = company.metric("repeat_purchase_rate", "month")["2026-02-01", "company"]
    assert (rate["numerator"], rate["denominator"]) == (1, 3)


def test_a_period_is_complete_only_when_it_lies_before_as_of(company):
    volume = company.metric("ticket_volume", "month")
    assert volume["2026-05-01", "company"]["complete"] is True
    assert volume["2026-06-01", "company"]["complete"] is False


def test_a_months_first_response_time_is_over_its_tickets_not_over_daily_means(company):
    # 7,200; 3,600; 1,800 (outbound); 1,800 (note); 14,400: the mean is 28,800 / 5.
    mean = company.metric("first_response_time", "month")["2026-01-01", "company"]
    assert (mean["value"], mean["numerator"], mean["denominator"]) == (5_760, 28_800, 5)
    median = company.metric("first_response_time_median", "month")["2026-01-01", "company"]
    assert median["value"] == 3_600


def test_a_week_begins_on_the_companys_first_day_of_the_week(company):
    # Monday 5 January lies in the week that begins on Sunday the 4th.
    assert company.metric("ticket_volume", "week")["2026-01-04", "company"]["value"] == 10
