"""The monthly service metrics again, in plain Python from the published facts.

The facts themselves are recomputed in test_service_independent; here it is the counting, the periods, the
intervals and the way into the long table.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest
from scipy import stats

from tests.test_metric_values import compare, percentile, wilson

ZONE = ZoneInfo("Europe/Berlin")


def month(moment) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).strftime("%Y-%m-01")


def facts(demo, table: str, where: str = "true") -> list[dict]:
    names = [name for (name,) in demo.rows(
        "select column_name from duckdb_columns() where schema_name = 'service' and table_name = ? "
        "order by column_index", table)]  # fmt: skip
    return [
        dict(zip(names, row, strict=True))
        for row in demo.rows(f"select * from service.{table} where {where}")
    ]


@pytest.fixture(scope="module")
def tickets(demo) -> list[dict]:
    return facts(demo, "fct_tickets", "is_eligible")


@pytest.fixture(scope="module")
def interactions(demo) -> list[dict]:
    return facts(demo, "fct_interactions")


@pytest.fixture(scope="module")
def replies(demo, tickets) -> list[dict]:
    eligible = {ticket["ticket_key"] for ticket in tickets}
    return [reply for reply in facts(demo, "fct_replies") if reply["ticket_key"] in eligible]


def rates(cases) -> dict:
    """Of (month, is counted): the share with its interval by month; None counts nowhere."""
    found = defaultdict(list)
    for period, flag in cases:
        if period is not None and flag is not None:
            found[period].append(flag)
    return {
        period: (sum(flags) / len(flags), *wilson(sum(flags), len(flags)), len(flags))
        for period, flags in found.items()
    }


@pytest.mark.parametrize(
    ("metric", "when", "flag"),
    [
        (
            "first_response_within_1h",
            "created_at",
            lambda t: (
                t["first_response_calendar_seconds"] <= 3_600
                if t["first_response_at"]
                else False
                if (t["waiting_calendar_seconds"] or 0) > 3_600
                else None
            ),
        ),
        (
            "first_response_within_24h",
            "created_at",
            lambda t: (
                t["first_response_calendar_seconds"] <= 86_400
                if t["first_response_at"]
                else False
                if (t["waiting_calendar_seconds"] or 0) > 86_400
                else None
            ),
        ),
        ("first_contact_resolution_rate", "first_resolved_at", lambda t: t["is_first_contact_resolution"]),
        ("reassignment_rate", "first_resolved_at", lambda t: t["reassignment_count"] > 0),
        ("escalation_rate", "first_resolved_at", lambda t: t["escalation_count"] > 0),
        ("reported_sla_compliance_rate", "first_resolved_at", lambda t: t["reported_sla_met"]),
    ],
)
def test_shares_of_tickets(demo, tickets, metric, when, flag):
    compare(demo.metric(metric, "month"), rates((month(t[when]), flag(t)) for t in tickets))


def test_sla_compliance_by_target_and_by_metric(demo):
    targets = facts(demo, "fct_sla_targets")
    verdicts = [
        (month(t["breached_at"] or t["fulfilled_at"]), t["sla_status"] == "met", t["sla_metric"])
        for t in targets
        if t["sla_status"] in ("met", "breached")
    ]
    assert len(verdicts) > 5_000
    compare(demo.metric("sla_compliance_rate", "month"), rates(v[:2] for v in verdicts))
    compare(
        demo.metric("sla_compliance_rate", "month", "sla_metric"),
        rates(v[:2] for v in verdicts if v[2] == "first_reply"),
        "first_reply",
    )


def test_sla_compliance_by_ticket(demo, tickets):
    targets = defaultdict(list)
    for target in facts(demo, "fct_sla_targets"):
        targets[target["ticket_key"]].append(target)
    cases = []
    for ticket in tickets:
        breaches = [t["breached_at"] for t in targets[ticket["ticket_key"]] if t["breached_at"]]
        kept = [t for t in targets[ticket["ticket_key"]] if t["sla_status"] == "met"]
        if breaches:
            cases.append((month(min(breaches)), False))
        elif kept and ticket["full_resolved_at"]:
            cases.append((month(ticket["full_resolved_at"]), True))
    compare(demo.metric("sla_ticket_compliance_rate", "month"), rates(cases))


@pytest.mark.parametrize(
    ("metric", "flag"),
    [
        ("abandonment_rate", lambda i: i["outcome"] == "abandoned" if i["is_offered"] else None),
        (
            "service_level",
            lambda i: (
                i["outcome"] in ("handled", "transferred") and i["wait_seconds"] <= 20
                if i["is_offered"]
                else None
            ),
        ),
        (
            "ivr_containment_rate",
            lambda i: i["outcome"] == "self_served" if i["ivr_seconds"] is not None else None,
        ),
    ],
)
def test_shares_of_live_contacts(demo, interactions, metric, flag):
    compare(demo.metric(metric, "month"), rates((month(i["offered_at"]), flag(i)) for i in interactions))


def test_counts(demo, tickets, interactions):
    handled = defaultdict(int)
    for contact in interactions:
        handled[month(contact["offered_at"])] += contact["outcome"] in ("handled", "transferred")
    published = demo.metric("interactions_handled", "month")
    assert {period: row["value"] for (period, _), row in published.items()} == handled
    lost = defaultdict(float)
    for ticket in tickets:
        lost[month(ticket["created_at"])] += (ticket["unresolved_calendar_seconds"] or 0) / 3_600
    for (period, _), row in demo.metric("recurring_issue_index", "month").items():
        assert row["value"] == pytest.approx(lost[period], abs=1e-4)


DURATIONS = {
    "first_response_business_time": ("tickets", "created_at", "first_response_business_seconds"),
    "response_time": ("replies", "answered_at", "response_calendar_seconds"),
    "response_business_time": ("replies", "answered_at", "response_business_seconds"),
    "first_resolution_time": ("tickets", "first_resolved_at", "first_resolution_calendar_seconds"),
    "first_resolution_business_time": ("tickets", "first_resolved_at", "first_resolution_business_seconds"),
    "full_resolution_business_time": ("tickets", "full_resolved_at", "full_resolution_business_seconds"),
    "requester_wait_time": ("tickets", "full_resolved_at", "requester_wait_calendar_seconds"),
    "agent_wait_time": ("tickets", "full_resolved_at", "agent_wait_calendar_seconds"),
    "average_handle_time": ("interactions", "offered_at", "handle_seconds"),
}


@pytest.mark.parametrize("metric", DURATIONS)
def test_durations(demo, request, metric):
    table, when, column = DURATIONS[metric]
    values = defaultdict(list)
    for row in request.getfixturevalue(table):
        if row[when] is not None and row[column] is not None:
            values[month(row[when])].append(row[column])
    means = {}
    for period, found in values.items():
        n, mean = len(found), statistics.fmean(found)
        if n < 2:
            continue
        half = stats.t.ppf(0.975, n - 1) * statistics.stdev(found) / math.sqrt(n)
        means[period] = (mean, mean - half, mean + half, n)
    compare(demo.metric(metric, "month"), means)
    for name, p in (("median", 0.5), ("p90", 0.9), ("p95", 0.95)):
        published = demo.metric(f"{metric.removeprefix('average_')}_{name}", "month")
        for period, found in values.items():
            assert published[period, "company"]["value"] == pytest.approx(percentile(found, p), abs=1e-6)


def test_backlog_is_what_no_settlement_had_ended_by_the_months_last_midnight(demo, tickets):
    states = demo.built_rows(
        "select valid_from, case when is_last then null else valid_to end "
        "from intermediate.int_ticket_states "
        "inner join service.fct_tickets using (source_system, ticket_id) "
        "where is_eligible and int_ticket_states.status not in ('resolved', 'closed')"
    )
    for (period, _), row in demo.metric("ticket_backlog", "month").items():
        if row["complete"]:
            year, number, _ = map(int, period.split("-"))
            last = f"{year + number // 12}-{number % 12 + 1:02d}-01"
            still = sum(
                low.astimezone(ZONE).strftime("%Y-%m-%d") < last
                and (high is None or high.astimezone(ZONE).strftime("%Y-%m-%d") >= last)
                for low, high in states
            )
            assert row["value"] == still, period


def test_cost_per_ticket(demo, tickets):
    solved = defaultdict(int)
    for ticket in tickets:
        if ticket["full_resolved_at"]:
            solved[month(ticket["full_resolved_at"])] += 1
    costs = dict(demo.built_rows(
        "select cast(cast(period_start as date) as varchar), sum(cast(amount as double)) "
        "from staging.stg_canonical__service_costs group by 1"))  # fmt: skip
    published = demo.metric("cost_per_ticket", "month")
    assert len(published) == len(costs) == 24
    for (period, _), row in published.items():
        assert row["value"] == pytest.approx(costs[period] / solved[period], rel=1e-6)


def test_agents_figures_add_up_to_their_teams_and_shrink_towards_them(demo):
    rows = facts(demo, "fct_agent_metrics", "period = 'quarter' and period_start = date '2026-04-01'")
    by_scope = {(row["scope"], row["scope_value"]): row for row in rows}
    teams = dict(demo.rows("select agent_id, team from core.dim_agents where team is not null"))
    for team in set(teams.values()):
        members = [
            row for (scope, name), row in by_scope.items() if scope == "agent" and teams.get(name) == team
        ]
        whole = by_scope["team", team]
        assert sum(row["fcr_judged"] for row in members) == whole["fcr_judged"]
        assert sum(row["solved"] for row in members) == whole["solved"]
        share = whole["fcr"] / whole["fcr_judged"]
        for row in members:
            expected = (row["fcr"] + 20 * share) / (row["fcr_judged"] + 20)
            assert row["first_contact_resolution_rate_shrunk"] == pytest.approx(expected, abs=1e-6)
            own = row["first_contact_resolution_rate"]
            assert min(own, share) - 1e-6 <= expected <= max(own, share) + 1e-6
