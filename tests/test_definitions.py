"""The Dagster graph: what is there by name, what checks it, and what holds back what."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.contract import PROJECT_ROOT, entities
from orchestration.definitions import build_definitions
from orchestration.sources import entities_of
from tests.companies import Warehouse, make_company

LAYERS = ("raw", "reference", "staging", "intermediate", "marts", "published")


@pytest.fixture(scope="module")
def company(demo_files, tmp_path_factory) -> Warehouse:
    """The demonstration company's files, to change at will; not run."""
    folder = tmp_path_factory.mktemp("definitions")
    shutil.copytree(demo_files, folder / "company")
    return Warehouse(folder / "company/company.yml", folder / "home")


@pytest.fixture(scope="module")
def definitions(company) -> dg.Definitions:
    return build_definitions(company.settings)


@pytest.fixture(scope="module")
def graph(definitions):
    return definitions.resolve_asset_graph()


def test_every_raw_table_every_model_and_the_publication_are_assets(graph, company):
    keys = {key.to_user_string() for key in graph.get_all_asset_keys()}
    raw = {
        f"raw/{source.name}/{entity}"
        for source in company.settings.company.sources
        for entity in entities_of(source)
    }
    staging = {f"staging/stg_canonical__{name}" for name in entities()}
    assert raw | staging <= keys
    assert {
        "published/analytics",
        "scorecard/fct_metric_values",
        "service/fct_tickets",
        "core/dim_dates",
        "voice/fct_survey_responses",
        "value/fct_orders",
        "intermediate/int_tickets_united",
        "reference/status_map",
        "quarantine/quarantined_rows",
    } <= keys


def test_every_asset_belongs_to_a_layer(graph):
    groups = {
        graph.get(key).group_name for key in graph.get_all_asset_keys() if graph.get(key).is_materializable
    }
    assert groups == set(LAYERS)


def test_staging_hangs_on_the_raw_tables_it_reads(graph):
    parents = graph.get(dg.AssetKey(["staging", "stg_canonical__tickets"])).parent_keys
    assert dg.AssetKey(["raw", "helpdesk", "tickets"]) in parents


def test_every_mart_has_a_check(graph):
    unchecked = [
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if graph.get(key).group_name == "marts"
        and not graph.get(key).check_keys
        and key.path[-1] not in UNCHECKED
    ]
    assert unchecked == []


# One row, or rows taken over as they are: their columns are held by the contract.
UNCHECKED = {"fct_quarantined_rows"}


def test_nothing_before_the_marts_reads_a_mart(graph):
    """Or Dagster would cut the layers into pieces, and build a mart before the gate in front of it."""
    order = {name: place for place, name in enumerate(LAYERS)}
    backwards = [
        (parent.to_user_string(), key.to_user_string())
        for key in graph.get_all_asset_keys()
        for parent in graph.get(key).parent_keys
        if "intermediate" in (graph.get(key).group_name, graph.get(parent).group_name)
        and order.get(graph.get(parent).group_name, -1) > order.get(graph.get(key).group_name, -1)
    ]
    assert backwards == []


def test_every_gate_blocks(definitions):
    gates = [
        spec
        for check in definitions.asset_checks
        for spec in check.check_specs
        if spec.name.startswith("gate_")
    ]
    assert {spec.asset_key.path[0] for spec in gates} >= {"raw", "staging", "intermediate", "scorecard"}
    assert all(spec.blocking for spec in gates)


def test_every_raw_table_has_a_gate_and_a_freshness_policy(graph):
    for key in graph.get_all_asset_keys():
        if key.path[0] == "raw":
            assert [check.name for check in graph.get(key).check_keys] == ["gate_arrivals"]
            assert graph.get(key).freshness_policy is not None


def test_there_are_a_daily_and_an_hourly_schedule_and_a_sensor_for_files(definitions):
    schedules = {schedule.name: schedule.cron_schedule for schedule in definitions.schedules}
    assert schedules == {"hourly_incremental": "5 * * * *", "daily_full": "30 3 * * *"}
    assert [sensor.name for sensor in definitions.sensors] == ["new_files"]


def test_the_sensor_asks_for_a_run_once_for_each_change_of_a_file(definitions, company):
    (sensor,) = definitions.sensors
    with dg.DagsterInstance.ephemeral() as instance:
        with dg.build_sensor_context(instance=instance) as context:
            first = sensor.evaluate_tick(context)
        assert len(first.run_requests) == 1
        with dg.build_sensor_context(instance=instance, cursor=first.cursor) as context:
            second = sensor.evaluate_tick(context)
        assert second.run_requests == []
        late = company.company_file.parent / "data/operations/late.csv"
        late.write_text("x\n")
        with dg.build_sensor_context(instance=instance, cursor=first.cursor) as context:
            third = sensor.evaluate_tick(context)
        late.unlink()
        assert len(third.run_requests) == 1


def test_the_whole_job_runs_as_schedules_and_the_ui_run_it(tmp_path):
    company = make_company(
        tmp_path / "company",
        {"tickets": [{"ticket_id": "T", "channel": "chat", "status": "open", "created_at": "2026-01-01"}]},
    )
    home = tmp_path / "dagster"
    home.mkdir()
    run = subprocess.run(
        [
            Path(sys.executable).with_name("dagster"),
            *("job", "execute", "-m", "orchestration.definitions", "-j", "warehouse"),
        ],
        cwd=PROJECT_ROOT,
        env={**os.environ, **company.environment, "DAGSTER_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2_000:]
    assert company.rows("select count(*) from service.fct_tickets") == [(1,)]


def test_the_code_location_loads_as_the_dagster_ui_loads_it(company):
    checked = subprocess.run(
        [
            Path(sys.executable).with_name("dagster"),
            "definitions",
            "validate",
            "-m",
            "orchestration.definitions",
        ],
        cwd=PROJECT_ROOT,
        env={**os.environ, **company.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "Validation successful" in checked.stdout + checked.stderr
