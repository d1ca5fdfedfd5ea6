"""`python -m orchestration`: run the warehouse, show the scorecard, open the Dagster UI."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import sys
import time
from pathlib import Path

from expectations.gate import warm_up
from orchestration.catalogue import CATALOGUE_FILE, catalogue
from orchestration.contract import PROJECT_ROOT
from orchestration.event_log import CASES, EventLogError, write_event_log
from orchestration.progress import say
from orchestration.semantic_layer import offer_semantic_layer
from orchestration.sentiment_model import model_version
from orchestration.settings import ConfigurationError, Settings, load_settings

DAGSTER_YAML = """\
# Written by `python -m orchestration`. One run at a time: DuckDB takes one writer.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
"""


class RunFailedError(RuntimeError):
    """Nothing was published; the message is the reason, one line."""


def main() -> int:
    """Run a command; return 0 when it did what it says, 1 with the reason on the last line."""
    parser = argparse.ArgumentParser(prog="python -m orchestration", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="land, build, validate and publish what is new")
    run.add_argument("--full-refresh", action="store_true", help="build every model anew from raw")
    commands.add_parser("scorecard", help="show the published scorecard")
    commands.add_parser("catalogue", help="write docs/metrics.md anew from the published catalogue")
    log = commands.add_parser("event-log", help="write an event log for process mining")
    log.add_argument("--case", choices=CASES, default="customer", help="what a case is")
    log.add_argument("--field", default="status", help="field of tickets whose values are the activities")
    log.add_argument("--to", type=Path, required=True, help="file to write, .csv or .parquet")
    dev = commands.add_parser("dev", help="the Dagster UI on loopback, with schedules")
    dev.add_argument("--port", type=int, default=3000)
    arguments = parser.parse_args()
    try:
        settings = load_settings()
        if arguments.command == "run":
            run_warehouse(settings, arguments.full_refresh)
            offer_semantic_layer(settings)
        elif arguments.command == "dev":
            open_dagster(settings, arguments.port)
        _require_published(settings)
        if arguments.command == "catalogue":
            CATALOGUE_FILE.write_text(catalogue(settings.published_database), encoding="utf-8")
        elif arguments.command == "event-log":
            events = write_event_log(
                settings.published_database, arguments.to, arguments.case, arguments.field
            )
            print(f"{events:,} events in {arguments.to}")
        else:
            show_scorecard(settings)
    except (ConfigurationError, EventLogError, RunFailedError) as error:
        sys.stdout.flush()
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def run_warehouse(settings: Settings, full_refresh: bool, thorough: bool = True) -> None:
    """Run extraction, and what follows where anything it depends on has changed.

    Not `thorough` leaves out what takes seconds and a company of a few lines does not need: what Dagster
    writes down for its UI, and dbt's data tests.
    Raises `RunFailedError`; the last published snapshot stays as it was.
    """
    started = time.perf_counter()
    say(f"{settings.company.name} → {settings.published_database}")
    warm_up()
    log = settings.home / "logs" / "last_run.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file, _output_to(file):
        _prepare_dagster_home(settings)
        import dagster as dg

        from orchestration.definitions import build_definitions
        from orchestration.locking import AnotherRunError, only_writer
        from orchestration.sources import ExtractionError
        from orchestration.sources.arrivals import fingerprint_of_raw

        try:
            history = dg.DagsterInstance.get() if thorough else dg.DagsterInstance.ephemeral()
            with only_writer(settings), history as instance:
                definitions = build_definitions(settings, data_tests=thorough)
                _execute(definitions, instance, "extract", full_refresh)
                inputs = settings.published_database.with_suffix(".inputs")
                now = _fingerprint(settings, fingerprint_of_raw(settings))
                is_current = (
                    not full_refresh
                    and settings.company.as_of != "now"
                    and settings.published_database.is_file()
                    and inputs.is_file()
                    and inputs.read_text() == now
                )
                if is_current:
                    say("  nothing new: the published snapshot is current")
                else:
                    _execute(definitions, instance, "build", full_refresh)
                    inputs.write_text(now)
        except (AnotherRunError, ExtractionError) as error:
            raise RunFailedError(str(error)) from None
    say(f"  in {time.perf_counter() - started:.1f} s; log in {log}")


def _execute(definitions: object, instance: object, name: str, full_refresh: bool) -> None:
    from orchestration.defs.schedules import FULL_REFRESH

    job = definitions.resolve_job_def(name)
    result = job.execute_in_process(
        instance=instance,
        raise_on_error=False,
        tags=FULL_REFRESH if full_refresh else None,
    )
    if result.success:
        return
    reasons = [
        evaluation.description
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed and evaluation.description
    ]
    for event in [] if reasons else result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            failure = data.user_failure_data
            cause = data.error.cause if data.error and data.error.cause else data.error
            text = failure.description if failure else cause.message if cause else event.message
            reasons.append(" ".join(str(text).split()))
    for reason in reasons[1:]:
        say(f"  also: {reason}")
    reason = reasons[0] if reasons else f"{name} failed; see the log"
    raise RunFailedError(f"{reason}; nothing was published")


def _fingerprint(settings: Settings, raw: str) -> str:
    """Return a hash of all that the published numbers depend on."""
    digest = hashlib.sha256(f"{raw}\n{settings.company.model_dump_json()}\n".encode())
    if settings.sentiment_model:
        digest.update(model_version(settings.sentiment_model).encode())
    folders = ("models", "macros", "seeds", "expectations", "orchestration")
    files = [path for name in folders for path in (PROJECT_ROOT / name).rglob("*.*")]
    files.append(PROJECT_ROOT / "dbt_project.yml")
    if settings.company.reference_data:
        files += settings.company.reference_data.glob("*.csv")
    for path in sorted(files):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _require_published(settings: Settings) -> None:
    if not settings.published_database.is_file():
        raise RunFailedError(f"{settings.published_database}: nothing has been published yet; run make run")


def show_scorecard(settings: Settings) -> None:
    """Print the published scorecard and where to look next."""
    from rich.console import Console

    from orchestration.scorecard import print_scorecard

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    print_scorecard(settings.published_database, console, settings.company.languages[0])
    console.print("Look next:", soft_wrap=True)
    for what, where in (
        ("all metrics", f"{settings.published_database}, table scorecard.fct_scorecard"),
        ("one customer", "tables scorecard.fct_customer_360 and scorecard.fct_customer_timeline"),
        ("any metric by anything", "mf query --metrics nps --group-by metric_time__month"),
        ("rows set aside", "table core.fct_quarantined_rows"),
        ("runs and checks", "make dev, then http://127.0.0.1:3000"),
        ("what each number means", "docs/metrics.md"),
    ):
        console.print(f"  {what}: {where}", soft_wrap=True)


def open_dagster(settings: Settings, port: int) -> None:
    """Replace this process by the Dagster UI on loopback, with its daemon."""
    _prepare_dagster_home(settings)
    dagster = str(Path(sys.executable).with_name("dagster"))
    arguments = [dagster, "dev", "-m", "orchestration.definitions", "-h", "127.0.0.1", "-p", str(port)]
    os.chdir(PROJECT_ROOT)
    os.execv(dagster, arguments)


def _prepare_dagster_home(settings: Settings) -> None:
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    (settings.dagster_home / "dagster.yaml").write_text(DAGSTER_YAML)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


@contextlib.contextmanager
def _output_to(file: object):
    """Send what libraries print to a log; what `say` says still reaches the screen."""
    with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
        yield


if __name__ == "__main__":
    sys.exit(main())
