"""The hand-checked cases of the voice of the customer. One company holds them; each test names its case.

Times are in January 2026, UTC; the company's reporting timezone is UTC.
"""

from __future__ import annotations

import pytest

from tests.companies import make_company


def at(day: int, clock: str = "10:00", month: int = 1) -> str:
    return f"2026-{month:02d}-{day:02d}T{clock}:00Z"


def answer(name: str, survey: str, score: float, day: int, month: int = 1, **more) -> dict:
    return {
        "response_id": name,
        "survey_id": survey,
        "score": score,
        "responded_at": at(day, "10:00", month),
        **more,
    }


def call(name: str, contact: str, day: int, clock: str, **more) -> dict:
    return {
        "interaction_id": name,
        "channel": "phone",
        "direction": "outbound",
        "contact_id": contact,
        "offered_at": at(day, clock),
        "answered_at": at(day, clock),
        "outcome": "handled",
        **more,
    }


def survey(name: str, kind: str, low: int, high: int) -> dict:
    return {"survey_id": name, "survey_type": kind, "scale_min": low, "scale_max": high}


def ticket(name: str, **more) -> dict:
    return {
        "ticket_id": name,
        "channel": "email",
        "status": "open",
        "contact_id": "P9",
        "created_at": at(5, "08:00"),
        "updated_at": at(5, "08:00"),
        **more,
    }


