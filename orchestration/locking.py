"""One writer at a time: DuckDB takes no second one, and a run that meets another must say so."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration.settings import Settings


class AnotherRunError(RuntimeError):
    """Another run is writing the same warehouse."""


_held: dict[str, int] = {}


@contextmanager
def only_writer(settings: Settings) -> Iterator[None]:
    """Hold the warehouse of the settings while the block runs; nests within one process.

    Raises `AnotherRunError` at once when another process holds it.
    """
    name = str(settings.home)
    if name in _held:
        _held[name] += 1
        try:
            yield
        finally:
            _held[name] -= 1
        return
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherRunError(
                f"{settings.home}: expected to be the only run, found another one writing; wait for it "
                "to end, or set CXW_HOME to another folder"
            ) from None
        _held[name] = 1
        try:
            yield
        finally:
            del _held[name]
