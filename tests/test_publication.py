"""The published file: readers never meet an error or a half-built state, and older ones can read it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import duckdb

from orchestration.settings import PUBLISHED_SCHEMAS
from tests.companies import as_csv, make_company

RUNS = 2

# Reads until told to stop; each look checks that two tables of one snapshot tell the same number.
READER = """
import sys, time, pathlib, duckdb
path, stop = sys.argv[1], pathlib.Path(sys.argv[2])
looks, seen = 0, set()
while not stop.exists():
    with duckdb.connect(path, read_only=True) as connection:
        (tickets,) = connection.execute("select count(*) from service.fct_tickets").fetchone()
        (volume,) = connection.execute(
            "select sum(value) from scorecard.fct_metric_values where metric = 'ticket_volume' "
            "and period = 'year' and scope = 'company'").fetchone()
    assert tickets == volume, (tickets, volume)
    looks += 1
    seen.add(tickets)
    time.sleep(0.2)
print(looks, len(seen))
"""


def test_readers_in_a_loop_during_runs_meet_no_error_and_no_half_built_state(tmp_path):
    def tickets(count: int) -> str:
        return as_csv(
            [
                {
                    "ticket_id": f"T{n}",
                    "channel": "chat",
                    "status": "open",
                    "created_at": f"{date(2026, 1, 1) + timedelta(days=n)}T10:00:00Z",
                }
                for n in range(count)
            ]
        )

    company = make_company(tmp_path / "company", {"tickets": []})
    file = company.company_file.parent / "export/tickets.csv"
    file.write_text(tickets(1))
    company.run()
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, company.settings.published_database, stop],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for number in range(2, RUNS + 2):
        file.write_text(tickets(number))
        company.run()
    stop.touch()
    for reader in readers:
        said, errors = reader.communicate(timeout=60)
        assert reader.returncode == 0, errors
        looks, snapshots = map(int, said.split())
        assert looks > 50
        # A reader that only ever saw one state would prove nothing.
        assert snapshots > RUNS / 2


def test_a_reader_who_holds_the_old_snapshot_keeps_it(tmp_path):
    company = make_company(
        tmp_path / "company",
        {"tickets": [{"ticket_id": "T1", "channel": "chat", "status": "open", "created_at": "2026-01-01"}]},
    ).run()
    # In another process: within one, DuckDB shares the open file.
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, duckdb\n"
            "c = duckdb.connect(sys.argv[1], read_only=True)\n"
            "q = 'select count(*) from service.fct_tickets'\n"
            "print(c.execute(q).fetchone()[0], flush=True)\n"
            "sys.stdin.readline()\n"
            "print(c.execute(q).fetchone()[0], flush=True)",
            company.settings.published_database,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "1\n"
    (company.company_file.parent / "export/tickets.csv").write_text(
        as_csv(
            [
                {"ticket_id": f"T{n}", "channel": "chat", "status": "open", "created_at": "2026-01-01"}
                for n in range(3)
            ]
        )
    )
    company.run()
    assert company.rows("select count(*) from service.fct_tickets") == [(3,)]
    assert holder.communicate("go\n", timeout=60)[0] == "1\n"


def test_the_published_file_holds_the_five_schemas_and_nothing_else(demo):
    schemas = demo.rows("select distinct schema_name from duckdb_tables() order by 1")
    assert schemas == [(name,) for name in sorted(PUBLISHED_SCHEMAS)]


def test_the_published_file_is_written_for_older_readers(demo):
    with demo.settings.published_database.open("rb") as file:
        header = file.read(64)
    # Bytes 8-11 are the magic word, then the storage version: 67 is DuckDB 1.4's.
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") <= 67


def test_descriptions_travel_with_the_published_tables(demo):
    ((undescribed,),) = demo.rows(
        "select count(*) from duckdb_columns() where comment is null and not internal"
    )
    assert undescribed == 0


def test_no_text_of_a_message_and_no_draft_is_published(demo):
    columns = {name for (name,) in demo.rows("select column_name from duckdb_columns() where not internal")}
    assert columns.isdisjoint({"body", "comment", "transcript", "subject"})
    assert [
        path.name
        for path in demo.settings.published_database.parent.iterdir()
        if path.suffix not in (".duckdb", ".inputs")
    ] == []


def test_the_same_inputs_give_the_same_values(demo, demo_files, tmp_path):
    from tests.companies import Warehouse

    again = Warehouse(demo_files / "company.yml", tmp_path / "home").run()
    with duckdb.connect(str(again.settings.published_database), read_only=True) as connection:
        connection.execute(f"attach '{demo.settings.published_database}' as first (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name <> 'first'"
        ).fetchall()
        for (table,) in tables:
            differences = connection.execute(
                f"select count(*) from (from {table} except all from first.{table})"
            ).fetchone()
            assert differences == (0,), table
