"""`python -m benchmarks.service_metrics`: the service layer's models beside SQL written by hand.

For each size a demonstration company is written and staged; then, in turn and each in a process of its own,
dbt builds the layer's models and service_metrics.sql computes the same per-ticket figures. Every figure of
every ticket is compared before a time is printed. Seconds are wall seconds on one machine in one run; only
the ratios travel. Needs about 8 GB of disk for a million tickets.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import TICKETS_PER_CUSTOMER
from orchestration.contract import PROJECT_ROOT
from orchestration.defs.transformation import dbt_vars
from orchestration.settings import load_settings
from orchestration.sources import entities_of

LAYER = (
    *(f"path:models/intermediate/{room}" for room in ("business_time", "ticket_lifecycle", "service_levels")),
    "path:models/intermediate/first_contact",
    "fct_tickets",
)
HAND_WRITTEN = Path(__file__).with_name("service_metrics.sql")


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run a command; return wall seconds and the peak memory of its largest process, GiB."""
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        said = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if status:
        raise SystemExit(f"error: {' '.join(command)} ended with status {status}\n{said[-2_000:]}")
    return time.perf_counter() - started, usage.ru_maxrss / 2**20


def staged(folder: Path, customers: int) -> dict[str, str]:
    """Write a company, run the warehouse on it once, and return the environment that names both."""
    measured([sys.executable, "-m", "demo", "--customers", str(customers), "--out", str(folder)], {})
    environment = {"CXW_COMPANY": str(folder / "company.yml"), "CXW_HOME": str(folder / "home")}
    measured([sys.executable, "-m", "orchestration", "run"], environment)
    return environment


def by_models(folder: Path, environment: dict[str, str]) -> tuple[float, float, float]:
    """Build the layer with dbt: seconds in the database, of the whole command, and peak memory."""
    settings = load_settings(environment)
    variables = dbt_vars(settings, {each.name: tuple(entities_of(each)) for each in settings.company.sources})
    target = folder / "dbt"
    command = [
        str(Path(sys.executable).with_name("dbt")),
        *("run", "--select", *LAYER, "--threads", "1", "--quiet", "--vars", json.dumps(variables)),
        *("--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(PROJECT_ROOT)),
        *("--target", "build", "--target-path", str(target), "--log-path", str(folder / "logs")),
    ]
    environment = {
        **environment,
        "CXW_BUILD_DATABASE": str(settings.build_database),
        "CXW_SEEDS": os.path.relpath(settings.seeds, PROJECT_ROOT),
    }
    measured(command, environment)
    whole, memory = measured(command, environment)
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    return sum(result["execution_time"] for result in results), whole, memory


def by_hand(environment: dict[str, str]) -> tuple[float, float, float]:
    """Run the hand-written SQL: seconds in the database, of the whole command, and peak memory."""
    settings = load_settings(environment)
    program = (
        "import duckdb, sys, time; connection = duckdb.connect(sys.argv[1]); "
        "connection.execute(\"set timezone = 'UTC'\"); started = time.perf_counter(); "
        "connection.execute(open(sys.argv[2]).read()); connection.execute('checkpoint'); "
        "open(sys.argv[3], 'w').write(str(time.perf_counter() - started))"
    )
    seconds = settings.home / "by_hand.txt"
    command = [sys.executable, "-c", program, str(settings.build_database), str(HAND_WRITTEN), str(seconds)]
    whole, memory = measured(command, {})
    return float(seconds.read_text()), whole, memory


def compare(environment: dict[str, str]) -> int:
    """Return the number of tickets; stop where a figure of the models is not the one by hand."""
    with duckdb.connect(str(load_settings(environment).build_database), read_only=True) as connection:
        columns = [row[0] for row in connection.execute("describe benchmark.tickets").fetchall()]
        differing = ", ".join(
            f"count(*) filter (where models.{name} is distinct from hand.{name}) as {name}"
            for name in columns
        )
        found = connection.execute(
            f"select count(*) as tickets, {differing} from service.fct_tickets as models "
            "full join benchmark.tickets as hand on models.ticket_id = hand.ticket_id"
        )
        names = [column[0] for column in found.description]
        (row,) = found.fetchall()
    wrong = {name: count for name, count in zip(names[1:], row[1:], strict=True) if count}
    if wrong:
        raise SystemExit(f"error: the two ways differ on {row[0]:,} tickets: {wrong}")
    return row[0]


def main() -> None:
    """Measure every size asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service_metrics", description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=[20_000, 100_000, 500_000, 1_000_000])
    arguments = parser.parse_args()
    table = Table(title="service metrics: models beside SQL by hand; wall seconds, GiB")
    for column in (
        "tickets",
        "models s",
        "by hand s",
        "ratio",
        "dbt command s",
        "by hand s",
        "ratio",
        "models GiB",
        "by hand GiB",
    ):
        table.add_column(column, justify="right")
    for tickets in arguments.tickets:
        with tempfile.TemporaryDirectory(prefix="cxw-benchmark-") as name:
            environment = staged(Path(name), round(tickets / TICKETS_PER_CUSTOMER))
            models, command, memory = by_models(Path(name), environment)
            hand, hand_command, hand_memory = by_hand(environment)
            count = compare(environment)
        table.add_row(
            f"{count:,}",
            f"{models:.1f}",
            f"{hand:.1f}",
            f"{models / hand:.1f}",
            f"{command:.1f}",
            f"{hand_command:.1f}",
            f"{command / hand_command:.1f}",
            f"{memory:.1f}",
            f"{hand_memory:.1f}",
        )
        Console(width=130).print(table)


if __name__ == "__main__":
    main()
