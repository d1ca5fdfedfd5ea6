"""Reading the suites. No Great Expectations here: what a suite covers is known without loading it.

A suite file:

    tables: [staging.stg_canonical__orders]     # what it is about
    rows: select * from {table} where ...       # optional: what of it is looked at
    expectations:
      - expect: expect_column_values_to_match_regex
        with: {column: currency, regex: "^[A-Z]{3}$"}
        because: amounts in an unknown currency cannot be added up
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
LAYERS = ("raw", "staging", "intermediate", "marts")


@dataclass(frozen=True)
class Expectation:
    """One expectation; `kind` is Great Expectations' own name, `because` why it must hold."""

    kind: str
    arguments: Mapping[str, Any]
    because: str


@dataclass(frozen=True)
class Suite:
    """The expectations of one file on one table; `rows` is the query that is looked at."""

    name: str
    table: str
    rows: str
    expectations: tuple[Expectation, ...]


def suites(layer: str, tables: list[str] | None = None) -> tuple[Suite, ...]:
    """Return the suites of a layer.

    `tables` are those that a suite with `tables: each` is applied to.
    """
    found = []
    for path in sorted((HERE / layer).glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        expectations = tuple(
            Expectation(each["expect"], each.get("with", {}), each["because"])
            for each in content["expectations"]
        )
        covered = (tables or []) if content["tables"] == "each" else content["tables"]
        rows = content.get("rows", "select * from {table}")
        found += [Suite(path.stem, table, rows.replace("{table}", table), expectations) for table in covered]
    return tuple(found)
