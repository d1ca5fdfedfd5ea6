"""Fixtures that several test files share."""

from __future__ import annotations

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
def demo_files(tmp_path_factory) -> Path:
    """A small demonstration company, written once; read it, do not change it."""
    folder = tmp_path_factory.mktemp("demo")
    subprocess.run(
        [sys.executable, "-m", "demo", "--customers", "600", "--out", str(folder)],
        cwd=PROJECT_ROOT,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="session")
def demo(demo_files, tmp_path_factory) -> Warehouse:
    """The small demonstration company, run once."""
    return Warehouse(demo_files / "company.yml", tmp_path_factory.mktemp("demo_home")).run()


@pytest.fixture(scope="session")
def real_data(tmp_path_factory):
    """Run the warehouse on a folder of the shared real data, mapped by tests/real_data."""
    made: dict[str, Warehouse] = {}

    def build(name: str) -> Warehouse:
        if name not in made:
            data = SHARED_DATA / name
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
