"""Alerts: what rings, where it comes from, and who is told."""

from __future__ import annotations

import http.server
import json
import threading
from datetime import date, datetime, timedelta

import dagster as dg
import duckdb
import pytest
import yaml
from aiosmtpd.controller import Controller

from demo.stories import OUTAGE
from orchestration.alerts import recent_alerts, tell
from orchestration.settings import load_settings
from tests.companies import make_company
from tests.servers import Mailbox, free_port

PEAK = date(2026, 3, 18)


def test_the_outage_day_raises_an_alert_that_names_the_channel_and_the_product(demo):
    ((value, expected, message, rows_query),) = demo.rows(
        "select value, expected, message, rows_query from scorecard.fct_alerts "
        "where metric = 'ticket_volume' and period = 'day' and kind = 'anomaly' and period_start = ?",
        OUTAGE.on,
    )
    (product,) = demo.rows(
        "select offering_name from core.dim_offerings where offering_id = ?", f"O{OUTAGE.offering:02}"
    )[0]
    assert value > 2 * expected
    assert f"offering {product} (" in message
    assert "channel phone (" in message
    assert f"category {OUTAGE.category} (" in message
    # The rows it leads to are those of the day that the first cause names.
    of_cause = demo.rows(
        f"select count(*), min(created_on), max(created_on), min(category), max(category) from ({rows_query})"
    )
    assert (
        of_cause[0][1:] == (OUTAGE.on, OUTAGE.on, OUTAGE.category, OUTAGE.category) or product in rows_query
    )
    assert of_cause[0][0] >= 0.8 * (value - expected)


def test_an_anomaly_is_the_distance_from_the_same_weekdays_before(demo):
    """Every watched day of the demonstration company, against a computation in Python."""
    volumes = {
        datetime.fromisoformat(start).date(): row["value"]
        for (start, _), row in demo.metric("ticket_volume", "day").items()
        if row["complete"]
    }
    found = demo.rows(
        "select period_start, expected, robust_z, is_ringing from scorecard.fct_metric_deviations "
        "where metric = 'ticket_volume' and period = 'day' and scope = 'company' and kind = 'anomaly'"
    )
    assert len(found) > 600
    for day, expected, robust_z, is_ringing in found:
        history = [
            volumes[day - timedelta(days=7 * k)]
            for k in range(1, 9)
            if day - timedelta(days=7 * k) in volumes
        ]
        if len(history) < 4:
            assert expected is None
            assert not is_ringing
            continue
        middle = _median(history)
        spread = max(1.4826 * _median([abs(value - middle) for value in history]), max(middle, 1) ** 0.5)
        assert expected == pytest.approx(middle, abs=1e-6)
        assert robust_z == pytest.approx((volumes[day] - middle) / spread, abs=1e-6)
        assert is_ringing == (abs(volumes[day] - middle) > 3.5 * spread)


