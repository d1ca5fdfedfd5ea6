"""An increment equals a full refresh, row for row: after missed days, late rows, older versions."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from orchestration.__main__ import run_warehouse
from tests.companies import Warehouse, as_csv, make_company

START = datetime(2026, 1, 1, tzinfo=UTC)


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def days() -> list[dict[str, list[dict]]]:
    """Twenty days of exports: new tickets, changes of older ones, messages that come late."""
    rng = random.Random(7)
    exports = []
    for day in range(20):
        morning = START + timedelta(days=day)
        tickets, messages = [], []
        for number in range(30):
            name = f"T{day:02d}{number:02d}"
            created = morning + timedelta(minutes=rng.randrange(1_400))
            tickets.append(
                {
                    "ticket_id": name,
                    "channel": "email",
                    "status": "open",
                    "priority": "low",
                    "created_at": written(created),
                    "updated_at": written(created),
                }
            )
            messages.append(
                {
                    "message_id": f"{name}-1",
                    "ticket_id": name,
                    "author_role": "agent",
                    "is_public": "true",
                    "sent_at": written(created + timedelta(hours=1)),
                    "updated_at": written(created + timedelta(hours=1)),
                }
            )
        for _ in range(10 if day else 0):
            earlier = rng.choice(exports[rng.randrange(day)]["tickets"])
            tickets.append(
                {
                    **earlier,
                    "status": "resolved",
                    "resolved_at": written(morning + timedelta(hours=20)),
                    "updated_at": written(morning + timedelta(hours=20)),
                }
            )
            # The version before comes again, after the newer one.
            tickets.append(earlier)
        exports.append({"tickets": tickets, "ticket_messages": messages})
    return exports


def put(folder, day: int, export: dict[str, list[dict]]) -> None:
    for entity, rows in export.items():
        (folder / entity).mkdir(exist_ok=True)
        (folder / entity / f"day-{day:02d}.csv").write_text(as_csv(rows))


def assert_equal(one: Warehouse, other: Warehouse) -> None:
    with duckdb.connect(str(one.settings.published_database), read_only=True) as connection:
        connection.execute(f"attach '{other.settings.published_database}' as other (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name <> 'other'"
        ).fetchall()
        assert len(tables) >= 20
        for (table,) in tables:
            for left, right in ((table, f"other.{table}"), (f"other.{table}", table)):
                differences = connection.execute(
                    f"select count(*) from (from {left} except all from {right})"
                ).fetchone()
                assert differences == (0,), table


@pytest.fixture(scope="module")
def increments(tmp_path_factory) -> Warehouse:
    """Eleven days at once, a day after four missed ones, then the missed ones, late and in no order."""
    warehouse = make_company(tmp_path_factory.mktemp("increments") / "company", {})
    export = warehouse.company_file.parent / "export"
    exports = days()
    for arrives in (range(11), [15], [19, 11, 14, 12, 18, 13, 16, 17]):
        for day in arrives:
            put(export, day, exports[day])
        warehouse.run()
    return warehouse


def test_increments_equal_a_fresh_full_load(increments, tmp_path):
    fresh = Warehouse(increments.company_file, tmp_path / "home").run()
    assert_equal(increments, fresh)
    assert fresh.rows("select count(*) from service.fct_tickets") == [(600,)]


def test_increments_equal_a_full_refresh_of_the_same_warehouse(increments, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(increments.home, home)
    refreshed = Warehouse(increments.company_file, home)
    run_warehouse(refreshed.settings, full_refresh=True)
    assert_equal(increments, refreshed)


def test_an_increment_looks_only_at_records_of_which_a_version_arrived(increments):
    # Rows that the last increment did not touch still carry the load that brought them.
    loads = increments.built_rows(
        "select count(distinct _load_id) from staging.stg_canonical__ticket_messages"
    )
    assert loads == [(3,)]


def test_a_run_without_anything_new_publishes_nothing_anew(increments):
    file = increments.settings.published_database
    before = file.stat().st_mtime_ns, file.stat().st_ino
    increments.run()
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


def ticket(name: str, **more) -> dict:
    return {
        "ticket_id": name,
        "channel": "email",
        "status": "open",
        "created_at": "2026-01-05T10:00:00Z",
        **more,
    }


def test_as_of_a_past_moment_what_happened_later_has_not_happened(tmp_path):
    def change(of, old, new, when):
        return {
            "event_id": f"{of}-{new}-{when}",
            "ticket_id": of,
            "field": "Status",
            "old_value": old,
            "new_value": new,
            "occurred_at": when,
        }

    done = {"status": "resolved", "updated_at": "2026-03-01T10:00:00Z"}
    company = make_company(
        tmp_path / "company",
        {
            "tickets": [
                ticket("later", resolved_at="2026-03-01T10:00:00Z", **done),
                ticket("reopened", **done),
                ticket("before", status="resolved", resolved_at="2026-01-06T10:00:00Z"),
                ticket("unborn", created_at="2026-02-10T10:00:00Z"),
            ],
            "ticket_events": [
                change("reopened", "open", "resolved", "2026-01-07T10:00:00Z"),
                change("reopened", "resolved", "open", "2026-01-08T10:00:00Z"),
                change("reopened", "open", "resolved", "2026-03-01T10:00:00Z"),
            ],
        },
        as_of="2026-02-01",
    ).run()
    assert company.rows(
        "select ticket_id, status, is_resolved, was_reopened from service.fct_tickets order by 1"
    ) == [
        ("before", "resolved", True, False),
        ("later", "open", False, False),
        ("reopened", "open", False, True),
    ]
    # Without a single message nothing can be said about answers: absent, not zero.
    assert company.metric("unanswered_tickets") == {}
    assert company.metric("first_response_time") == {}


def test_an_older_state_that_comes_again_is_something_new(tmp_path):
    def agents(team: str) -> str:
        return as_csv([{"agent_id": "A", "team": team}, {"agent_id": "B", "team": "x"}])

    company = make_company(tmp_path / "company", {"tickets": [ticket("T")]})
    file = company.company_file.parent / "export/agents.csv"
    team = "select team from core.dim_agents where agent_id = 'A'"
    for name in ("first", "second", "first"):
        file.write_text(agents(name))
        assert company.run().rows(team) == [(name,)]
