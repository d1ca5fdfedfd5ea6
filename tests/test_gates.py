"""Gates: every suite passes on good data and rings on a spoiled copy, and a failed gate holds back
everything behind it."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from expectations.gate import validate
from expectations.suites import LAYERS, suites
from orchestration.__main__ import RunFailedError
from tests.companies import make_company

STAGED = ["staging.stg_canonical__tickets"]
PROFILES = ["control.helpdesk__tickets"]

# For every suite the ways to spoil a good warehouse, and what the gate must then say.
SPOILED = {
    ("raw", "arrivals"): [
        ("update control.helpdesk__tickets set row_count = 0", "holds no row"),
        ("update control.helpdesk__tickets set share_without_key = 0.02", "without a key"),
        ("update control.helpdesk__tickets set share_deleted = 0.6", "disappeared from the source"),
        ("update control.helpdesk__tickets set hours_overdue = 1", "nothing new arrived"),
    ],
    ("staging", "quarantine"): [
        (
            "update staging.stg_canonical__tickets set quarantine_reason = 'x' "
            "where hash(ticket_id) % 20 = 0",
            "more than one row in fifty",
        ),
    ],
    ("staging", "orders"): [
        (
            "update staging.stg_canonical__orders set currency = 'EURO' where order_id like '%7'",
            "no ISO 4217 code",
        ),
    ],
    ("staging", "contacts"): [
        ("update staging.stg_canonical__contacts set email = phone", "fewer than nine in ten"),
    ],
    ("intermediate", "orders"): [
        (
            "update intermediate.int_orders_converted set reporting_amount = null where currency = 'USD'",
            "exchange_rates has no rate",
        ),
    ],
    ("intermediate", "survey_answers"): [
        (
            "update intermediate.int_survey_responses_scored set is_answer = false "
            "where survey_id = 'csat-ticket'",
            "its scale is wrong",
        ),
    ],
    ("intermediate", "ticket_times"): [
        (
            "update intermediate.int_tickets_resolved set last_resolved_at = '2000-01-01' "
            "where reopen_count = 1",
            "before it was first resolved",
        ),
        (
            "update intermediate.int_tickets_resolved set reopen_count = 101 where reopen_count = 1",
            "share one identifier",
        ),
    ],
    ("intermediate", "ticket_states"): [
        (
            "update intermediate.int_ticket_states set valid_to = valid_from - interval 1 day "
            "where status = 'pending'",
            "leaves a state after it entered it",
        ),
        (
            "update intermediate.int_ticket_states set valid_to = valid_to + interval 1 day "
            "where status = 'pending'",
            "in one state at a time",
        ),
    ],
    ("intermediate", "calendars"): [
        (
            "update reference.team_calendars set calendar = 'service desk' where team = '*'",
            "its clock would stand still",
        ),
    ],
    ("intermediate", "service_costs"): [
        (
            "update intermediate.int_service_costs_converted set reporting_amount = null "
            "where cost_type = 'telephony'",
            "costs would be short",
        ),
    ],
    ("intermediate", "contracts"): [
        (
            "update intermediate.int_subscriptions_converted set reporting_monthly_amount = null "
            "where currency = 'GBP'",
            "recurring revenue would be short",
        ),
    ],
    ("intermediate", "identities"): [
        (
            "update intermediate.int_customers_resolved set customer_key = 'everybody' "
            "where source_system = 'surveys'",
            "one record in ten is one customer",
        ),
    ],
    ("intermediate", "texts_judged"): [
        ("update intermediate.int_texts_judged set sentiment_score = 1.5", "between -1 and 1"),
        ("update intermediate.int_texts_judged set confidence = 1.5", "between 0 and 1"),
        ("update intermediate.int_texts_judged set analyser_version = null", "which analyser"),
    ],
    ("marts", "sentiment_quality"): [
        (
            "update voice.fct_sentiment_quality set texts_positive = 200, texts_negative = 200, auc = 0.3",
            "contradict each other",
        ),
    ],
    ("marts", "metric_values"): [
        ("delete from scorecard.fct_metric_values", "without a single metric"),
        (
            "update scorecard.fct_metric_values set value = 1.2 where metric = 'csat' and value = 1",
            "between 0 and 1",
        ),
        (
            "update scorecard.fct_metric_values set value = 101 where metric = 'nps' and value = 100",
            "between -100 and 100",
        ),
        (
            "update scorecard.fct_metric_values set value = -1 where metric = 'requester_wait_time' "
            "and period = 'year'",
            "no duration is negative",
        ),
        (
            "update scorecard.fct_metric_values set ci_low = value + 1 where metric = 'csat'",
            "inside its own interval",
        ),
    ],
    ("marts", "revenue_movements"): [
        (
            "update value.fct_revenue_movements set churned_revenue = churned_revenue + 1 "
            "where period_start = '2026-03-01'",
            "do not explain",
        ),
        (
            "update value.fct_revenue_movements set opening_revenue = 1, "
            "closing_revenue = closing_revenue + 1 where opening_revenue = 0",
            "at the end of the one before",
        ),
    ],
    ("marts", "jumps"): [
        (
            "update scorecard.fct_metric_values set sample_size = 1000, "
            "value = case when period_start = '2026-03-01' then 0.2 else 0.8 end "
            "where metric = 'csat'",
            "further than its sample allows",
        ),
    ],
}


def layer_suites(layer: str):
    return suites(layer, PROFILES if layer == "raw" else STAGED)


def test_every_suite_is_proven_on_a_spoiled_copy():
    there = {(layer, suite.name) for layer in LAYERS for suite in layer_suites(layer)}
    assert there == SPOILED.keys()
    for layer in LAYERS:
        for suite in layer_suites(layer):
            assert len(SPOILED[layer, suite.name]) == len(suite.expectations)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_suite_passes_on_the_demonstration_company(demo, layer):
    for verdict in validate(demo.settings.build_database, layer_suites(layer)):
        assert verdict.broken == ()


@pytest.mark.parametrize(("layer", "name"), SPOILED)
def test_a_suite_rings_on_a_spoiled_copy(demo, tmp_path, layer, name):
    (suite,) = (each for each in layer_suites(layer) if each.name == name)
    for number, (spoil, said) in enumerate(SPOILED[layer, name]):
        copy = tmp_path / f"{number}.duckdb"
        shutil.copy(demo.settings.build_database, copy)
        with duckdb.connect(str(copy)) as connection:
            connection.execute(spoil)
        (verdict,) = validate(copy, [suite])
        assert not verdict.passed
        assert any(said in reason for reason in verdict.broken), verdict.broken


def tickets(count: int, **first) -> list[dict]:
    rows = [
        {
            "ticket_id": f"T{n}",
            "channel": "email",
            "status": "open",
            "created_at": f"2026-01-{n % 28 + 1:02d}T10:00:00Z",
        }
        for n in range(count)
    ]
    return [{**row, **first} if n < count // 10 else row for n, row in enumerate(rows)]


def answers(month: int, score: int) -> list[dict]:
    return [
        {
            "response_id": f"{month}-{n}",
            "survey_id": "s",
            "score": score if n % 10 else 6 - score,
            "responded_at": f"2026-{month:02d}-10T10:00:00Z",
        }
        for n in range(400)
    ]


SPOILED_INPUT = {
    "raw": (
        {"tickets": tickets(50), "contacts": [{"contact_id": "", "email": "a@b"}] * 3},
        "raw/export/contacts: more than one row in a hundred without a key",
    ),
    "staging": (
        {"tickets": tickets(50, status="lost")},
        "staging/stg_canonical__tickets: more than one row in fifty",
    ),
    "intermediate": (
        {
            "accounts": [{"account_id": "C", "account_name": "C", "created_at": "2026-01-01"}],
            "orders": [
                {
                    "order_id": "1",
                    "account_id": "C",
                    "ordered_at": "2026-01-01",
                    "status": "fulfilled",
                    "currency": "XXX",
                    "net_amount": 5,
                }
            ],
        },
        "intermediate/int_orders_converted: exchange_rates has no rate",
    ),
    # In the third month somebody exported the scale the other way round.
    "marts": (
        {
            "surveys": [{"survey_id": "s", "survey_type": "csat", "scale_min": 1, "scale_max": 5}],
            "survey_responses": answers(1, 5) + answers(2, 5) + answers(3, 1) + answers(4, 5),
        },
        "scorecard/fct_metric_values: a monthly rate moved further",
    ),
}
BEHIND = {
    "raw": ("staging", "intermediate", "scorecard"),
    "staging": ("intermediate", "scorecard"),
    "intermediate": ("scorecard",),
    "marts": (),
}


@pytest.mark.parametrize("layer", LAYERS)
def test_behind_a_failed_gate_nothing_is_built_or_published(tmp_path, layer):
    entities, said = SPOILED_INPUT[layer]
    warehouse = make_company(tmp_path / "company", entities)
    with pytest.raises(RunFailedError) as error:
        warehouse.run()
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert not warehouse.settings.published_database.exists()
    built = {
        name
        for (name,) in warehouse.built_rows(
            "select distinct schema_name from duckdb_tables() union "
            "select distinct schema_name from duckdb_views() where not internal"
        )
    }
    assert built.isdisjoint(BEHIND[layer])
