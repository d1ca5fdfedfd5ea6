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


def profile_arrivals(settings: Settings, wanted: dict[str, tuple[str, ...]]) -> None:
    """Write control.<source>__<entity>, one row on each raw table, for the raw gate.

    Columns: row_count, rows that are not tombstones; share_without_key, of these, 0-1; share_deleted, of
    the records that were there before, how many the newest load found deleted, 0-1; hours_overdue, hours
    since the newest change beyond the source's `fresh_within_hours`, null where it sets none or
    nothing in the entity has a time.
    """
    with duckdb.connect(str(settings.build_database)) as connection:
        connection.execute("set timezone = 'UTC'")
        for source in settings.company.sources:
            for entity in wanted.get(source.name, ()):
                table = f"{raw_schema(source.name)}.{entity}"
                contract = entities()[entity]
                there = {name for (name, *_) in connection.execute(f"describe {table}").fetchall()}
                key = [quoted(column) for column in contract.key]
                keyless = " or ".join(
                    f"nullif(trim(cast({column} as varchar)), '') is null" for column in key
                )
                deleted = "coalesce(_is_deleted, 'false') = 'true'" if "_is_deleted" in there else "false"
                changed = next((name for name in ("updated_at", contract.event_time) if name in there), None)
                overdue = "cast(null as double)"
                if source.fresh_within_hours and changed:
                    moment = f"try_cast({quoted(changed)} as timestamptz)"
                    started = "(select started_at from control.run_context)"
                    # Without a single usable time nothing shows that anything is fresh.
                    overdue = (
                        f"coalesce(greatest(epoch({started}) - epoch(max({moment}) filter "
                        f"(where {moment} <= {started})) - {source.fresh_within_hours * 3600}, 0) / 3600, "
                        "1000000)"
                    )
                connection.execute(
                    f"create or replace table control.{source.name}__{entity} as "
                    f"with rows as (select *, {deleted} as is_tombstone, {keyless} as is_keyless "
                    f"from {table}), newest as (select max(_dlt_load_id) as load_id from rows) "
                    "select count(*) filter (where not is_tombstone) as row_count, "
                    "count(*) filter (where is_keyless) / greatest(count(*), 1) as share_without_key, "
                    f"count(distinct ({', '.join(key)})) filter (where is_tombstone and _dlt_load_id = "
                    "(select load_id from newest)) / greatest(count(distinct "
                    f"({', '.join(key)})), 1) as share_deleted, "
                    f"{overdue} as hours_overdue from rows"
                )


def fingerprint_of_raw(settings: Settings) -> str:
    """Return a hash of what has arrived and of which version of a record came last.

    The same rows give the same one in any order; rows that are read again change nothing.
    """
    digest = hashlib.sha256()
    with duckdb.connect(str(settings.build_database)) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.columns "
            "where column_name = '_row_id' and not ends_with(table_schema, '_staging') "
            "and starts_with(table_schema, 'raw_') order by all"
        ).fetchall()
        for schema, table in tables:
            key = ", ".join(quoted(column) for column in entities()[table].key)
            content = connection.execute(
                f"with several as (select {key}, max(_dlt_load_id) as _dlt_load_id "
                f"from {schema}.{quoted(table)} group by {key} having count(*) > 1) "
                "select count(*), bit_xor(md5_number(_row_id)), (select bit_xor(md5_number('last' || "
                f"_row_id)) from {schema}.{quoted(table)} semi join several "
                f"using ({key}, _dlt_load_id)) from {schema}.{quoted(table)}"
            ).fetchone()
            digest.update(f"{schema}.{table}: {content}\n".encode())
    return digest.hexdigest()
