"""Fixtures that several test files share."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from expectations.gate import warm_up
from orchestration.contract import PROJECT_ROOT
from tests.companies import SHARED_DATA, Warehouse


@pytest.fixture(scope="session", autouse=True)
def _great_expectations_loading():
    warm_up()


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id):
    """Make a folder once for all workers: the first that asks makes it, the others wait and share it."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent

    def made(name: str, make) -> Path:
        folder = shared / name
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / ".made").exists():
                # What a worker left that failed half-way is no company.
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                (folder / ".made").touch()
        return folder

    return made


@pytest.fixture(scope="session")
def demo_files(once) -> Path:
    """A small demonstration company, written once; read it, do not change it."""

    def write(folder: Path) -> None:
        subprocess.run(
            [sys.executable, "-m", "demo", "--customers", "600", "--out", str(folder)],
            cwd=PROJECT_ROOT,
            check=True,
            capture_output=True,
        )

    return once("demo", write)


@pytest.fixture(scope="session")
def demo(demo_files, once) -> Warehouse:
    """The small demonstration company, run once; read it, do not change it."""
    company = demo_files / "company.yml"
    return Warehouse(company, once("demo_home", lambda home: Warehouse(company, home).run(thorough=True)))


@pytest.fixture(scope="session")
def real_data(tmp_path_factory):
    """Run the warehouse on a folder of the shared real data, mapped by a folder of tests/real_data."""
    made: dict[str, Warehouse] = {}

    def build(name: str, data_name: str = "") -> Warehouse:
        if name not in made:
            data = SHARED_DATA / (data_name or name)
            if not data.is_dir():
                pytest.skip(f"{data} is not there: the real data is shared beside the project only")
            folder = tmp_path_factory.mktemp(name)
            shutil.copytree(PROJECT_ROOT / "tests/real_data" / name, folder, dirs_exist_ok=True)
            for path in data.iterdir():
                if path.is_file():
                    shutil.copy(path, folder / path.name)
            made[name] = Warehouse(folder / "company.yml", folder / "home").run()
        return made[name]

    return build
