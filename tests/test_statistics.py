"""The interval macros against SciPy, at the sizes where shortcuts would show."""

from __future__ import annotations

import csv
import re

import pytest
from scipy import stats

from orchestration.contract import PROJECT_ROOT


def test_the_seed_of_students_t_is_scipys():
    with (PROJECT_ROOT / "seeds/student_t_quantiles.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 200
    for row in rows:
        expected = stats.t.ppf(0.975, int(row["degrees_of_freedom"]))
        assert float(row["quantile_975"]) == pytest.approx(expected, abs=1e-9)


def test_the_expansion_beyond_the_seed_is_exact_to_eight_digits():
    z = stats.norm.ppf(0.975)
    for df in (201, 250, 1_000, 100_000):
        expansion = (
            z
            + (z**3 + z) / 4 / df
            + (5 * z**5 + 16 * z**3 + 3 * z) / 96 / df**2
            + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384 / df**3
        )
        assert expansion == pytest.approx(stats.t.ppf(0.975, df), abs=1e-8)


def test_the_normal_quantile_of_the_project_is_the_exact_one():
    text = (PROJECT_ROOT / "dbt_project.yml").read_text()
    assert float(re.search(r"z_95: ([\d.]+)", text)[1]) == stats.norm.ppf(0.975)
