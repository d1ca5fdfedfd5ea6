"""Landing the rows of a source in its raw schema with dlt.

Merge with delete-insert on `_row_id` and a fresh working folder at every run: the one combination
that lost and doubled nothing when it was killed at random (docs/decisions/0002). dlt keeps the
state (which files, which newest change) in the raw schema itself, so it cannot run ahead of the
data.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.contract import Entity, entities
from orchestration.settings import Source
from orchestration.sources import ExtractionError, reader_of
from orchestration.sources.rows import RowPreparer, one_line, quoted

# dlt reads these from its environment when it is first imported.
DLT_ENVIRONMENT = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
    "LOAD__TRUNCATE_STAGING_DATASET": "true",
}


def raw_schema(source_name: str) -> str:
    """Return the schema of a source's raw tables."""
    return f"raw_{source_name}"


def load(source: Source, database: Path, wanted: Iterable[str]) -> dict[str, int]:
    """Land what is new of the wanted entities, and return the rows landed by entity.

    Raises `ExtractionError`; nothing of the source is landed then.
    """
    os.environ.update(DLT_ENVIRONMENT)
    import dlt
    from dlt.pipeline.exceptions import PipelineStepFailed

    database.parent.mkdir(parents=True, exist_ok=True)
    landed = dict.fromkeys(wanted, 0)

    def rows_of(entity: Entity) -> Iterator[pa.Table]:
        state: dict[str, Any] = dlt.current.resource_state()
        preparer = RowPreparer(source, entity)
        keys = known_keys.get(entity.name)
        for origin, table in reader_of(source).read(source, entity.name, state, keys):
            if "_is_deleted" not in table.column_names:
                landed[entity.name] += table.num_rows
                yield preparer.prepare(table, origin)
            else:
                yield preparer.prepare_tombstones(table)

    known_keys = _known_keys(source, database, landed)
    resources = [
        dlt.resource(
            rows_of(entities()[name]),
            name=name,
            primary_key="_row_id",
            write_disposition={"disposition": "merge", "strategy": "delete-insert"},
            file_format="parquet",
            schema_contract={"tables": "evolve", "columns": "evolve", "data_type": "freeze"},
        )
        for name in landed
    ]
    with tempfile.TemporaryDirectory(prefix="cxw-load-") as folder:
        pipeline = dlt.pipeline(
            source.name,
            pipelines_dir=folder,
            destination=dlt.destinations.duckdb(str(database)),
            dataset_name=raw_schema(source.name),
        )
        try:
            pipeline.run(dlt.source(lambda: resources, name=source.name)())
        except PipelineStepFailed as error:
            raise _as_extraction_error(source, error) from None
    return landed


def _known_keys(source: Source, database: Path, wanted: Iterable[str]) -> dict[str, pa.Table]:
    """Return the keys that raw holds and the source has not deleted, for kinds that compare them."""
    if not getattr(source, "detect_deletes", False) or not database.exists():
        return {}
    keys = {}
    with duckdb.connect(str(database)) as connection:
        columns = connection.execute(
            "select table_name, list(column_name) from information_schema.columns "
            "where table_schema = ? group by all",
            [raw_schema(source.name)],
        ).fetchall()
        for name, there in columns:
            if name not in wanted:
                continue
            key = ", ".join(quoted(column) for column in entities()[name].key)
            deleted = "coalesce(_is_deleted, 'false') = 'true'" if "_is_deleted" in there else "false"
            keys[name] = connection.sql(
                f"select {key} from {raw_schema(source.name)}.{name} "
                f"where {' and '.join(f'{quoted(c)} is not null' for c in entities()[name].key)} "
                f"group by {key} having coalesce(max(_dlt_load_id) filter (where not {deleted}), '') "
                f"> coalesce(max(_dlt_load_id) filter (where {deleted}), '')"
            ).to_arrow_table()
    return keys


def _as_extraction_error(source: Source, error: Exception) -> ExtractionError:
    causes: list[BaseException] = [error]
    while following := causes[-1].__cause__ or causes[-1].__context__:
        if isinstance(following, ExtractionError):
            return following
        causes.append(following)
    # dlt wraps what happened several times; the innermost says it.
    return ExtractionError(
        f"source {source.name!r}: cannot be landed: {one_line(causes[-1])}; look at the export, or at the "
        "table in the company's build database"
    )
