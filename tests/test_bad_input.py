"""Bad input, as a user meets it: one clear line, a non-zero exit status, and nothing lost."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.contract import PROJECT_ROOT
from tests.companies import Warehouse, make_company

TICKETS = [
    {
        "ticket_id": f"T{n}",
        "channel": "email",
        "status": "open",
        "created_at": f"2026-01-{n % 28 + 1:02d}T10:00:00Z",
    }
    for n in range(2_000)
]


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Warehouse:
    """A company that has published once."""
    return make_company(tmp_path_factory.mktemp("published"), {"tickets": TICKETS}).run()


@pytest.fixture
def company(published, tmp_path) -> Warehouse:
    shutil.copytree(published.company_file.parent, tmp_path / "company")
    return Warehouse(tmp_path / "company/company.yml", tmp_path / "company/home")


def missing_file(export: Path) -> None:
    (export / "tickets.csv").unlink()


def unreadable_parquet(export: Path) -> None:
    (export / "tickets.csv").unlink()
    (export / "tickets.parquet").write_bytes(b"PAR1 this is no parquet file")


def wrong_encoding(export: Path) -> None:
    text = (export / "tickets.csv").read_text().replace("T7,", "Zoë,")
    (export / "tickets.csv").write_bytes(text.encode("latin-1"))


def missing_column(export: Path) -> None:
    text = (export / "tickets.csv").read_text().replace("created_at", "opened", 1)
    (export / "tickets.csv").write_text(text)


def wrong_type(export: Path) -> None:
    lines = (export / "tickets.csv").read_text().splitlines()
    lines[1_000] = "T999,email,open,last Tuesday"
    (export / "tickets.csv").write_text("\n".join(lines) + "\n")


def unknown_kind(export: Path) -> None:
    company = export.parent / "company.yml"
    company.write_text(company.read_text().replace("kind: files", "kind: fax"))


def unset_variable(export: Path) -> None:
    company = export.parent / "company.yml"
    company.write_text(company.read_text().replace("path: export", "path: ${CXW_TEST_UNSET}"))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (missing_file, "expected files named after canonical entities, such as tickets.csv"),
        (unreadable_parquet, "tickets.parquet cannot be read"),
        (wrong_encoding, "tickets.csv cannot be read"),
        (missing_column, "expected the column 'created_at', which tickets requires"),
        (
            wrong_type,
            "tickets.csv: row 1,000: created_at: expected timestamp with time zone, found 'last Tuesday'",
        ),
        (unknown_kind, "sources[0].kind is 'fax'; expected one of 'files', 'sql'"),
        (unset_variable, "names the environment variable CXW_TEST_UNSET, which is not set"),
    ],
)
def test_bad_input_is_one_clear_line_and_the_last_snapshot_stays(company, spoil, said):
    file = company.home / "published/analytics.duckdb"
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    spoil(company.company_file.parent / "export")
    run = subprocess.run(
        [sys.executable, "-m", "orchestration", "run"],
        cwd=PROJECT_ROOT,
        env={**os.environ, **company.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    lines = run.stderr.strip().splitlines()
    assert len(lines) == 1, run.stderr
    assert lines[0].startswith("error: ")
    assert said in lines[0]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
