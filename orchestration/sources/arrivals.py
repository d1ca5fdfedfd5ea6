"""What is known about a run and about what arrived, kept in the build database for models and gates."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import duckdb

from orchestration.contract import entities
from orchestration.settings import Settings
from orchestration.sources.loading import raw_schema
from orchestration.sources.rows import quoted


def record_run(settings: Settings) -> None:
    """Write control.run_context: the `as_of` asked for and when the run started, UTC."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.build_database)) as connection:
        connection.execute("create schema if not exists control")
        connection.execute(
            "create or replace table control.run_context as select ? as as_of, "
            "cast(? as timestamptz) as started_at",
            [settings.company.as_of, datetime.now(UTC).isoformat()],
        )


def profile_arrivals(settings: Settings, wanted: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Write control.<source>__<entity>, one row on each raw table, and return their names by table.

    Columns: row_count; share_without_key, 0-1; hours_overdue, hours since the newest change beyond
    the source's `fresh_within_hours`, null where it sets none.
    """
    names = {}
    with duckdb.connect(str(settings.build_database)) as connection:
        connection.execute("set timezone = 'UTC'")
        for source in settings.company.sources:
            for entity in wanted.get(source.name, ()):
                table = f"{raw_schema(source.name)}.{entity}"
                keyless = " or ".join(
                    f"nullif(trim(cast({quoted(column)} as varchar)), '') is null"
                    for column in entities()[entity].key
                )
                there = {name for (name, *_) in connection.execute(f"describe {table}").fetchall()}
                overdue = "cast(null as double)"
                if source.fresh_within_hours and "updated_at" in there:
                    overdue = (
                        "greatest(epoch((select started_at from control.run_context)) "
                        "- epoch(max(try_cast(updated_at as timestamptz))) "
                        f"- {source.fresh_within_hours * 3600}, 0) / 3600"
                    )
                name = f"control.{source.name}__{entity}"
                connection.execute(
                    f"create or replace table {name} as select count(*) as row_count, "
                    f"count(*) filter (where {keyless}) / greatest(count(*), 1) as share_without_key, "
                    f"{overdue} as hours_overdue "
                    f"from {table}"
                )
                names[f"{source.name}/{entity}"] = name
    return names


def fingerprint_of_raw(settings: Settings) -> str:
    """Return a hash of everything that has arrived: the same rows give the same one, in any order."""
    digest = hashlib.sha256()
    with duckdb.connect(str(settings.build_database)) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.columns "
            "where column_name = '_row_id' and not ends_with(table_schema, '_staging') "
            "and starts_with(table_schema, 'raw_') order by all"
        ).fetchall()
        for schema, table in tables:
            content = connection.execute(
                f"select count(*), bit_xor(md5_number(_row_id)) from {schema}.{quoted(table)}"
            ).fetchone()
            digest.update(f"{schema}.{table}: {content}\n".encode())
    return digest.hexdigest()
