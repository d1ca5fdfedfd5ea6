"""The publication: an immutable snapshot that appears all at once, or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.locking import only_writer
from orchestration.progress import step
from orchestration.settings import PUBLISHED_SCHEMAS, Settings
from orchestration.sources.rows import quoted

PUBLISHED_KEY = dg.AssetKey(["published", "analytics"])
# Readers may have an older DuckDB than we do; this is the oldest that is still maintained.
STORAGE_VERSION = "v1.4.0"


def publish(settings: Settings, marts: Collection[tuple[str, str]]) -> dict[str, int]:
    """Write the marts to a new file and put it in the place of the old one; return rows by table.

    `marts` are schema and name of the tables that the project has now; what an earlier version of it
    left in the build database stays there.

    A reader who has the old file open keeps it until it opens the file anew.
    """
    target = settings.published_database
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    _remove(draft)
    rows: dict[str, int] = {}
    try:
        with duckdb.connect(str(settings.build_database)) as connection:
            connection.execute(f"attach '{draft}' as draft (storage_version '{STORAGE_VERSION}')")
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() "
                "where database_name = current_database() and list_contains(?, schema_name) "
                "order by all",
                [list(PUBLISHED_SCHEMAS)],
            ).fetchall()
            tables = [each for each in tables if each in marts]
            descriptions = _descriptions(settings)
            for schema in PUBLISHED_SCHEMAS:
                connection.execute(f"create schema draft.{schema}")
            for schema, table in tables:
                name = f"{schema}.{quoted(table)}"
                connection.execute(f"create table draft.{name} as from {name}")
                connection.execute(_comments(f"draft.{name}", *descriptions[schema, table]))
                rows[f"{schema}.{table}"] = connection.execute(
                    f"select count(*) from draft.{name}"
                ).fetchone()[0]
            connection.execute("checkpoint draft")
            connection.execute("detach draft")
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        # What the snapshot was made of is for the run to say, once it knows.
        target.with_suffix(".inputs").unlink(missing_ok=True)
        draft.replace(target)
    finally:
        _remove(draft)
    return rows


def _descriptions(settings: Settings) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """Return what the project says of each model by schema and name: of the table, and of its columns."""
    manifest = json.loads((settings.dbt_target / "manifest.json").read_text(encoding="utf-8"))
    return {
        (node["schema"], node["name"]): (
            node["description"],
            {name: column["description"] for name, column in node["columns"].items()},
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }


def _comments(table: str, description: str, columns: Mapping[str, str]) -> str:
    """Return SQL that writes the descriptions into the file, for whoever browses it."""
    statements = [f"comment on table {table} is {_text(description)}"]
    statements += [
        f"comment on column {table}.{quoted(column)} is {_text(described)}"
        for column, described in columns.items()
    ]
    return ";\n".join(statements)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _remove(draft: Path) -> None:
    for path in (draft, draft.with_name(draft.name + ".wal")):
        path.unlink(missing_ok=True)


def publication(settings: Settings, marts: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """Return the asset of the published file."""

    @dg.asset(
        key=PUBLISHED_KEY,
        deps=sorted(marts.keys),
        group_name="published",
        kinds={"duckdb"},
        description="The file that analysts and BI tools open, read-only.",
    )
    def published() -> dg.MaterializeResult:
        with only_writer(settings), step("publish") as remarks:
            rows = publish(settings, {(key.path[0], key.path[1]) for key in marts.keys})
            remarks.append(f"{len(rows)} tables, {sum(rows.values()):,} rows")
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(settings.published_database)),
                "rows": dg.MetadataValue.json(rows),
            }
        )

    return published
