"""docs/metrics.md, written from the seeds that define the metrics."""

from __future__ import annotations

import csv
from pathlib import Path

from orchestration.contract import PROJECT_ROOT

CATALOGUE_FILE = PROJECT_ROOT / "docs/metrics.md"
OPENING = """\
# Metrics

Written by `make catalogue` from seeds/metric_definitions.csv and seeds/metric_labels.csv.

Every value stands in `scorecard.fct_metric_values` with its numerator, denominator, sample size and
95 % interval, and is null, never 0, where the denominator is 0. Shares have Wilson's interval, net
scores the trinomial's, means Student's t, quantiles order statistics; counts have none. Periods begin in
the company's reporting timezone. Merged, spam and test tickets count nowhere. A bot or a system never
answers.
"""


def catalogue(seeds: Path = PROJECT_ROOT / "seeds") -> str:
    """Return the text of docs/metrics.md."""
    with (seeds / "metric_labels.csv").open(encoding="utf-8") as file:
        names = {(row["metric"], row["language"]): row["name"] for row in csv.DictReader(file)}
    with (seeds / "metric_definitions.csv").open(encoding="utf-8") as file:
        metrics = list(csv.DictReader(file))
    lines = [OPENING]
    for family in dict.fromkeys(metric["family"] for metric in metrics):
        lines += [f"## {family.capitalize()}", "", "| metric | name | unit, better | definition |"]
        lines += ["| --- | --- | --- | --- |"]
        lines += [
            f"| `{each['metric']}` | {names[each['metric'], 'en']} | {each['unit']}, {each['better']} "
            f"| {each['definition']} |"
            for each in metrics
            if each["family"] == family
        ]
        lines.append("")
    return "\n".join(lines)
