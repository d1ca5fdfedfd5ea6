"""The scorecard: values against their targets, their past and what would be realistic."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from math import sqrt
from statistics import quantiles

import pytest

from tests.companies import make_company

Z = 1.959963984540054
# Positive answers, and answers, to one survey in the months of 2026.
ANSWERS = {1: (80, 100), 2: (60, 100), 3: (5, 6), 4: (65, 100), 5: (72, 100), 6: (1, 1)}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A company with surveys alone; 70 % of answers are to be positive, 62 % in April, then 60 to 85 %."""
    responses = [
        {
            "response_id": f"R{month}-{number}",
            "survey_id": "S",
            "score": 5 if number < positive else 1,
            "responded_at": f"2026-{month:02}-{1 + number % 28:02}T12:00:00Z",
            "updated_at": f"2026-{month:02}-{1 + number % 28:02}T12:00:00Z",
        }
        for month, (positive, answers) in ANSWERS.items()
        for number in range(answers)
    ]
    survey = {
        "survey_id": "S",
        "survey_type": "csat",
        "scale_min": 1,
        "scale_max": 5,
        "updated_at": "2026-01-01T00:00:00Z",
    }
    targets = [
        {"metric": "csat", "target": 0.7, "valid_to": "2026-04-01"},
        {"metric": "csat", "target": 0.62, "valid_from": "2026-04-01", "valid_to": "2026-05-01"},
        {"metric": "csat", "target": 0.6, "target_to": 0.85, "valid_from": "2026-05-01"},
        # A target of one period goes before one of any.
        {"metric": "csat", "period": "quarter", "target": 0.9},
    ]
    folder = tmp_path_factory.mktemp("targets")
    entities = {"surveys": [survey], "survey_responses": responses}
    return make_company(folder, entities, {"metric_targets": targets}).run()


def scores(company, period: str) -> dict[str, dict]:
    columns = "status, target, change, change_ci_low, change_ci_high, is_change_real, history"
    rows = company.rows(
        f"select period_start, {columns} from scorecard.fct_scorecard "
        "where metric = 'csat' and scope = 'company' and period = ?",
        period,
    )
    return {str(row[0]): dict(zip(columns.split(", "), row[1:], strict=True)) for row in rows}


def test_a_target_is_met_or_missed_only_where_the_whole_interval_says_so(company):
    months = scores(company, "month")
    # 80 of 100: 71.1 % to 86.7 %, all of it above 70 %.
    assert months["2026-01-01"]["status"] == "met"
    # 60 of 100: 50.2 % to 69.1 %, all of it below.
    assert months["2026-02-01"]["status"] == "missed"
    # 5 of 6 is fewer than the ten cases that CSAT needs.
    assert months["2026-03-01"]["status"] == "too_few"
    # 65 of 100: 55.3 % to 73.6 % contains the 62 % of April.
    assert (months["2026-04-01"]["target"], months["2026-04-01"]["status"]) == (0.62, "cannot_tell")
    # 72 of 100: 62.5 % to 79.9 % lies within the band.
    assert months["2026-05-01"]["status"] == "met"


def test_the_target_of_a_period_goes_before_that_of_any_period(company):
    # 145 of 206: 63.8 % to 76.2 %.
    assert (
        scores(company, "quarter")["2026-01-01"] | {"target": 0.9, "status": "missed"}
        == (scores(company, "quarter")["2026-01-01"])
    )


def test_a_change_has_newcombes_interval_and_says_whether_it_is_more_than_noise(company):
    february = scores(company, "month")["2026-02-01"]
    # −20 points; √((0.6 − 0.50200)² + (0.86664 − 0.8)²) = 0.11851, √((0.69060 − 0.6)² + (0.8 −
    # 0.71117)²) = 0.12688.
    assert february["change"] == pytest.approx(-0.2)
    assert february["change_ci_low"] == pytest.approx(-0.31851, abs=1e-5)
    assert february["change_ci_high"] == pytest.approx(-0.07312, abs=1e-5)
    assert february["is_change_real"]
    # Seven points more on a hundred answers each are nothing.
    may = scores(company, "month")["2026-05-01"]
    assert may["change"] == pytest.approx(0.07)
    assert may["is_change_real"] is False
    # And nothing is said of a month of six answers.
    assert scores(company, "month")["2026-03-01"]["change"] is None


def test_the_history_ends_with_the_row_itself(company):
    assert scores(company, "month")["2026-05-01"]["history"] == pytest.approx(
        [0.8, 0.6, 5 / 6, 0.65, 0.72], abs=1e-6
    )