SCALES = [
    {"survey_id": "*", "survey_type": kind, "scale_min": low, "scale_max": high}
    | {"score_from": first, "score_to": last, "answer_group": group}
    for kind, low, high, first, last, group in [
        ("csat", 1, 5, 1, 2, "negative"),
        ("csat", 1, 5, 3, 3, "neutral"),
        ("csat", 1, 5, 4, 5, "positive"),
        ("csat", 1, 6, 1, 2, "positive"),
        ("csat", 1, 6, 3, 4, "neutral"),
        ("csat", 1, 6, 5, 6, "negative"),
        ("nps", 0, 10, 0, 6, "detractor"),
        ("nps", 0, 10, 7, 8, "passive"),
        ("nps", 0, 10, 9, 10, "promoter"),
        ("ces", 1, 7, 1, 3, "negative"),
        ("ces", 1, 7, 4, 4, "neutral"),
        ("ces", 1, 7, 5, 7, "positive"),
    ]
] + [
    {"survey_id": "with_blank", "survey_type": "csat", "scale_min": 1, "scale_max": 5}
    | {"score_from": 3, "score_to": 3, "answer_group": "no_answer"}
]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    entities = {
        "accounts": [{"account_id": "A1", "account_name": "One", "segment": "large", "created_at": at(1)}],
        "contacts": [
            {"contact_id": f"P{n}", "account_id": "A1" if n == 1 else "", "updated_at": at(1)}
            for n in range(1, 10)
        ],
        "agents": [{"agent_id": "AG1", "full_name": "Agent", "team": "Desk"}],
        "tickets": [
            ticket("T1", assignee_id="AG1", team="Desk"),
            ticket("T2", is_spam="true"),
        ],
        "ticket_messages": [
            {
                "message_id": "M1",
                "ticket_id": "T1",
                "author_role": "customer",
                "is_public": "true",
                "body": "I am angry.\n> The service is excellent, thank you",
                "sent_at": at(5, "08:00"),
            },
            {
                "message_id": "M2",
                "ticket_id": "T1",
                "author_role": "agent",
                "author_id": "AG1",
                "is_public": "true",
                "body": "We love to help, thank you, excellent",
                "sent_at": at(7, "10:00"),
            },
        ],
        "surveys": [
            survey("csat", "csat", 1, 5),
            survey("grades", "csat", 1, 6),
            survey("with_blank", "csat", 1, 5),
            survey("nps", "nps", 0, 10),
            survey("ces", "ces", 1, 7),
        ],
        "survey_responses": [
            # One person answers twice in the window, and once more after it.
            answer("N1", "nps", 3, 10, contact_id="P1"),
            answer("N2", "nps", 9, 20, contact_id="P1"),
            answer("N3", "nps", 9, 12, contact_id="P2"),
            answer("N4", "nps", 2, 15, contact_id="P3"),
            answer("N5", "nps", 10, 20, month=6, contact_id="P4"),
            answer("G1", "grades", 1, 10),
            answer("G2", "grades", 6, 10),
            answer("G3", "grades", 2, 10),
            answer("B1", "with_blank", 3, 10),
            answer("B2", "with_blank", 5, 10),
            answer("E1", "ces", 7, 10),
            answer("E2", "ces", 2, 10),
            # Low answers: called in time, called late, written to on the ticket, called by nobody.
            answer("L1", "csat", 1, 6, contact_id="P5"),
            answer("L2", "csat", 1, 6, contact_id="P6"),
            answer("L3", "csat", 2, 6, ticket_id="T1", contact_id="P9", comment="Confusing answer, terrible"),
            answer("L4", "csat", 2, 6, contact_id="P7"),
            answer("L5", "csat", 1, 6, ticket_id="T2"),
            answer("L6", "csat", 1, 29, month=6, contact_id="P8"),
        ],
        "interactions": [
            call("before", "P5", 5, "10:00"),
            call("in_time", "P5", 8, "09:59"),
            call("late", "P6", 8, "10:01"),
            call("missed", "P7", 7, "10:00", outcome="missed"),
            {
                "interaction_id": "talk",
                "channel": "chat",
                "direction": "inbound",
                "contact_id": "P1",
                "agent_id": "AG1",
                "offered_at": at(6),
                "answered_at": at(6),
                "outcome": "handled",
                "transcript": "Agent: That is wonderful, excellent, I love it\nCustomer: This is terrible",
            },
        ],
        "survey_invitations": [
            {"invitation_id": "I1", "survey_id": "csat", "contact_id": "P1", "sent_at": at(5)},
            {"invitation_id": "I2", "survey_id": "csat", "contact_id": "P2", "sent_at": at(5)},
            {"invitation_id": "I3", "survey_id": "csat", "sent_at": at(5), "is_delivered": "false"},
            {"invitation_id": "I4", "survey_id": "csat", "sent_at": at(20, month=6)},
        ],
    }
    entities["survey_responses"].append(answer("A1", "csat", 4, 25, invitation_id="I1"))
    entities["survey_responses"].append(answer("A2", "csat", 4, 25, month=3, invitation_id="I2"))
    folder = tmp_path_factory.mktemp("voice_answers") / "company"
    return make_company(
        folder, entities, reference={"survey_scales": SCALES}, as_of="2026-06-30T12:00:00Z"
    ).run()


def test_one_person_answers_twice_both_count_as_responses(company):
    nps = company.metric("nps", "month")["2026-01-01", "company"]
    assert (nps["sample_size"], nps["value"]) == (4, 0)


def test_the_customer_level_nps_uses_the_latest_answer_within_90_days(company):
    values = company.metric("nps_of_customers", "month")
    # At the end of January: P1 and P2 promote, P3 does not.
    january = values["2026-01-01", "company"]
    assert (january["numerator"], january["denominator"]) == (1, 3)
    assert january["value"] == pytest.approx(100 / 3, abs=1e-6)
    # P2's answer of 12 January stands for 90 days, until 11 April; P1's of the 20th until the 19th.
    days = company.metric("nps_of_customers", "day")
    assert days["2026-04-11", "company"]["sample_size"] == 3
    assert days["2026-04-12", "company"]["sample_size"] == 2
    assert values["2026-05-01", "company"]["value"] is None
    assert values["2026-06-01", "company"]["sample_size"] == 1


def test_who_answered_twice_has_moved_from_detractor_to_promoter(company):
    assert company.rows(
        "select from_group, to_group, movement, from_score, to_score, days_between "
        "from voice.fct_score_movements"
    ) == [("detractor", "promoter", "improved", 3, 9, 10)]


