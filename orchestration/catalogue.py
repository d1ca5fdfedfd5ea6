"""docs/metrics.md, written from the catalogue that the semantic layer is."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.contract import PROJECT_ROOT

CATALOGUE_FILE = PROJECT_ROOT / "docs/metrics.md"
OPENING = """\
# Metrics

Written by `make catalogue` from models/metrics, the semantic layer, and seeds/metric_labels.csv; the same
stands in `scorecard.dim_metrics`, with names in English, Hebrew and Persian.

Every value stands in `scorecard.fct_metric_values` with its numerator, denominator, sample size and
95 % interval, and is null, never 0, where the denominator is 0. Shares have Wilson's interval, net
scores the trinomial's, means Student's t, quantiles order statistics; counts have none. Periods begin in
the company's reporting timezone. Merged, spam and test tickets count nowhere. A bot or a system never
answers.

Metrics that read a mart of states (a table whose rows are periods and scopes, such as
`service.fct_ticket_backlog`) hold at the end of a period. `mf query` gives, at a coarser grain than theirs,
the last one; grouped by one of their dimensions, the row without a value is the whole company.
"""


def catalogue(database: Path) -> str:
    """Return the text of docs/metrics.md, from a published database."""
    with duckdb.connect(str(database), read_only=True) as connection:
        metrics = connection.execute(
            "select family, metric, name, description, unit, better, minimum_sample, definition, formula, "
            "grain, clock, exclusions, owner, definition_source, model from scorecard.dim_metrics "
            "where language = 'en' "
            "order by case family when 'service' then 1 when 'voice' then 2 else 3 end, metric"
        ).fetchall()
    lines = [OPENING]
    for family in dict.fromkeys(row[0] for row in metrics):
        lines += [f"## {family.capitalize()}", ""]
        for _, metric, name, question, unit, better, least, definition, formula, *rest in (
            row for row in metrics if row[0] == family
        ):
            grain, clock, exclusions, owner, source, model = rest
            direction = "no direction is better" if better == "none" else f"{better} is better"
            lines += [
                f"### {name}",
                "",
                f"`{metric}` · {question}. {definition}",
                "",
                f"- unit: {unit}, {direction}; too few below {least}",
                f"- formula: `{formula}`",
                f"- from: `{model}`, {grain[0].lower()}{grain[1:]}",
                f"- excluded: {exclusions}",
                f"- clock: {clock}",
                f"- owner: {owner}; source: {source}",
                "",
            ]
    return "\n".join(lines)
