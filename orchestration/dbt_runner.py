"""dbt inside this process.

Starting dbt costs seconds, most of them imports that Dagster has done already; a run builds three
layers, so dbt is called here through its own programmatic interface and not as a command
(docs/decisions/0005). Events are handed back as dagster-dbt knows them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.contract import PROJECT_ROOT

RESULT_EVENTS = ("LogModelResult", "LogSeedResult", "LogSnapshotResult", "LogTestResult")


@dataclass(frozen=True)
class Finished:
    """A dbt invocation that ended: its events, the results by node, and what went wrong outside."""

    events: list[Any]
    results: list[dict[str, Any]]
    error: str | None

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Results of the nodes that failed, in the order of the run."""
        return [each for each in self.results if each["status"] in ("error", "fail")]


class DbtRunner:
    """The project as one company sees it.

    `environment` is what dbt reads from its environment: the database, the seeds.
    """

    def __init__(self, target: Path, variables: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._target = target
        self._variables = json.dumps(variables)
        self._environment = dict(environment)
        self._manifest: Any = None

    @property
    def manifest_file(self) -> Path:
        """Where `parse` writes the manifest."""
        return self._target / "manifest.json"

    def parse(self) -> str | None:
        """Read the project, what did not change from the last reading; return what is wrong."""
        outcome = self._invoke(["parse"], [])
        self._manifest = outcome.result if outcome.success else None
        return None if outcome.success else _in_one_line(outcome.exception)

    def build(
        self, selection: Sequence[str], folder: Path, full_refresh: bool, data_tests: bool = True
    ) -> Finished:
        """Build what is selected, its data tests included; compiled SQL goes to `folder`."""
        from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
        from google.protobuf.json_format import MessageToDict

        events: list[Any] = []

        def collect(event: Any) -> None:
            if event.info.name in RESULT_EVENTS:
                raw = MessageToDict(event, preserving_proto_field_name=True)
                message = DbtCoreCliEventMessage(raw_event=raw, event_history_metadata={})
                if message.is_result_event:
                    events.append(message)

        if self._manifest is None and (problem := self.parse()):
            return Finished([], [], problem)
        left_out = "unit_test" if data_tests else "test"
        arguments = ["build", "--exclude-resource-type", left_out, "--select", *selection]
        # A test that also reads what a later layer builds waits for that layer. The manifest stands where
        # `parse` wrote it; writing it again for every layer takes seconds.
        arguments += ["--indirect-selection", "buildable", "--no-write-json"]
        arguments += ["--target-path", str(folder), "--log-path", str(folder)]
        outcome = self._invoke(arguments + (["--full-refresh"] if full_refresh else []), [collect])
        results = [
            {
                "unique_id": each.node.unique_id,
                "status": str(each.status),
                "message": each.message,
                "execution_time": each.execution_time,
            }
            for each in getattr(outcome.result, "results", [])
        ]
        return Finished(events, results, _in_one_line(outcome.exception))

    def _invoke(self, arguments: list[str], callbacks: list[Any]) -> Any:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        os.environ.update(self._environment)
        options = [
            "--target",
            "build",
            "--project-dir",
            str(PROJECT_ROOT),
            "--profiles-dir",
            str(PROJECT_ROOT),
            "--vars",
            self._variables,
        ]
        if arguments[0] == "parse":
            options += ["--target-path", str(self._target), "--log-path", str(self._target)]
        runner = dbtRunner(manifest=self._manifest, callbacks=callbacks)
        try:
            return runner.invoke([*arguments, *options])
        finally:
            # The adapter keeps the file open for the next command of its own process; here the next
            # to need it is a gate in another one.
            DuckDBConnectionManager.close_all_connections()


def _in_one_line(error: BaseException | None) -> str | None:
    return " ".join(str(error).split()) if error else None