def test_on_a_reversed_scale_one_is_the_best_grade(company):
    cell = company.metric("csat", "month", "survey")["2026-01-01", "grades"]
    assert (cell["numerator"], cell["denominator"]) == (2, 3)
    points = company.rows(
        "select response_id, points from voice.fct_survey_responses where survey_id = 'grades' order by 1"
    )
    assert points == [("G1", 5.0), ("G2", 1.0), ("G3", 4.2)]


def test_a_code_within_the_scale_that_means_no_answer_is_none(company):
    cell = company.metric("csat", "month", "survey")["2026-01-01", "with_blank"]
    assert (cell["numerator"], cell["denominator"]) == (1, 1)


def test_ease_of_doing_business_is_the_share_of_five_to_seven_with_its_mean(company):
    assert company.metric("ease_of_doing_business", "month")["2026-01-01", "company"]["value"] == 0.5
    assert company.metric("ces_mean", "month")["2026-01-01", "company"]["value"] == 4.5


def test_the_response_rate_is_of_delivered_invitations_answered_in_30_days(company):
    rate = company.metric("survey_response_rate", "month")
    # I1 after 20 days counts, I2 after 79 does not, I3 was not delivered; I4 is too young to count.
    assert (rate["2026-01-01", "company"]["numerator"], rate["2026-01-01", "company"]["denominator"]) == (
        1,
        2,
    )
    assert rate["2026-06-01", "company"]["value"] is None


def test_few_answers_are_marked_as_too_few(company):
    marked = company.rows(
        "select distinct sample_size < 10, is_too_few from scorecard.fct_metric_values "
        "where metric = 'csat' order by 1"
    )
    assert marked == [(False, False), (True, True)]


def test_a_low_answer_is_followed_up_in_time_late_missed_or_still_waited_for(company):
    found = company.rows(
        "select responses.response_id, follow_ups.follow_up_status, follow_ups.follow_up_channel, "
        "follow_ups.follow_up_seconds from voice.fct_detractor_follow_ups as follow_ups "
        "inner join voice.fct_survey_responses as responses using (survey_response_key) "
        "where responses.survey_id = 'csat' order by 1"
    )
    # The spam ticket's answer is not there.
    assert found == [
        ("L1", "in_time", "phone", 2 * 86_400 - 60),
        ("L2", "late", "phone", 2 * 86_400 + 60),
        ("L3", "in_time", "ticket", 86_400),
        ("L4", "missed", None, None),
        ("L6", "waiting", None, None),
    ]
    rate = company.metric("detractor_follow_up_rate", "month", "survey")["2026-01-01", "csat"]
    assert (rate["numerator"], rate["denominator"]) == (2, 4)


def test_the_list_says_why_and_what_the_comment_complains_of(company):
    assert company.rows(
        "select likely_cause, stated_complaint from voice.fct_detractor_follow_ups where has_comment"
    ) == [("slow_first_response", "unclear_answer")]


def test_only_what_the_customer_says_counts_in_a_transcript_and_a_quoted_mail(company):
    assert company.rows(
        "select record_id, sentiment from voice.fct_customer_texts where record_id in ('talk', 'M1', 'M2') "
        "order by 1"
    ) == [("M1", "negative"), ("talk", "negative")]


def test_sentiment_stands_by_customer_agent_channel_and_period(company):
    by_agent = company.metric("sentiment_score", "month", "agent")["2026-01-01", "AG1"]
    assert by_agent["sample_size"] == 3
    assert by_agent["value"] < 0
    ((texts, shown, mean, shrunk),) = company.rows(
        "select texts, sentiment, sentiment_score, sentiment_score_shrunk from voice.fct_customer_sentiments "
        "inner join core.dim_customers using (customer_key) where customer_kind = 'account'"
    )
    # One text is no verdict.
    assert (texts, shown) == (1, None)
    assert shrunk == pytest.approx(mean / 4, abs=1e-6)
