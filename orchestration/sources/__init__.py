"""Extraction: one module per kind of source, each landing raw tables with dlt.

Belongs here: reading a system and yielding its rows as Arrow tables. Stays out: Dagster, dbt and any
rule about what a number means. To add a kind, write a module with `entities_of(source)` and
`read(source, entity, state, known_keys)`, name it in `reader_of`, and add its options to
`orchestration/settings.py`.
"""

from __future__ import annotations

from types import ModuleType

from orchestration.settings import Source


class ExtractionError(RuntimeError):
    """A source cannot be read as promised; the message is one line that says what to do."""


def reader_of(source: Source) -> ModuleType:
    """Return the module that reads this kind of source."""
    from orchestration.sources import files, sql

    return {"files": files, "sql": sql}[source.kind]


def entities_of(source: Source) -> tuple[str, ...]:
    """Return the canonical entities that a source holds, in the order of the contract."""
    return reader_of(source).entities_of(source)
