"""What moves scores: the regression finds effects that were put in, and nothing where there is nothing."""

from __future__ import annotations

import importlib.util

import numpy as np
import pandas as pd
import pytest

from orchestration.contract import PROJECT_ROOT

MODEL = PROJECT_ROOT / "models/intermediate/score_drivers/int_score_effects.py"


@pytest.fixture(scope="module")
def effects():
    spec = importlib.util.spec_from_file_location("int_score_effects", MODEL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def found(rows: pd.DataFrame, **least) -> pd.DataFrame:
        options = {"least_in_band": 20, "least_customers": 10, **least}
        return pd.DataFrame(
            module._effects(("csat", "company", "company"), rows, **options), columns=list(module.COLUMNS)
        ).set_index(["driver", "band"])

    return found


def scores(count: int, seed: int, breach: float, slow: float, customers: int = 300) -> pd.DataFrame:
    """Scores that a breach and a slow solution lower, each in long rows by driver; channels do nothing."""
    rng = np.random.default_rng(seed)
    is_slow = rng.random(count) < 0.4
    # Breaches come mostly with slow solutions: looked at alone, they would get the blame for both.
    is_breached = rng.random(count) < np.where(is_slow, 0.6, 0.1)
    customer = rng.integers(0, customers, count)
    points = 80 + breach * is_breached + slow * is_slow + rng.normal(0, 20, customers)[customer]
    points = points + rng.normal(0, 20, count)
    channel = rng.choice(["email", "phone", "chat"], count)
    agent = rng.choice([f"AG{number}" for number in range(8)], count)
    parts = []
    for driver, band, position in (
        ("sla", np.where(is_breached, "breached", "kept"), 1 + is_breached),
        ("resolution", np.where(is_slow, "slow", "quick"), 1 + is_slow),
        ("channel", channel, None),
        ("agent", agent, None),
    ):
        parts.append(
            pd.DataFrame(
                {
                    "score_key": [f"S{number}" for number in range(count)],
                    "driver": driver,
                    "band": band,
                    "position": pd.array([pd.NA] * count if position is None else position, dtype="Int64"),
                    "customer_key": customer.astype(str),
                    "points": points,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_effects_that_were_put_in_lie_inside_their_intervals(effects):
    rows = scores(3_000, 1, breach=-15, slow=-25)
    found = effects(rows)
    for driver, band, effect in (("sla", "breached", -15), ("resolution", "slow", -25)):
        row = found.loc[(driver, band)]
        assert row["ci_low"] < effect < row["ci_high"]
        share = (rows["band"] == band).sum() / 3_000
        whole = found.loc[(driver, "")]
        assert whole["gain_ci_low"] < -effect * share < whole["gain_ci_high"]
        # The standard deviation that a band of that share brings about.
        spread = abs(effect) * np.sqrt(share * (1 - share))
        assert whole["ci_low"] < spread < whole["ci_high"]


def test_a_driver_without_an_effect_explains_surely_nothing(effects):
    false_alarms = sum(
        found.loc[(driver, ""), "ci_low"] > 0
        for seed in range(20)
        for found in [effects(scores(800, seed, breach=0, slow=0))]
        for driver in ("sla", "channel", "agent")
    )
    assert false_alarms <= 3


def test_too_few_customers_tell_nothing(effects):
    assert effects(scores(500, 1, breach=-15, slow=-25, customers=1)).empty
    assert effects(scores(500, 1, breach=-15, slow=-25, customers=9)).empty


def test_a_band_with_few_scores_joins_the_next_better_one(effects):
    rows = scores(1_000, 2, breach=-15, slow=-25)
    worst = rows[(rows["driver"] == "resolution") & (rows["band"] == "slow")].index[:5]
    rows.loc[worst, ["band", "position"]] = ["never", 3]
    found = effects(rows)
    assert ("resolution", "never") not in found.index
    assert found.loc[("resolution", "slow"), "scores"] == (rows["band"].isin(["slow", "never"])).sum()


@pytest.mark.parametrize("driver", ["sla", "resolution", "channel", "complaint"])
def test_bands_are_the_means_of_the_answers_in_them(demo, driver):
    """Against a count from the published answers, over the surveys after tickets."""
    rows = demo.rows(
        "select band, points_count, points_mean from voice.fct_score_bands "
        "where score = 'csat' and scope = 'company' and driver = ?",
        driver,
    )
    assert len(rows) >= 2
    answered = demo.built_rows(
        "select drivers.band, count(*), avg(case when answers.answer_group = 'positive' then 100 else 0 end) "
        "from intermediate.int_score_drivers as drivers inner join voice.fct_survey_responses as answers "
        "on drivers.score_key = answers.survey_response_key "
        "where drivers.driver = ? and drivers.score = 'csat' and answers.responded_on > "
        "(select cast(timezone('Europe/Berlin', as_of_at) as date) - 365 from intermediate.int_as_of) "
        "group by drivers.band",
        driver,
    )
    expected = {band: (count, pytest.approx(mean, abs=1e-6)) for band, count, mean in answered}
    assert {band: (count, mean) for band, count, mean in rows} == expected
