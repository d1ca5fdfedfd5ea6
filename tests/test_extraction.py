"""What lands in raw, from files of every kind and from SQLite; late, repeated and deleted rows."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import FilesSource, SqlSource
from orchestration.sources import ExtractionError, entities_of
from orchestration.sources.loading import load

AGENT = "agent_id,full_name,updated_at\nA1,Ada,2026-01-01T00:00:00Z\n"


def files(folder: Path, **more) -> FilesSource:
    return FilesSource(name="export", kind="files", path=folder, **more)


def land(source, folder: Path, *wanted: str) -> dict[str, int]:
    return load(source, folder / "build.duckdb", wanted or entities_of(source))


def raw(folder: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def export(tmp_path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    return folder


def test_csv_values_stay_as_they_are_written(tmp_path, export):
    (export / "contacts.csv").write_text("contact_id;phone;email\n007;+10;\n", encoding="utf-8")
    assert land(files(export), tmp_path) == {"contacts": 1}
    assert raw(tmp_path, "select contact_id, phone from raw_export.contacts") == [("007", "+10")]


def test_compressed_csv_json_lines_parquet_and_parts_all_land(tmp_path, export):
    with gzip.open(export / "agents.csv.gz", "wt") as file:
        file.write(AGENT)
    (export / "surveys.jsonl").write_text(
        '{"survey_id": "s1", "survey_type": "csat", "scale_min": 1, "scale_max": 5}\n'
        '{"survey_id": "s2", "survey_type": "nps", "scale_max": 10, "scale_min": 0, "question": "שלום"}\n',
        encoding="utf-8",
    )
    duckdb.sql("select 'o1' as offering_id, 'Hub' as offering_name, 'x' as category").write_parquet(
        str(export / "offerings.parquet")
    )
    (export / "contacts").mkdir()
    for part in (1, 2):
        (export / "contacts" / f"{part}.csv").write_text(f"contact_id\nP{part}\n")
    assert land(files(export), tmp_path) == {
        "contacts": 2,
        "agents": 1,
        "offerings": 1,
        "surveys": 2,
    }
    assert raw(tmp_path, "select question from raw_export.surveys order by survey_id") == [
        (None,),
        ("שלום",),
    ]


def test_a_query_maps_what_lies_in_the_folder(tmp_path, export):
    (export / "people.csv").write_text("nr,who\n1,Ada\n")
    (export / "agents.sql").write_text("select nr as agent_id, who as full_name from 'people.csv'")
    assert land(files(export), tmp_path) == {"agents": 1}
    assert land(files(export), tmp_path) == {"agents": 0}
    (export / "people.csv").write_text("nr,who\n1,Ada\n2,Bo\n")
    assert land(files(export), tmp_path) == {"agents": 2}
    assert raw(tmp_path, "select count(*) from raw_export.agents") == [(2,)]


def test_an_unchanged_file_is_not_read_again_and_a_changed_part_alone_is(tmp_path, export):
    (export / "agents").mkdir()
    (export / "agents/1.csv").write_text(AGENT)
    (export / "agents/2.csv").write_text(AGENT.replace("A1", "A2"))
    assert land(files(export), tmp_path) == {"agents": 2}
    assert land(files(export), tmp_path) == {"agents": 0}
    (export / "agents/2.csv").write_text(AGENT.replace("A1", "A3") + "A4,Di,\n")
    assert land(files(export), tmp_path) == {"agents": 2}
    assert raw(tmp_path, "select count(*) from raw_export.agents") == [(4,)]


def test_a_row_that_arrives_twice_is_stored_once(tmp_path, export):
    (export / "agents").mkdir()
    (export / "agents/1.csv").write_text(AGENT + "A1,Ada,2026-01-01T00:00:00Z\n")
    (export / "agents/2.csv").write_text(AGENT)
    land(files(export), tmp_path)
    assert raw(tmp_path, "select count(*) from raw_export.agents") == [(1,)]


def test_no_value_is_moved_to_a_variant_column(tmp_path, export):
    (export / "agents.csv").write_text("agent_id,hired_at\n1,2026-01-01\n")
    land(files(export), tmp_path)
    (export / "agents.csv").write_text("agent_id,hired_at\nx,2026-01-01T10:00:00+02:00\n")
    land(files(export), tmp_path)
    assert raw(
        tmp_path,
        "select count(*) from information_schema.columns where column_name like '%\\_\\_v\\_%' escape '\\'",
    ) == [(0,)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "agent_id,hired_at\n" + "A,2026-01-01\n" * 999 + "B,soon\n",
            "agents.csv: row 1,000: hired_at: expected timestamp with time zone, found 'soon'",
        ),
        ("full_name\nAda\n", "expected the column 'agent_id', which agents requires; found full_name"),
    ],
)
def test_a_broken_promise_is_one_line_and_lands_nothing(tmp_path, export, content, said):
    (export / "agents.csv").write_text(content)
    with pytest.raises(ExtractionError) as error:
        land(files(export), tmp_path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_malformed_quarantine_lets_the_row_through_to_staging(tmp_path, export):
    (export / "agents.csv").write_text("agent_id,hired_at\nA,soon\n")
    assert land(files(export, malformed="quarantine"), tmp_path) == {"agents": 1}


def test_an_entity_there_twice_is_refused(export):
    (export / "agents.csv").write_text(AGENT)
    (export / "agents.jsonl").write_text("{}")
    with pytest.raises(ExtractionError, match="agents is there twice"):
        entities_of(files(export))


def test_a_promised_entity_that_is_missing_is_refused(export):
    (export / "agents.csv").write_text(AGENT)
    with pytest.raises(ExtractionError, match=r"expected tickets.csv, .parquet, .jsonl, .sql"):
        entities_of(files(export, entities=("agents", "tickets")))


def test_a_folder_without_any_entity_is_refused(export):
    with pytest.raises(ExtractionError, match="expected files named after canonical entities"):
        entities_of(files(export))


@pytest.fixture
def database(tmp_path):
    connection = sqlite3.connect(tmp_path / "source.sqlite")
    connection.execute("create table staff (agent_id, full_name, updated_at)")
    connection.executemany(
        "insert into staff values (?, ?, ?)",
        [(f"A{n:03d}", "Ada", f"2026-01-{n % 28 + 1:02d} 10:00:00") for n in range(300)],
    )
    connection.commit()
    return connection


NEWEST_OF_A005 = (
    "select arg_max(coalesce(_is_deleted, 'false'), _dlt_load_id) from raw_hr.agents where agent_id = 'A005'"
)


def delete_and_land(database, source: SqlSource, folder: Path) -> tuple:
    """Delete A005 at the source, land that, and return the row."""
    row = database.execute("select * from staff where agent_id = 'A005'").fetchone()
    database.execute("delete from staff where agent_id = 'A005'")
    database.commit()
    land(source, folder)
    return row


def sqlite_source(folder: Path, **more) -> SqlSource:
    return SqlSource(
        name="hr",
        kind="sql",
        url=f"sqlite:///{folder / 'source.sqlite'}",
        entities={"agents": "staff"},
        **more,
    )


def test_a_second_run_reads_only_the_lag(tmp_path, database):
    source = sqlite_source(tmp_path, lag_hours=24)
    assert land(source, tmp_path) == {"agents": 300}
    newest = database.execute(
        "select count(*) from staff where updated_at >= '2026-01-27 10:00:00'"
    ).fetchone()[0]
    assert land(source, tmp_path) == {"agents": newest}
    assert raw(tmp_path, "select count(*) from raw_hr.agents") == [(300,)]


def test_a_row_without_a_cursor_is_not_missed(tmp_path, database):
    source = sqlite_source(tmp_path)
    land(source, tmp_path)
    database.execute("insert into staff values ('late', 'Bo', null)")
    database.commit()
    land(source, tmp_path)
    assert raw(tmp_path, "select count(*) from raw_hr.agents where agent_id = 'late'") == [(1,)]


def test_a_deleted_row_leaves_a_tombstone_and_comes_back_when_sent_again(tmp_path, database):
    source = sqlite_source(tmp_path)
    land(source, tmp_path)
    row = delete_and_land(database, source, tmp_path)
    tombstones = "select agent_id from raw_hr.agents where _is_deleted = 'true'"
    assert raw(tmp_path, tombstones) == [("A005",)]
    land(source, tmp_path)
    assert raw(tmp_path, tombstones) == [("A005",)]
    database.execute("insert into staff values (?, ?, '2026-02-01 10:00:00')", row[:2])
    database.commit()
    land(source, tmp_path)
    assert raw(tmp_path, NEWEST_OF_A005) == [("false",)]


def test_lost_load_state_cannot_run_ahead_of_the_data(tmp_path, database):
    source = sqlite_source(tmp_path)
    land(source, tmp_path)
    (tmp_path / "build.duckdb").unlink()
    assert land(source, tmp_path) == {"agents": 300}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"entities": {"agents": "nobody"}}, "agents (nobody) cannot be read from sqlite:///"),
        ({"url": "oracle+none://x"}, "url cannot be used"),
        ({"url": "postgresql+psycopg://u:secret@127.0.0.1:9/d"}, "postgresql+psycopg://u:***@127.0.0.1"),
    ],
)
def test_a_database_that_cannot_be_read_is_one_line(tmp_path, database, change, said):
    source = sqlite_source(tmp_path).model_copy(update=change)
    with pytest.raises(ExtractionError) as error:
        land(source, tmp_path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert "secret" not in str(error.value)


def test_a_csv_row_that_begins_with_a_hash_is_a_row(tmp_path, export):
    rows = "".join(f"{'#' if n % 10 == 0 else 'A'}{n},Ada\n" for n in range(1_000))
    (export / "agents.csv").write_text("agent_id,full_name\n" + rows)
    assert land(files(export), tmp_path) == {"agents": 1_000}


def test_a_row_restored_with_its_old_time_of_change_comes_back(tmp_path, database):
    source = sqlite_source(tmp_path, lag_hours=1)
    land(source, tmp_path)
    row = delete_and_land(database, source, tmp_path)
    database.execute("insert into staff values (?, ?, ?)", row)
    database.commit()
    land(source, tmp_path)
    assert raw(tmp_path, NEWEST_OF_A005) == [("false",)]


def test_a_time_of_change_in_the_future_does_not_hide_what_changes_until_then(tmp_path, database):
    database.execute("insert into staff values ('dreamer', 'Di', '2099-01-01 00:00:00')")
    database.commit()
    source = sqlite_source(tmp_path)
    land(source, tmp_path)
    database.execute(
        "update staff set full_name = 'Bo', updated_at = '2026-02-01 00:00:00' where agent_id = 'A001'"
    )
    database.commit()
    land(source, tmp_path)
    assert raw(tmp_path, "select count(*) from raw_hr.agents where full_name = 'Bo'") == [(1,)]


def test_a_changed_query_reads_everything_anew(tmp_path, database):
    land(sqlite_source(tmp_path), tmp_path)
    query = "select agent_id, 'New ' || full_name as full_name, updated_at from staff"
    changed = sqlite_source(tmp_path).model_copy(update={"entities": {"agents": query}})
    assert land(changed, tmp_path) == {"agents": 300}


def test_a_time_of_change_that_is_none_is_one_clear_line(tmp_path, database):
    database.execute("insert into staff values ('x', 'X', 'yesterday')")
    database.commit()
    with pytest.raises(ExtractionError, match=r"updated_at: expected a(?! column).*found 'yesterday'"):
        land(sqlite_source(tmp_path, malformed="quarantine"), tmp_path)


def test_a_column_that_changes_its_type_between_exports_is_named(tmp_path, export):
    file = str(export / "offerings.parquet")
    duckdb.sql("select 1 as offering_id, 'Hub' as offering_name, 'x' as category").write_parquet(file)
    land(files(export), tmp_path)
    duckdb.sql("select 'one' as offering_id, 'Hub' as offering_name, 'x' as category").write_parquet(file)
    with pytest.raises(ExtractionError, match="offering_id"):
        land(files(export), tmp_path)
