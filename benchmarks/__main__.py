"""`python -m benchmarks`: write demonstration companies of several sizes and run the warehouse on each.

Prints, for each size, the wall seconds of the generator and of a whole first run, the peak memory of the
largest process, and both as a multiple of the smallest size. Needs about 4 GB of disk for a million
tickets.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from orchestration.contract import PROJECT_ROOT

TICKETS_PER_CUSTOMER = 8.3


def measured(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run `python` with arguments; return wall seconds and the peak memory of its tree's largest, GiB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"error: {' '.join(arguments)} ended with status {status}")
    return time.perf_counter() - started, usage.ru_maxrss / 2**20


def main() -> None:
    """Measure every size asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=[20_000, 100_000, 1_000_000])
    parser.add_argument("--generate-only", action="store_true", help="do not run the warehouse")
    arguments = parser.parse_args()
    table = Table(title="cx-warehouse, wall seconds and peak memory")
    for column in ("tickets", "generate s", "× smallest", "run s", "× smallest", "run GiB"):
        table.add_column(column, justify="right")
    first: tuple[float, float] | None = None
    for tickets in arguments.tickets:
        with tempfile.TemporaryDirectory(prefix="cxw-benchmark-") as folder:
            customers = round(tickets / TICKETS_PER_CUSTOMER)
            generate, _ = measured(["-m", "demo", "--customers", str(customers), "--out", folder], {})
            run, memory = 0.0, 0.0
            if not arguments.generate_only:
                environment = {
                    "CXW_COMPANY": str(Path(folder) / "company.yml"),
                    "CXW_HOME": str(Path(folder) / "home"),
                }
                run, memory = measured(["-m", "orchestration", "run"], environment)
        first = first or (generate, run)
        table.add_row(
            f"{tickets:,}",
            f"{generate:.1f}",
            f"{generate / first[0]:.1f}",
            f"{run:.1f}",
            f"{run / first[1]:.1f}" if first[1] else "",
            f"{memory:.1f}",
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
