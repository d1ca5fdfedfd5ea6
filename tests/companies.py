"""Companies for tests: made of a few lines of CSV, run through the whole pipeline in this process."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.__main__ import run_warehouse
from orchestration.contract import PROJECT_ROOT
from orchestration.settings import Settings, load_settings

SHARED_DATA = PROJECT_ROOT.parent / "shared" / "data"


@dataclass(frozen=True)
class Warehouse:
    """A company and its state."""

    company_file: Path
    home: Path

    @property
    def settings(self) -> Settings:
        return load_settings(self.environment)

    @property
    def environment(self) -> dict[str, str]:
        return {"CXW_COMPANY": str(self.company_file), "CXW_HOME": str(self.home)}

    def run(self, full_refresh: bool = False, thorough: bool = False, **environment: str) -> Warehouse:
        """Run as `make run` does, by default without Dagster's history and dbt's data tests."""
        run_warehouse(load_settings({**self.environment, **environment}), full_refresh, thorough)
        return self

    def rows(self, query: str, *values: Any) -> list[tuple]:
        """Rows of the published file."""
        return self._query(self.settings.published_database, query, values)

    def built_rows(self, query: str, *values: Any) -> list[tuple]:
        """Rows of the private build database."""
        return self._query(self.settings.build_database, query, values)

    def metric(self, name: str, period: str = "year", scope: str = "company") -> dict:
        """Values of a metric by period_start and scope_value."""
        rows = self.rows(
            "select period_start, scope_value, value, numerator, denominator, sample_size, ci_low, "
            "ci_high, is_complete from scorecard.fct_metric_values "
            "where metric = ? and period = ? and scope = ?",
            name,
            period,
            scope,
        )
        names = ("value", "numerator", "denominator", "sample_size", "ci_low", "ci_high", "complete")
        return {(str(row[0]), row[1]): dict(zip(names, row[2:], strict=True)) for row in rows}

    @staticmethod
    def _query(database: Path, query: str, values: Sequence[Any]) -> list[tuple]:
        with duckdb.connect(str(database), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            return connection.execute(query, list(values)).fetchall()


def as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> str:
    """Rows as CSV, by default of the columns they have; a key that a row lacks is an empty field."""
    columns = list(columns or dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def make_company(
    folder: Path,
    entities: Mapping[str, Sequence[Mapping[str, Any]]],
    reference: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **options: Any,
) -> Warehouse:
    """A company with one `files` source of CSV files; `options` go into its company file.

    `reference` is its own reference data by seed; a column that a row lacks is empty.
    """
    export = folder / "export"
    export.mkdir(parents=True)
    for name, rows in entities.items():
        (export / f"{name}.csv").write_text(as_csv(rows), encoding="utf-8")
    for name, rows in (reference or {}).items():
        (folder / "reference").mkdir(exist_ok=True)
        with (PROJECT_ROOT / f"seeds/{name}.csv").open(encoding="utf-8") as seed:
            columns = seed.readline().strip().split(",")
        (folder / f"reference/{name}.csv").write_text(as_csv(rows, columns), encoding="utf-8")
        options["reference_data"] = "reference"
    company = {
        "name": "Test company",
        "as_of": "latest",
        "sources": [{"name": "export", "kind": "files", "path": "export"}],
        **options,
    }
    (folder / "company.yml").write_text(yaml.safe_dump(company), encoding="utf-8")
    return Warehouse(folder / "company.yml", folder / "home")
