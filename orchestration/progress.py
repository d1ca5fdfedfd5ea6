"""One line a step, on the screen of whoever started the run."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """Print a line at once, also where a run's own output goes to a log."""
    print(text, file=sys.__stdout__, flush=True)


@contextmanager
def step(name: str) -> Iterator[list[str]]:
    """Announce a step when it begins, and say what it did, and how long it took, when it ends.

    Whatever the block appends to the list is said at the end.
    """
    remarks: list[str] = []
    started = time.perf_counter()
    say(f"  {name} ...")
    yield remarks
    say(f"  {name}: {', '.join(remarks) or 'done'} ({time.perf_counter() - started:.1f} s)")