def _median(values):
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A company with a peak yesterday, a webhook and a mail server that hear of it."""
    hook, posted = _webhook()
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    server.start()
    alerts = {
        "webhook": f"http://127.0.0.1:{hook.server_port}/alerts",
        "email": {
            "server": f"smtp://127.0.0.1:{server.port}",
            "sender": "warehouse@example.com",
            "to": ["service@example.com", "quality@example.com"],
        },
    }
    folder = tmp_path_factory.mktemp("alerts")
    watched = {"metric": "ticket_volume", "period": "day", "scope": "company"}
    rules = [
        watched | {"kind": "anomaly"},
        watched | {"kind": "above", "threshold": 20},
        # Never below a fifth of that.
        watched | {"kind": "below", "threshold": 4},
        {"metric": "csat", "period": "month", "scope": "company", "kind": "anomaly"},
    ]
    company = make_company(folder, {"tickets": _tickets(until=PEAK)}, {"alert_rules": rules}, alerts=alerts)
    company.run(thorough=True)
    yield company, posted, mailbox.mails
    hook.shutdown()
    server.stop()


def test_those_named_in_the_company_file_are_told_once(told):
    company, posted, mails = told
    assert [alert["kind"] for alert in posted[0]["alerts"]] == ["above", "anomaly"]
    text = "Ticket volume, day 2026-03-18: 30, expected about 4 (+26). Mostly in channel phone (100 %)."
    assert posted[0]["alerts"][1]["message"].startswith(text)
    threshold = "Ticket volume, day 2026-03-18: 30, threshold 20 (+10)."
    assert posted[0]["alerts"][0]["message"] == threshold
    (mail,) = mails
    assert mail["Subject"] == "Test company: ticket_volume 2026-03-18, and 1 more"
    assert mail["To"] == "service@example.com, quality@example.com"
    assert text in mail.get_payload(decode=True).decode().replace("\n", " ")
    # They still ring, and nobody is told again.
    recent = recent_alerts(company.settings)
    assert len(recent) == 2
    assert tell(company.settings, recent) == 0
    assert (len(posted), len(mails)) == (1, 1)


def test_an_alert_is_a_check_of_the_publication_that_holds_nothing_back(told):
    company, _, _ = told
    with dg.DagsterInstance.from_config(str(company.settings.dagster_home)) as instance:
        checks = {
            name: instance.event_log_storage.get_asset_check_execution_history(
                dg.AssetCheckKey(dg.AssetKey(["published", "analytics"]), name), limit=1
            )[0].event.asset_check_evaluation
            for name in ("alert_ticket_volume_day_company_anomaly", "alert_csat_month_company_anomaly")
        }
    ringing, silent = checks.values()
    assert (ringing.passed, ringing.severity, ringing.blocking) == (False, dg.AssetCheckSeverity.WARN, False)
    assert "2026-03-18: 30" in ringing.description
    assert silent.passed
    assert company.rows("select count(*) from scorecard.fct_alerts where is_worse is null")[0][0] >= 1


def test_a_webhook_that_is_down_holds_nothing_back_and_is_tried_again(told, tmp_path):
    company, posted, _ = told
    content = yaml.safe_load(company.company_file.read_text(encoding="utf-8"))
    content["alerts"] = {"webhook": f"http://127.0.0.1:{free_port()}/"}
    content["name"] = "Another company"
    file = company.company_file.with_name("down.yml")
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    settings = load_settings({"CXW_COMPANY": str(file), "CXW_HOME": str(company.home)})
    settings.alerts_told.unlink()
    company.run(CXW_COMPANY=str(file))
    (name,) = company.rows("select company_name from scorecard.dim_company")[0]
    assert name == "Another company"
    assert not settings.alerts_told.exists()
    assert tell(company.settings, recent_alerts(company.settings)) == 2
    assert len(posted) == 2


def _tickets(until: date) -> list[dict]:
    """Four tickets a day over ten weeks by e-mail, 26 calls besides on the last day, one the day after."""
    days = [until - timedelta(days=back) for back in range(70, -1, -1)]
    times = [(day, "email", n) for day in days for n in range(4)]
    times += [(until, "phone", n) for n in range(26)]
    times += [(until + timedelta(days=1), "email", 0)]
    rows = []
    for number, (day, channel, hour) in enumerate(times):
        at = f"{day}T{8 + hour % 12:02}:00:00Z"
        row = {"ticket_id": f"T{number}", "channel": channel, "priority": "low", "status": "closed"}
        rows.append(row | {"created_at": at, "updated_at": at})
    return rows


def _webhook():
    posted: list[dict] = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, posted


def test_a_target_for_a_metric_that_does_not_exist_is_named(tmp_path):
    company = make_company(
        tmp_path, {"tickets": _tickets(until=PEAK)}, {"metric_targets": [{"metric": "cast", "target": 0.7}]}
    )
    with pytest.raises(Exception, match="every_target_and_alert_rule_names_a_metric"):
        company.run(thorough=True)
    assert not company.settings.published_database.exists()


def test_the_rows_query_of_every_alert_runs(demo):
    with duckdb.connect(str(demo.settings.published_database), read_only=True) as connection:
        queries = connection.execute("select rows_query from scorecard.fct_alerts").fetchall()
        assert len(queries) > 10
        assert all(
            connection.execute(f"select count(*) from ({query})").fetchone()[0] for (query,) in queries
        )
