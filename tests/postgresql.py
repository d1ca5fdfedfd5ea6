"""A real PostgreSQL for tests: Debian's packages, an ordinary user, a free loopback port.

What is installed is used; otherwise the packages are downloaded and unpacked below `.tools/`, which
needs no root. Where neither can be had, the test skips and says so.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.contract import PROJECT_ROOT
from tests.servers import free_port

TOOLS = PROJECT_ROOT / ".tools" / "postgresql"


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Start a server, yield its SQLAlchemy url, and stop it."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="cxw-postgresql-"))
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    os.chown(folder, account.pw_uid, account.pw_gid)
    libraries = ":".join(str(path.parent) for path in TOOLS.rglob("libpq.so.5"))
    options = {
        "env": {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "LD_LIBRARY_PATH": libraries,
            "HOME": str(folder),
        },
        "cwd": folder,
        "check": True,
        "capture_output": True,
    }
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    port = free_port()
    data = folder / "data"
    subprocess.run([programs / "initdb", "-D", data, "-U", "cxw", "-A", "trust", "-E", "UTF8"], **options)
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    subprocess.run(
        [programs / "pg_ctl", "-D", data, "-o", settings, "-l", folder / "log", "-w", "start"],
        **{**options, "capture_output": False, "stdout": subprocess.DEVNULL},
    )
    try:
        yield f"postgresql+psycopg://cxw@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **options)
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    for root in (Path("/usr/lib/postgresql"), TOOLS / "usr/lib/postgresql"):
        found = sorted(path.parent for path in root.glob("*/bin/initdb"))
        if found:
            return found[-1]
    try:
        _unpack()
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        pytest.skip(f"PostgreSQL is not installed and its Debian packages cannot be had: {error}")
    return _programs()


def _unpack() -> None:
    """Download the packages that the machine lacks, and unpack them below `.tools/`."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    quiet = {"check": True, "capture_output": True, "text": True, "cwd": TOOLS}
    if os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
    wanted = subprocess.run(
        ["apt-get", "install", "--print-uris", "-y", "-qq", "--no-install-recommends", "postgresql"],
        **quiet,
    ).stdout.split("\n")
    names = [line.split()[1].split("_")[0] for line in wanted if line.startswith("'")]
    needed = [name for name in names if name.startswith(("postgresql-1", "lib"))]
    subprocess.run(["apt-get", "download", "-qq", *needed], **quiet)
    for package in TOOLS.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, TOOLS], **quiet)
        package.unlink()
