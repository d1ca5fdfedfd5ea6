"""The `sql` kind: a database that SQLAlchemy reaches, one table or query per canonical entity.

Incremental by `updated_at` where the columns include it: each run reads what is not older than the
newest value seen less `lag_hours` (rows committed late), and rows without a value. Keys are compared
at every run: those that are gone from the source arrive as tombstones (`_is_deleted`), and where one is
there that was never read, everything is read once. Values are landed as text, so that no
change of type at the source can stop or spoil a load; staging gives the types.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from orchestration.contract import entities
from orchestration.settings import SqlSource
from orchestration.sources import ExtractionError
from orchestration.sources.rows import in_memory, one_line

ROWS_PER_TABLE = 100_000


def entities_of(source: SqlSource) -> tuple[str, ...]:
    """Return the entities that the company file maps."""
    return tuple(name for name in entities() if name in source.entities)


def read(
    source: SqlSource, entity: str, state: dict[str, Any], known_keys: pa.Table | None = None
) -> Iterator[tuple[str, pa.Table]]:
    """Yield `(origin, table)` of text columns for what changed since `state`.

    `known_keys` holds the keys loaded before; those that the source no longer has are yielded as
    rows of key columns with `_is_deleted` = 'true'.
    """
    relation = source.entities[entity]
    is_query = len(relation.split()) > 1
    origin = f"{entity} ({'query' if is_query else relation})"
    selected = f"({relation.rstrip().rstrip(';')})" if is_query else relation
    if state.get("relation") != relation:
        # Another table or query: what was read by the old one says nothing about where to go on.
        state.pop("newest", None)
        state["relation"] = relation
    with _connected(source, origin) as connection:
        columns = list(connection.execute(sa.text(f"select * from {selected} as q where 1 = 0")).keys())
        statement, bound = f"select * from {selected} as q", {}
        cursor = "updated_at" if "updated_at" in columns else None
        since = _since(state, source.lag_hours) if cursor else None
        if since is not None:
            statement += " where updated_at >= :since or updated_at is null"
            bound = {"since": since}
        newest = state.get("newest")
        key = entities()[entity].key
        seen: list[pa.Table] = []
        for table, found in _tables(connection, statement, bound, columns, cursor):
            newest = _newest(newest, found, origin)
            seen.append(table.select([name for name in key if name in columns]))
            yield origin, table
        if not seen and since is None:
            yield origin, pa.table({name: pa.array([], pa.string()) for name in columns})
        if source.detect_deletes and known_keys is not None and set(key) <= set(columns):
            rows = connection.execute(sa.text(f"select {', '.join(key)} from {selected} as q")).all()
            there = pa.table(
                {
                    name: _as_text(values)
                    for name, values in zip(
                        key, zip(*rows, strict=True) if rows else [[]] * len(key), strict=True
                    )
                }
            )
            known = pa.concat_tables([known_keys, *seen], promote_options="permissive")
            if since is not None and _missing(there, known).num_rows:
                # Rows that were restored or filled in with an old time of change lie before the lag.
                for table, _ in _tables(connection, f"select * from {selected} as q", {}, columns, None):
                    yield origin, table
            gone = _missing(known_keys, there)
            if gone.num_rows:
                yield (
                    f"{origin}, deleted keys",
                    gone.append_column("_is_deleted", pa.array(["true"] * gone.num_rows)),
                )
        if newest is not None:
            state["newest"] = newest


@contextmanager
def _connected(source: SqlSource, origin: str) -> Iterator[sa.Connection]:
    try:
        engine = sa.create_engine(source.url, poolclass=sa.pool.NullPool)
    except (sa.exc.ArgumentError, ImportError, ValueError) as error:
        raise ExtractionError(
            f"source {source.name!r}: url cannot be used: {one_line(error)}; expected a SQLAlchemy "
            "url whose driver is installed, such as postgresql+psycopg://user@host/database"
        ) from None
    try:
        with engine.connect() as connection:
            yield connection
    except sa.exc.SQLAlchemyError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise ExtractionError(
            f"source {source.name!r}: {origin} cannot be read from {shown}: {one_line(error)}; check "
            "url and entities in the company file"
        ) from None


def _tables(
    connection: sa.Connection,
    statement: str,
    bound: dict[str, Any],
    columns: list[str],
    cursor: str | None,
) -> Iterator[tuple[pa.Table, Any]]:
    """Yield the rows of a statement as tables of text, each with the values of its cursor column."""
    streamed = connection.execution_options(stream_results=True)
    for rows in streamed.execute(sa.text(statement), bound).partitions(ROWS_PER_TABLE):
        values = list(zip(*rows, strict=True))
        table = pa.table({name: _as_text(value) for name, value in zip(columns, values, strict=True)})
        yield table, values[columns.index(cursor)] if cursor else ()


def _as_text(values: Any) -> pa.Array:
    values = list(values)
    try:
        array = pa.array(values)
        if pa.types.is_null(array.type) or pa.types.is_nested(array.type):
            raise pa.ArrowInvalid("no single plain type")
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _newest(newest: list[str] | None, values: Any, origin: str) -> list[str] | None:
    """Return `[kind, value]` of the greatest cursor; kind tells how the database writes a time.

    A time in the future is no reason to skip what changes until then, so it does not count.
    """
    now = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=14)
    found = newest
    for value in values:
        if value is None:
            continue
        if isinstance(value, datetime):
            marked = ["aware" if value.tzinfo else "naive", value.isoformat()]
        else:
            marked = ["text", str(value)]
        try:
            moment = _moment(marked)
        except ValueError:
            raise ExtractionError(
                f"{origin}: updated_at: expected a time, found {marked[1]!r}; write one such as 2026-01-31 "
                "10:00:00, or leave the column out to read everything at every run"
            ) from None
        if moment <= now and (found is None or moment > _moment(found)):
            found = marked
    return found


def _moment(marked: list[str]) -> datetime:
    moment = datetime.fromisoformat(marked[1])
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _since(state: dict[str, Any], lag_hours: float) -> datetime | str | None:
    if "newest" not in state:
        return None
    kind, written = state["newest"]
    if kind == "aware":
        return _moment(state["newest"]).replace(tzinfo=UTC) - timedelta(hours=lag_hours)
    since = datetime.fromisoformat(written) - timedelta(hours=lag_hours)
    if kind == "naive":
        return since
    # Compared as text by the database, so written the way the database writes it.
    return since.strftime(f"%Y-%m-%d{written[10:11] or ' '}%H:%M:%S")


def _missing(known: pa.Table, there: dict[str, pa.Array]) -> pa.Table:
    connection = in_memory()
    connection.register("known", known)
    connection.register("there", pa.table(there))
    return connection.sql(
        f"select * from known anti join there using ({', '.join(known.column_names)})"
    ).to_arrow_table()
