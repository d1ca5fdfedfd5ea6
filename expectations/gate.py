"""The one module that speaks to Great Expectations.

Great Expectations knows DuckDB only through SQLAlchemy and reads a result after it has closed the
connection, with which DuckDB's results die; `BufferedDialect` fetches each result at once
(docs/decisions/0004). Importing Great Expectations takes seconds, so it lives in a process of its own
that loads it while the sources are read, and that is used for every gate of the run.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy.pool import StaticPool

from expectations.suites import Suite

_connections: list[Any] = []


@dataclass(frozen=True)
class Verdict:
    """What a gate found: the suite, how many expectations were held, and what was not."""

    suite: Suite
    held: int
    broken: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every expectation was held."""
        return not self.broken


@lru_cache(maxsize=1)
def _great_expectations() -> ModuleType:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations
    from duckdb_sqlalchemy import Dialect
    from sqlalchemy.dialects import registry
    from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

    class BufferedExecution(Dialect.execution_ctx_cls):
        def post_exec(self) -> None:
            super().post_exec()
            if self.cursor.description:
                self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                    self.cursor, initial_buffer=self.cursor.fetchall()
                )

    class BufferedDialect(Dialect):
        execution_ctx_cls = BufferedExecution
        supports_statement_cache = False

        def connect(self, *arguments: Any, **options: Any) -> Any:
            connection = super().connect(*arguments, **options)
            _connections.append(connection)
            return connection

    globals()["BufferedDialect"] = BufferedDialect
    registry.register("duckdb.buffered", __name__, "BufferedDialect")
    return great_expectations


@lru_cache(maxsize=1)
def _worker() -> ProcessPoolExecutor:
    # Dagster takes the project off the path once it has imported it; the new process needs it there.
    root = str(Path(__file__).resolve().parent.parent)
    if root not in sys.path:
        sys.path.append(root)
    return ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_great_expectations,
    )


def warm_up() -> None:
    """Start loading Great Expectations ahead of the first gate."""
    _worker().submit(int)


def validate(database: Path, suites: Sequence[Suite]) -> list[Verdict]:
    """Return what of each suite is held and what is broken, in words; the database is only read."""
    return _worker().submit(_validate, database, tuple(suites)).result()


def _validate(database: Path, suites: tuple[Suite, ...]) -> list[Verdict]:
    gx = _great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql(
        "warehouse",
        connection_string=f"duckdb+buffered:///{database}",
        create_temp_table=False,
        # One connection for all: opening the file costs more than most of the queries.
        kwargs={"connect_args": {"read_only": True}, "poolclass": StaticPool},
    )
    try:
        return [_verdict(gx, source, number, suite) for number, suite in enumerate(suites)]
    finally:
        # The next layer can only be written once the file is let go, and Great Expectations keeps
        # engines of its own that nothing disposes of.
        while _connections:
            _connections.pop().close()


def _verdict(gx: ModuleType, source: Any, number: int, suite: Suite) -> Verdict:
    batch = (
        source.add_query_asset(name=f"{suite.name}-{number}", query=suite.rows)
        .add_batch_definition_whole_table("all")
        .get_batch()
    )
    broken = []
    for each in suite.expectations:
        kind = "".join(word.title() for word in each.kind.split("_"))
        expectation = getattr(gx.expectations, kind)(**each.arguments)
        result = batch.validate(expectation, result_format="BASIC")
        if not result.success:
            broken.append(f"{each.because} ({_found(result)})")
    return Verdict(suite, len(suite.expectations) - len(broken), tuple(broken))


def _found(result: object) -> str:
    found = result.result
    if not found:
        return f"could not be evaluated: {result.exception_info}"
    column = result.expectation_config.kwargs.get("column", "")
    if "unexpected_count" in found:
        examples = ", ".join(map(str, found.get("partial_unexpected_list", [])[:3]))
        return (
            f"{column}: {found['unexpected_count']:,} of {found['element_count']:,} rows, for example "
            f"{examples}"
        )
    return f"{column or 'found'}: {found.get('observed_value')}"
