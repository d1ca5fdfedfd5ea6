"""What is done to every row on its way into raw, whatever the kind of source.

A row gets `_row_id`, the MD5 of its own content: a row that arrives twice is stored once, a changed
row becomes a further version, and the order of arrival cannot hide a newer one.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from orchestration.contract import Entity
from orchestration.settings import Source
from orchestration.sources import ExtractionError


def one_line(error: Exception) -> str:
    """Return the first sentence of a library's message, on one line."""
    text = str(getattr(error, "orig", None) or error).strip()
    return " ".join(text.splitlines()[0].split()) if text else type(error).__name__


def quoted(name: str) -> str:
    """Return a DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def in_memory() -> duckdb.DuckDBPyConnection:
    """Return a private database in which a time without a zone is UTC."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    return connection


class RowPreparer:
    """Checks the tables of one entity as they are read, and gives each row its id.

    Raises `ExtractionError` for a missing required column, and, where the source says
    `malformed: stop`, for the first value that is not of its column's type.
    """

    def __init__(self, source: Source, entity: Entity) -> None:
        self._source = source
        self._entity = entity
        self._rows_before: dict[str, int] = {}
        self._connection = in_memory()

    def prepare(self, table: pa.Table, origin: str) -> pa.Table:
        """Return the table with `_row_id` as its first column; `origin` names it in errors."""
        self._check_columns(table, origin)
        self._connection.register("arrived", table)
        if self._source.malformed == "stop":
            self._check_types(table, origin)
        self._rows_before[origin] = self._rows_before.get(origin, 0) + table.num_rows
        return self._with_row_id(table)

    def prepare_tombstones(self, table: pa.Table) -> pa.Table:
        """Return rows that only say which keys are gone, with `_row_id`."""
        self._connection.register("arrived", table)
        return self._with_row_id(table)

    def _with_row_id(self, table: pa.Table) -> pa.Table:
        # Sorted by name and without nulls: a new empty column does not make every row look changed.
        content = ", ".join(
            f"'{name.replace(chr(39), chr(39) * 2)}=' || cast({quoted(name)} as varchar)"
            for name in sorted(table.column_names)
        )
        row_ids = self._connection.sql(
            f"select md5(concat_ws(chr(31), {content})) as _row_id from arrived"
        ).to_arrow_table()
        field = pa.field("_row_id", pa.string(), nullable=False)
        return table.add_column(0, field, row_ids.column("_row_id"))

    def _check_columns(self, table: pa.Table, origin: str) -> None:
        missing = [name for name in self._entity.required if name not in table.column_names]
        if missing:
            raise ExtractionError(
                f"source {self._source.name!r}: {origin}: expected the column {missing[0]!r}, which "
                f"{self._entity.name} requires; found {', '.join(table.column_names)}; rename or "
                f"add it, or map it in {self._entity.name}.sql"
            )

    def _check_types(self, table: pa.Table, origin: str) -> None:
        typed = [
            column
            for column in self._entity.columns
            if column.name in table.column_names and column.data_type != "varchar"
        ]
        if not typed:
            return
        # A blank text is a missing value, not a malformed one.
        broken = {
            column.name: (
                f"nullif(trim(cast({quoted(column.name)} as varchar)), '') is not null "
                f"and try_cast({quoted(column.name)} as {column.data_type}) is null"
            )
            for column in typed
        }
        counts = self._connection.sql(
            "select "
            + ", ".join(f"count(*) filter (where {test})" for test in broken.values())
            + " from arrived"
        ).fetchone()
        for column, count in zip(typed, counts, strict=True):
            if count:
                row, value = self._connection.sql(
                    f"select row, value from (select row_number() over () as row, "
                    f"cast({quoted(column.name)} as varchar) as value, "
                    f"{broken[column.name]} as is_broken from arrived) where is_broken "
                    "order by row limit 1"
                ).fetchone()
                row += self._rows_before.get(origin, 0)
                raise ExtractionError(
                    f"source {self._source.name!r}: {origin}: row {row:,}: {column.name}: expected "
                    f"{column.data_type}, found {value!r}; correct the row, or set malformed: "
                    "quarantine for this source to set such rows aside"
                )
