"""The `files` kind: a folder in which each file is named after the canonical entity it holds.

`tickets.csv`, `tickets.parquet`, `tickets.jsonl` (also `.gz`), a folder `tickets/` of such parts, or
`tickets.sql`, a DuckDB query over whatever else lies in the folder. Texts are kept as they are
written; types are given in staging. A file that has not changed since it was loaded is not read
again (name, size and time of change); a changed one is read whole and merged by key.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.contract import entities
from orchestration.settings import FilesSource
from orchestration.sources import ExtractionError
from orchestration.sources.rows import in_memory, one_line, quoted

FORMATS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".sql": "sql"}
ROWS_PER_TABLE = 500_000


@dataclass(frozen=True)
class Origin:
    """Where an entity is read from: a query, or files of one format."""

    format: str
    files: tuple[Path, ...]


def entities_of(source: FilesSource) -> tuple[str, ...]:
    """Return the entities found in the folder; raise `ExtractionError` if one promised is missing."""
    found = _origins(source)
    for name in source.entities or ():
        if name not in found:
            raise ExtractionError(
                f"source {source.name!r}: expected {name}.csv, .parquet, .jsonl, .sql or a folder "
                f"{name}/ in {source.path}, found none; put the export there or take {name} out of "
                "entities"
            )
    if not found:
        raise ExtractionError(
            f"source {source.name!r}: expected files named after canonical entities, such as "
            f"tickets.csv, in {source.path}, found none"
        )
    return tuple(name for name in entities() if name in found)


def read(
    source: FilesSource, entity: str, state: dict[str, Any], known_keys: Any = None
) -> Iterator[tuple[str, pa.Table]]:
    """Yield `(origin, table)` for what changed since `state`, and bring `state` up to date.

    Text formats give text columns; Parquet and queries keep the types they have.
    """
    origin = _origins(source)[entity]
    watched = _all_files(source.path) if origin.format == "sql" else origin.files
    now = {
        str(path.relative_to(source.path)): [stat.st_size, stat.st_mtime_ns]
        for path in watched
        for stat in [path.stat()]
    }
    before = state.get("files", {})
    if origin.format == "sql":
        changed = origin.files if now != before else ()
    else:
        changed = tuple(
            path
            for path in origin.files
            if before.get(name := str(path.relative_to(source.path))) != now[name]
        )
    for path in changed:
        label = str(path.relative_to(source.path))
        with _readable(source, label):
            for table in _tables(path, origin.format, source.path):
                yield label, table
    state["files"] = now


def _origins(source: FilesSource) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    for path in sorted(source.path.iterdir()):
        name, format_ = _entity_and_format(path)
        if name not in entities() or (path.is_file() and format_ is None):
            continue
        if path.is_dir():
            parts = _all_files(path)
            formats = {_entity_and_format(part)[1] for part in parts}
            if len(formats) != 1 or formats & {None, "sql"}:
                raise ExtractionError(
                    f"source {source.name!r}: expected parts of one format (.csv, .parquet or "
                    f".jsonl) in {path}, found {', '.join(p.name for p in parts[:5]) or 'none'}"
                )
            origin = Origin(formats.pop(), parts)
        else:
            origin = Origin(format_, (path,))
        if name in found:
            raise ExtractionError(
                f"source {source.name!r}: {name} is there twice, as {found[name].files[0].name} and "
                f"{path.name}; keep one"
            )
        found[name] = origin
    return found


def _entity_and_format(path: Path) -> tuple[str, str | None]:
    name = Path(path.name.removesuffix(".gz"))
    return name.stem, FORMATS.get(name.suffix)


def _all_files(folder: Path) -> tuple[Path, ...]:
    return tuple(
        path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")
    )


@contextmanager
def _readable(source: FilesSource, label: str) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, OSError, EOFError, UnicodeDecodeError) as error:
        remedy = (
            "correct the query, or put the files it reads there"
            if label.endswith(".sql")
            else "expected a complete file in UTF-8; export it again"
        )
        raise ExtractionError(
            f"source {source.name!r}: {label} cannot be read: {one_line(error)}; {remedy}"
        ) from None


def _tables(path: Path, format_: str, folder: Path) -> Iterator[pa.Table]:
    connection = in_memory()
    connection.execute("set file_search_path = ?", [str(folder)])
    file = "'" + str(path).replace("'", "''") + "'"
    if format_ == "csv":
        query = (
            f"select * from read_csv({file}, all_varchar = true, header = true, quote = '\"', "
            f"escape = '\"', delim = '{_delimiter(path)}', comment = '', skip = 0)"
        )
    elif format_ == "parquet":
        query = f"select * from read_parquet({file})"
    elif format_ == "jsonl":
        lines = f"read_ndjson_objects({file})"
        keys = connection.sql(
            f"select distinct unnest(json_keys(json)) as key from {lines} order by key"
        ).fetchall()
        columns = ", ".join(f"json ->> '$.{quoted(key)}' as {quoted(key)}" for (key,) in keys)
        query = f"select {columns or 'null as empty'} from {lines}"
    else:
        query = path.read_text(encoding="utf-8")
    reader = connection.execute(query).to_arrow_reader(ROWS_PER_TABLE)
    is_empty = True
    for batch in reader:
        is_empty = False
        yield pa.Table.from_batches([batch])
    if is_empty:
        yield reader.schema.empty_table()


def _delimiter(path: Path) -> str:
    """Return the separator that the header line holds most of; DuckDB's own guess reads far more."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        header = lines.readline()
    return max(",;\t|", key=lambda separator: header.count(separator.encode()))