def test_every_row_of_the_demonstration_company_equals_a_computation_in_python(demo, demo_files):
    directions = dict(demo.rows("select metric, better from scorecard.dim_metrics where language = 'en'"))
    with (demo_files / "data/reference/metric_targets.csv").open(encoding="utf-8") as file:
        targets = list(csv.DictReader(file))
    series: dict[tuple, dict[date, dict]] = {}
    names = ("value", "low", "high", "sample", "few", "complete")
    for metric, period, start, scope, value, *columns in demo.rows(
        "select metric, period, period_start, scope, scope_value, value, ci_low, ci_high, "
        "sample_size, is_too_few, "
        "is_complete from scorecard.fct_metric_values where period in ('month', 'quarter')"
    ):
        row = dict(zip(names, columns, strict=True))
        series.setdefault((metric, period, scope, value), {})[start] = row
    has_interval = {key[0] for key, rows in series.items() for row in rows.values() if row["low"] is not None}
    checked = 0
    statuses = set()
    for metric, period, start, scope, of, status, change, low, high, is_real, realistic, history in demo.rows(
        "select metric, period, period_start, scope, scope_value, status, change, change_ci_low, "
        "change_ci_high, "
        "is_change_real, realistic_target, history from scorecard.fct_scorecard where period in "
        "('month', 'quarter')"
    ):
        rows = series[metric, period, scope, of]
        starts = sorted(rows)
        at = starts.index(start)
        row = rows[start]
        before = (
            rows[starts[at - 1]]
            if at and _months(starts[at - 1], start) == {"month": 1, "quarter": 3}[period]
            else None
        )
        assert history == [rows[day]["value"] for day in starts[max(0, at - 11) : at + 1]]
        ends = (row["low"], row["high"]) if metric in has_interval else (row["value"], row["value"])
        comparable = row["complete"]
        target = _target(targets, metric, period, scope, of, start)
        expected = _status(target, directions[metric], row, ends, comparable)
        assert status == expected, (metric, period, start, scope, of)
        statuses.add(status)
        moved = None
        if (
            before
            and comparable
            and not (row["few"] or before["few"])
            and None not in (row["value"], before["value"])
        ):
            moved = row["value"] - before["value"]
        assert change == (moved if moved is None else pytest.approx(moved, abs=2e-6))
        if (
            moved is not None
            and None not in (row["low"], before["low"])
            and None not in (row["high"], before["high"])
        ):
            down = moved - sqrt((row["value"] - row["low"]) ** 2 + (before["high"] - before["value"]) ** 2)
            up = moved + sqrt((row["high"] - row["value"]) ** 2 + (before["value"] - before["low"]) ** 2)
            assert (low, high) == (pytest.approx(down, abs=2e-6), pytest.approx(up, abs=2e-6))
            if min(abs(down), abs(up)) > 1e-9:
                assert is_real == (down > 0 or up < 0)
        past = [
            rows[day]["value"]
            for day in starts[max(0, at - 12) : at]
            if rows[day]["complete"] and not rows[day]["few"] and rows[day]["value"] is not None
        ]
        if directions[metric] == "none" or len(past) < 4:
            assert realistic is None
        else:
            lower, _, upper = quantiles(past, n=4, method="inclusive")
            best = upper if directions[metric] == "higher" else lower
            assert realistic == pytest.approx(best, rel=1e-9, abs=2e-6)
        checked += 1
    assert checked > 50_000
    assert statuses == {None, "met", "missed", "cannot_tell", "too_few"}


def _months(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _target(targets, metric, period, scope, of, start):
    """The bounds of the most specific target."""
    holding = [
        row
        for row in targets
        if row["metric"] == metric
        and (row["scope"] or "company") == scope
        and row["scope_value"] in ("", of)
        and row["period"] in ("", period)
        and (not row["valid_from"] or row["valid_from"] <= str(start))
        and (not row["valid_to"] or str(start) < row["valid_to"])
    ]
    holding.sort(
        key=lambda row: (row["scope_value"] == "", row["period"] == "", _backwards(row["valid_from"]))
    )
    if not holding:
        return None
    return float(holding[0]["target"]), float(holding[0]["target_to"]) if holding[0]["target_to"] else None


def _backwards(day: str) -> int:
    return -date.fromisoformat(day).toordinal() if day else 0


def _status(target, better, row, ends, comparable):
    if target is None or (better == "none" and target[1] is None):
        return None
    if row["few"] or row["value"] is None:
        return "too_few"
    low, high = ends
    if None in ends or not comparable:
        return "cannot_tell"
    least, most = target
    if most is not None:
        return (
            "met"
            if least <= low and high <= most
            else "missed"
            if high < least or low > most
            else "cannot_tell"
        )
    if better == "higher":
        return "met" if low >= least else "missed" if high < least else "cannot_tell"
    return "met" if high <= least else "missed" if low > least else "cannot_tell"


def test_a_week_is_compared_with_that_of_52_weeks_before(demo):
    values = demo.metric("csat", "week")
    rows = demo.rows(
        "select period_start, year_before_value from scorecard.fct_scorecard "
        "where metric = 'csat' and period = 'week' and scope = 'company' and year_before_value is not null"
    )
    assert len(rows) > 40
    for start, before in rows:
        assert before == values[str(start - timedelta(days=364)), "company"]["value"]
