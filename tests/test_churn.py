"""Churn risk: nothing of the future is known, and what is told of its quality is right."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.companies import Warehouse


@pytest.fixture(scope="module")
def demo_before(demo_files, demo, tmp_path_factory) -> Warehouse:
    """The same files as of the end of the day one horizon earlier."""
    ((day,),) = demo.built_rows(
        "select max(snapshot_on) from intermediate.int_churn_features where snapshot_number = 1"
    )
    before = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    earlier = Warehouse(demo_files / "company.yml", tmp_path_factory.mktemp("before"))
    return earlier.run(CXW_AS_OF=before.isoformat())


def test_what_is_known_of_a_customer_then_is_what_was_known_then(demo, demo_before):
    """A snapshot of the past equals, in every feature, what a run at that time knew."""
    columns = [
        name
        for (name,) in demo.built_rows("select column_name from (describe intermediate.int_churn_features)")
        if name not in ("snapshot_number", "has_left")
    ]
    query = "select {} from intermediate.int_churn_features where snapshot_number = {} order by customer_key"
    then = demo.built_rows(query.format(", ".join(columns), 1))
    known = demo_before.built_rows(query.format(", ".join(columns), 0))
    assert len(known) > 300
    assert then == known


def test_who_left_is_who_was_active_and_is_not_any_more(demo, demo_before):
    left = demo.built_rows(
        "select customer_key, has_left from intermediate.int_churn_features where snapshot_number = 1"
    )
    active = {
        key for (key,) in demo.rows("select customer_key from value.fct_customer_values where is_active")
    }
    assert {key for key, has_left in left if not has_left} <= active
    assert not {key for key, has_left in left if has_left} & active
    was_active = {
        key
        for (key,) in demo_before.rows("select customer_key from value.fct_customer_values where is_active")
    }
    assert {key for key, _ in left} == was_active


def delong(left: np.ndarray, *scores: np.ndarray) -> tuple[list[float], np.ndarray]:
    """The areas under the curves and their covariance, by comparing every pair."""
    placed = [
        (each[left][:, None] > each[~left]) + 0.5 * (each[left][:, None] == each[~left]) for each in scores
    ]
    of_left = np.cov([each.mean(axis=1) for each in placed]) / left.sum()
    of_stayed = np.cov([each.mean(axis=0) for each in placed]) / (~left).sum()
    return [each.mean() for each in placed], of_left + of_stayed


def test_the_quality_told_equals_a_computation_over_all_pairs(demo):
    rows = demo.built_rows(
        "select has_left, probability, baseline_probability from intermediate.int_churn_probabilities "
        "where usage = 'validation'"
    )
    left, model, baseline = (np.array(column) for column in zip(*rows, strict=True))
    (told,) = demo.rows(
        "select auc, auc_ci_low, baseline_auc, auc_difference_ci_low, auc_difference_ci_high, "
        "customers_left, log_loss, baseline_log_loss, is_shown from value.fct_churn_model_quality"
    )
    (auc, baseline_auc), spread = delong(left.astype(bool), model, baseline)
    half = 1.959964 * np.sqrt(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1])
    losses = [-np.log(np.where(left, each, 1 - each)).mean() for each in (model, baseline)]
    assert told[:5] == pytest.approx(
        (
            auc,
            auc - 1.959964 * np.sqrt(spread[0, 0]),
            baseline_auc,
            auc - baseline_auc - half,
            auc - baseline_auc + half,
        ),
        abs=2e-6,
    )
    assert told[5] == left.sum()
    assert told[6:8] == pytest.approx(losses, abs=2e-6)
    is_shown = bool(auc - baseline_auc - half > 0 and losses[0] < losses[1])
    assert told[8] == is_shown
    # Nothing is published that does not beat the baseline, and everybody active where it does.
    published = demo.rows("select count(*) from value.fct_churn_risks")
    active = demo.rows("select count(*) from value.fct_customer_values where is_active")
    assert published == (active if is_shown else [(0,)])


def test_the_tenths_hold_everybody_and_order_them(demo):
    tenths = demo.rows(
        "select customers, customers_left, mean_probability from value.fct_churn_calibration order by tenth"
    )
    ((customers, left),) = demo.rows("select customers, customers_left from value.fct_churn_model_quality")
    assert (sum(each[0] for each in tenths), sum(each[1] for each in tenths)) == (customers, left)
    foretold = [each[2] for each in tenths]
    assert foretold == sorted(foretold)
    # Who is judged likeliest does leave more often than the rest.
    assert tenths[-1][1] / tenths[-1][0] > 2 * left / customers
