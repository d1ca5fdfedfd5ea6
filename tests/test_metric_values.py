"""An independent computation of the metrics, in plain Python from the exported files.

It shares no code and no SQL with the models; DuckDB only opens the Parquet files.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import sqlite3
import statistics
from collections import defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import pytest
from scipy import stats

from orchestration.contract import PROJECT_ROOT

ZONE = ZoneInfo("Europe/Berlin")
DONE = {"solved", "closed"}
KNOWN_STATUS = {"new", "open", "pending", "hold", "solved", "closed"}


def moment(text: str | None) -> datetime | None:
    if not text:
        return None
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def month(when: datetime) -> str:
    return when.astimezone(ZONE).strftime("%Y-%m-01")


def parquet(path) -> list[dict]:
    result = duckdb.connect().execute(f"select * from '{path}'")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="module")
def tickets(demo_files) -> dict[str, dict]:
    """The newest good version of every eligible ticket, with its events and messages."""
    newest: dict[str, dict] = {}
    for path in sorted((demo_files / "data/helpdesk/tickets").iterdir()):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                good = row["channel"] and row["status"] in KNOWN_STATUS and row["created_at"] != "n/a"
                good = good and not (row["resolved_at"] and row["resolved_at"] < row["created_at"])
                held = newest.get(row["ticket_id"])
                if good and (held is None or row["updated_at"] > held["updated_at"]):
                    newest[row["ticket_id"]] = row
    kept = {
        name: {**row, "events": {}, "messages": []}
        for name, row in newest.items()
        if row["is_spam"] != "true" and not row["merged_into_ticket_id"]
    }
    for part in ("part-1", "part-2"):
        for event in parquet(demo_files / f"data/helpdesk/ticket_events/{part}.parquet"):
            if event["ticket_id"] in kept and event["field"] == "status":
                kept[event["ticket_id"]]["events"][event["event_id"]] = event
    for message in parquet(demo_files / "data/helpdesk/ticket_messages.parquet"):
        if message["ticket_id"] in kept and message["is_public"]:
            kept[message["ticket_id"]]["messages"].append(message)
    return kept


def first_response_seconds(ticket: dict) -> int | None:
    created = moment(ticket["created_at"])
    said = sorted(ticket["messages"], key=lambda m: m["sent_at"])
    opening = {m["author_role"] for m in said if m["sent_at"] <= created}
    start = created
    if "agent" in opening and "customer" not in opening:
        customer = [m["sent_at"] for m in said if m["author_role"] == "customer"]
        if not customer:
            return None
        start = customer[0]
    answers = [m["sent_at"] for m in said if m["author_role"] == "agent" and m["sent_at"] > start]
    return int((answers[0] - start).total_seconds()) if answers else None


def resolutions(ticket: dict) -> tuple[list[datetime], int]:
    """Times at which it was resolved, and how often it was reopened."""
    times, reopened, state = [], 0, "new"
    for event in sorted(ticket["events"].values(), key=lambda e: (e["occurred_at"], e["event_id"])):
        if event["new_value"] in DONE and state not in DONE:
            times.append(event["occurred_at"])
        if state in DONE and event["new_value"] not in DONE:
            reopened += 1
        state = event["new_value"]
    return times, reopened


def wilson(k: float, n: float) -> tuple[float, float]:
    interval = stats.binomtest(int(k), int(n)).proportion_ci(method="wilson")
    return interval.low, interval.high


def percentile(values: list[int], p: float) -> float:
    values = sorted(values)
    at = (len(values) - 1) * p
    low = math.floor(at)
    return values[low] + (at - low) * (values[math.ceil(at)] - values[low])


def compare(published: dict, expected: dict, scope_value: str = "company") -> None:
    assert len(expected) >= 20
    for period, (value, low, high, count) in expected.items():
        found = published[period, scope_value]
        assert found["sample_size"] == count, period
        assert found["value"] == pytest.approx(value, abs=2e-6), period
        if low is None:
            assert (found["ci_low"], found["ci_high"]) == (None, None)
        else:
            assert found["ci_low"] == pytest.approx(low, abs=2e-6, rel=1e-8), period
            assert found["ci_high"] == pytest.approx(high, abs=2e-6, rel=1e-8), period


def test_ticket_volume(demo, tickets):
    count: dict = defaultdict(int)
    for ticket in tickets.values():
        count[month(moment(ticket["created_at"])), ticket["team"]] += 1
    published = demo.metric("ticket_volume", "month", "team")
    assert {key: n for key, n in count.items()} == {
        key: values["value"] for key, values in published.items() if values["value"]
    }


@pytest.mark.parametrize("metric", ["first_response_time", "full_resolution_time"])
def test_durations(demo, tickets, metric):
    seconds: dict[str, list[int]] = defaultdict(list)
    for ticket in tickets.values():
        created = moment(ticket["created_at"])
        if metric == "first_response_time":
            value, when = first_response_seconds(ticket), created
        else:
            times, _ = resolutions(ticket)
            is_done = ticket["status"] in DONE and times
            value = int((times[-1] - created).total_seconds()) if is_done else None
            when = times[-1] if is_done else None
        if value is not None:
            seconds[month(when)].append(value)
    means, quantiles = {}, {0.5: {}, 0.9: {}, 0.95: {}}
    for period, values in seconds.items():
        n = len(values)
        if n < 2:
            continue
        mean, spread = statistics.fmean(values), statistics.stdev(values) / math.sqrt(n)
        half = stats.t.ppf(0.975, n - 1) * spread
        means[period] = (mean, mean - half, mean + half, n)
        for p, found in quantiles.items():
            z = stats.norm.ppf(0.975) * math.sqrt(n * p * (1 - p))
            low, high = math.floor(n * p - z), math.ceil(n * p + z) + 1
            ordered = sorted(values)
            found[period] = (
                percentile(values, p),
                ordered[low - 1] if low >= 1 else None,
                ordered[high - 1] if high <= n else None,
                n,
            )
    compare(demo.metric(metric, "month"), means)
    for name, p in (("median", 0.5), ("p90", 0.9), ("p95", 0.95)):
        published = demo.metric(f"{metric}_{name}", "month")
        for period, (value, low, high, n) in quantiles[p].items():
            found = published[period, "company"]
            assert (found["ci_low"], found["ci_high"], found["sample_size"]) == (low, high, n)
            assert found["value"] == pytest.approx(value, abs=1e-6)


def test_reopen_rate(demo, tickets):
    resolved: dict[str, list[bool]] = defaultdict(list)
    for ticket in tickets.values():
        times, reopened = resolutions(ticket)
        if times:
            resolved[month(times[0])].append(reopened > 0)
    expected = {
        period: (sum(flags) / len(flags), *wilson(sum(flags), len(flags)), len(flags))
        for period, flags in resolved.items()
    }
    compare(demo.metric("reopen_rate", "month"), expected)


@pytest.fixture(scope="module")
def answers(demo_files) -> dict[str, dict[str, list[int]]]:
    """Scores that are answers, by survey and month."""
    scale = {"csat-ticket": range(1, 6), "nps-relationship": range(11)}
    found: dict = {name: defaultdict(list) for name in scale}
    with gzip.open(demo_files / "data/surveys/survey_responses.jsonl.gz", "rt") as lines:
        for line in lines:
            row = json.loads(line)
            if row["score"].isdigit() and int(row["score"]) in scale.get(row["survey_id"], ()):
                found[row["survey_id"]][month(moment(row["responded_at"]))].append(int(row["score"]))
    return found


def test_csat(demo, answers):
    compare(
        demo.metric("csat", "month"),
        {
            period: (
                sum(s >= 4 for s in scores) / len(scores),
                *wilson(sum(s >= 4 for s in scores), len(scores)),
                len(scores),
            )
            for period, scores in answers["csat-ticket"].items()
        },
    )


def test_nps(demo, answers):
    expected = {}
    for period, scores in answers["nps-relationship"].items():
        n = len(scores)
        p, d = sum(s >= 9 for s in scores) / n, sum(s <= 6 for s in scores) / n
        half = stats.norm.ppf(0.975) * math.sqrt((p + d - (p - d) ** 2) / n)
        expected[period] = (100 * (p - d), max(100 * (p - d - half), -100), min(100 * (p - d + half), 100), n)
    compare(demo.metric("nps", "month"), expected)


def test_repeat_purchase_rate(demo, demo_files):
    database = sqlite3.connect(demo_files / "data/business.sqlite")
    bought: dict[str, set] = defaultdict(set)
    for customer, when, status in database.execute("select account_id, ordered_at, status from erp_orders"):
        if status in ("placed", "fulfilled"):
            bought[customer].add(moment(when).astimezone(ZONE).date())
    published = demo.metric("repeat_purchase_rate", "month")
    expected = {}
    for period, _ in published:
        year, number, _ = map(int, period.split("-"))
        end = datetime(year + number // 12, number % 12 + 1, 1).date()
        counts = [sum(day < end for day in days) for days in bought.values()]
        buyers, again = sum(n > 0 for n in counts), sum(n > 1 for n in counts)
        expected[period] = (again / buyers, *wilson(again, buyers), buyers)
    compare(published, expected)


def test_customer_orders_in_foreign_currency_are_converted_at_the_rate_of_their_day(demo, demo_files):
    rates: dict = defaultdict(list)
    with (PROJECT_ROOT / "seeds/exchange_rates.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rates[row["currency"]].append((row["valid_from"], float(row["rate"])))
    database = sqlite3.connect(demo_files / "data/business.sqlite")
    total = 0.0
    for amount, currency, when, status in database.execute(
        "select net_amount, currency, ordered_at, status from erp_orders"
    ):
        if status in ("placed", "fulfilled"):
            day = moment(when).astimezone(ZONE).strftime("%Y-%m-%d")
            rate = 1.0 if currency == "EUR" else max(r for r in rates[currency] if r[0] <= day)[1]
            total += round(amount * rate, 2)
    ((published,),) = demo.rows("select sum(reporting_amount) from value.fct_orders")
    assert float(published) == pytest.approx(total, rel=1e-7)
