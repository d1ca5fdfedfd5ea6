"""A PostgreSQL source: an incremental load ends where a fresh full load ends."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import yaml

from tests.companies import Warehouse
from tests.postgresql import running_postgresql

FACTS = (
    "select ticket_id, status, priority, first_response_calendar_seconds, "
    "full_resolution_calendar_seconds, reopen_count from service.fct_tickets order by ticket_id"
)


@pytest.fixture(scope="module")
def database():
    with running_postgresql() as url:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.execute(
                sa.text(
                    "create table ticket (id int primary key, state text, urgency text, opened timestamptz, "
                    "solved timestamptz, changed timestamptz, tags jsonb)"
                )
            )
            connection.execute(
                sa.text(
                    "insert into ticket select n, case when n % 3 = 0 then 'solved' else 'open' end, 'low', "
                    "timestamptz '2026-01-01' + n * interval '1 hour', case when n % 3 = 0 then "
                    "timestamptz '2026-01-02' + n * interval '1 hour' end, "
                    "timestamptz '2026-01-02' + n * interval '1 hour', '{\"n\": 1}' "
                    "from generate_series(1, 400) as n"
                )
            )
            connection.execute(
                sa.text(
                    "create table account (account_id text, account_name text, created_at timestamptz, "
                    "updated_at timestamptz)"
                )
            )
            connection.execute(
                sa.text("insert into account values ('C1', 'One', '2025-01-01', '2026-01-01')")
            )
        yield engine, url
        engine.dispose()


def company(folder, url) -> Warehouse:
    query = (
        "select id as ticket_id, 'email' as channel, state as status, urgency as priority, "
        "opened as created_at, solved as resolved_at, changed as updated_at from ticket"
    )
    folder.mkdir()
    (folder / "company.yml").write_text(
        yaml.safe_dump(
            {
                "name": "On PostgreSQL",
                "as_of": "2026-03-01",
                "sources": [
                    {
                        "name": "desk",
                        "kind": "sql",
                        "url": url,
                        "lag_hours": 48,
                        "entities": {"tickets": query, "accounts": "account"},
                    }
                ],
            }
        )
    )
    return Warehouse(folder / "company.yml", folder / "home")


def test_changed_late_and_deleted_rows_end_as_in_a_fresh_full_load(database, tmp_path):
    engine, url = database
    warehouse = company(tmp_path / "incremental", url).run()
    assert warehouse.rows("select count(*) from service.fct_tickets") == [(400,)]

    with engine.begin() as connection:
        for statement in (
            # changed
            "update ticket set state = 'solved', solved = '2026-02-01', changed = '2026-02-01 10:00' "
            "where id in (1, 2)",
            # late: committed now, within the lag, with an older time of change
            "insert into ticket select 900, 'open', 'high', '2026-01-18', null, "
            "max(changed) - interval '1 hour' from ticket where id <= 400",
            # deleted and sent again, changed
            "delete from ticket where id in (7, 8)",
            "insert into ticket values (7, 'open', 'urgent', '2026-01-01 07:00', null, '2026-02-02')",
        ):
            connection.execute(sa.text(statement))
    warehouse.run()
    fresh = company(tmp_path / "fresh", url).run()
    facts = warehouse.rows(FACTS)
    assert facts == fresh.rows(FACTS)
    by_id = {row[0]: row[1:3] for row in facts}
    assert by_id["1"] == ("resolved", "low")
    assert by_id["7"] == ("open", "urgent")
    assert by_id["900"] == ("open", "high")
    assert "8" not in by_id
    assert len(by_id) == 400

    values = "select * from scorecard.fct_metric_values order by all"
    assert warehouse.rows(values) == fresh.rows(values)
