"""The `sql` kind: a database that SQLAlchemy reaches, one table or query per canonical entity.

Incremental by `updated_at` where the columns include it: each run reads what is not older than the
newest value seen less `lag_hours` (rows committed late), and rows without a value. Keys that are
gone from the source arrive as tombstones (`_is_deleted`). Values are landed as text, so that no
change of type at the source can stop or spoil a load; staging gives the types.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
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
    with _connected(source, origin) as connection:
        columns = list(connection.execute(sa.text(f"select * from {selected} as q where 1 = 0")).keys())
        statement, bound = f"select * from {selected} as q", {}
        cursor = "updated_at" if "updated_at" in columns else None
        since = _since(state, source.lag_hours) if cursor else None
        if since is not None:
            statement += " where updated_at >= :since or updated_at is null"
            bound = {"since": since}
        newest = state.get("newest")
        streamed = connection.execution_options(stream_results=True)
        seen = False
        for rows in streamed.execute(sa.text(statement), bound).partitions(ROWS_PER_TABLE):
            values = list(zip(*rows, strict=True))
            if cursor:
                newest = _newest(newest, values[columns.index(cursor)])
            seen = True
            yield (
                origin,
                pa.table({name: _as_text(value) for name, value in zip(columns, values, strict=True)}),
            )
        if not seen and since is None:
            yield origin, pa.table({name: pa.array([], pa.string()) for name in columns})
        if source.detect_deletes and known_keys is not None and known_keys.num_rows:
            key = entities()[entity].key
            listed = ", ".join(key)
            rows = connection.execute(sa.text(f"select {listed} from {selected} as q")).all()
            there = list(zip(*rows, strict=True)) or [[] for _ in key]
            gone = _missing(known_keys, {k: _as_text(v) for k, v in zip(key, there, strict=True)})
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
    except (sa.exc.ArgumentError, ModuleNotFoundError, ImportError) as error:
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


def _as_text(values: Any) -> pa.Array:
    values = list(values)
    try:
        array = pa.array(values)
        if pa.types.is_null(array.type) or pa.types.is_nested(array.type):
            raise pa.ArrowInvalid("no single plain type")
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _newest(newest: list[str] | None, values: Any) -> list[str] | None:
    """Return `[kind, value]` of the greatest cursor; kind tells how the database writes a time."""
    present = [value for value in values if value is not None]
    if not present:
        return newest
    top = max(present)
    if isinstance(top, datetime):
        found = ["aware" if top.tzinfo else "naive", top.isoformat()]
    else:
        found = ["text", str(top)]
    return found if newest is None or _moment(found) > _moment(newest) else newest


def _moment(marked: list[str]) -> datetime:
    moment = datetime.fromisoformat(marked[1])
    return moment.replace(tzinfo=None) if marked[0] != "aware" else moment


def _since(state: dict[str, Any], lag_hours: float) -> datetime | str | None:
    if "newest" not in state:
        return None
    kind, written = state["newest"]
    since = _moment(state["newest"]) - timedelta(hours=lag_hours)
    if kind != "text":
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
