"""What a change made of a metric: the planted effect is found, none is found where there is none."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
import statsmodels.api as sm

from demo.stories import FIX, GREETING, OUTAGE, RELEASE, TRAINING

CHANGES = (RELEASE, TRAINING, FIX, OUTAGE, GREETING)


def impact(demo, name: str, metric: str, days: int) -> dict:
    columns = (
        "value_before, value_after, other_value_before, other_value_after, effect, effect_ci_low, "
        "effect_ci_high, "
        "relative_effect, relative_effect_ci_low, relative_effect_ci_high, is_effect, has_others, "
        "is_complete, sentence"
    )
    (row,) = demo.rows(
        f"select {columns} from scorecard.fct_change_impacts where name = ? and metric = ? and "
        f"window_days = ?",
        *(name, metric, days),
    )
    return dict(zip(columns.split(", "), row, strict=True))


def test_the_training_shows_as_an_effect_of_the_planted_size(demo):
    found = impact(demo, TRAINING.name, "first_response_time", 180)
    planted = TRAINING.first_response_factor - 1
    assert found["is_effect"]
    assert found["relative_effect_ci_high"] < 0
    assert found["relative_effect_ci_low"] < planted < found["relative_effect_ci_high"]
    # And customers like it better.
    satisfaction = impact(demo, TRAINING.name, "csat_mean", 365)
    assert satisfaction["is_effect"]
    assert satisfaction["effect"] > 0


@pytest.mark.parametrize(
    "metric", ["csat", "csat_mean", "first_response_time", "full_resolution_time", "reopen_rate"]
)
def test_a_change_that_changed_nothing_shows_no_effect(demo, metric):
    found = impact(demo, GREETING.name, metric, 90)
    assert not found["is_effect"]
    assert found["effect_ci_low"] < 0 < found["effect_ci_high"]
    assert "No effect can be told" in found["sentence"]


def test_a_fix_for_everybody_has_nobody_to_compare_with_and_says_so(demo):
    found = impact(demo, FIX.name, "nps", 365)
    assert found["is_effect"]
    assert found["effect"] == pytest.approx(found["value_after"] - found["value_before"], abs=2e-6)
    assert not found["has_others"]
    assert found["other_value_before"] is None
    assert "nobody was without it" in found["sentence"]
    # A year after the fix is not over, and a year before it is not loaded.
    assert not found["is_complete"]
    assert impact(demo, FIX.name, "nps", 180)["is_complete"]


def test_the_effect_is_the_difference_of_the_two_differences(demo):
    found = impact(demo, TRAINING.name, "csat", 180)
    ours = found["value_after"] - found["value_before"]
    theirs = found["other_value_after"] - found["other_value_before"]
    assert found["effect"] == pytest.approx(ours - theirs, abs=3e-6)
    assert found["sentence"].startswith(
        f"Customer satisfaction (CSAT) of team Billing went from {100 * found['value_before']:.1f} % to "
        f"{100 * found['value_after']:.1f} % in the 180 days after Clear answers (training, "
        f"2025-09-01); elsewhere it"
    )


def _tickets(demo):
    return demo.rows(
        "select customer_key, team, category, created_on, first_response_calendar_seconds from "
        "service.fct_tickets "
        "where is_eligible and first_response_calendar_seconds is not null and team is not null"
    )


def _answers(demo):
    return demo.rows(
        "select customer_key, team, category, responded_on, case when answer_group = 'positive' "
        "then 1 else 0 end "
        "from voice.fct_survey_responses "
        "where is_eligible and is_answer and survey_type = 'csat' and team is not null"
    )


@pytest.mark.parametrize(
    ("metric", "cases", "is_duration"),
    [("first_response_time", _tickets, True), ("csat", _answers, False)],
)
@pytest.mark.parametrize("days", [90, 180])
def test_effect_and_interval_equal_a_regression_with_clustered_errors(demo, metric, cases, is_duration, days):
    begin, end = TRAINING.on - timedelta(days=days), TRAINING.on + timedelta(days=days)
    # Teams and categories with a change of their own at the time are no measure of what is usual.
    others = [change for change in CHANGES if change is not TRAINING and begin <= change.on < end]
    teams = {change.team for change in others if hasattr(change, "team")}
    categories = {change.category for change in others if hasattr(change, "category")}
    rows = [
        (customer, team == TRAINING.team, day >= TRAINING.on, outcome)
        for customer, team, category, day, outcome in cases(demo)
        if begin <= day < end and (team == TRAINING.team or not (team in teams or category in categories))
    ]
    treated = np.array([row[1] for row in rows], float)
    after = np.array([row[2] for row in rows], float)
    outcome = np.array([math.log(max(row[3], 1)) if is_duration else float(row[3]) for row in rows])
    design = np.column_stack([np.ones(len(rows)), treated, after, treated * after])
    names = {customer: number for number, customer in enumerate(dict.fromkeys(row[0] for row in rows))}
    clusters = np.array([names[row[0]] for row in rows])
    fit = sm.OLS(outcome, design).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
    )
    error = fit.bse[3] * math.sqrt(len(names) / (len(names) - 1))
    ends = [fit.params[3] + side * 1.959963984540054 * error for side in (-1, 0, 1)]
    found = impact(demo, TRAINING.name, metric, days)
    if is_duration:
        expected = [math.exp(end) - 1 for end in ends]
        names_found = ("relative_effect_ci_low", "relative_effect", "relative_effect_ci_high")
    else:
        expected = ends
        names_found = ("effect_ci_low", "effect", "effect_ci_high")
    assert [found[name] for name in names_found] == pytest.approx(expected, abs=5e-6)


def test_volume_is_a_mean_of_days_with_those_without_a_ticket(demo):
    found = impact(demo, RELEASE.name, "ticket_volume", 90)
    counts = dict(
        demo.rows(
            "select created_on, count(*) from service.fct_tickets where is_eligible and category = "
            "? group by created_on",
            RELEASE.category,
        )
    )

    def mean(first: date, last: date) -> float:
        days = [first + timedelta(days=each) for each in range((last - first).days)]
        return sum(counts.get(day, 0) for day in days) / len(days)

    assert found["value_before"] == pytest.approx(mean(RELEASE.on - timedelta(days=90), RELEASE.on), abs=1e-6)
    assert found["value_after"] == pytest.approx(mean(RELEASE.on, RELEASE.on + timedelta(days=90)), abs=1e-6)
