"""`python -m benchmarks.texts`: texts read a second of processor time, beside the same rules in plain Python.

The texts are the demonstration company's, in three languages, each made different by a number. A warehouse
is run on them once; then each model that reads texts is computed again on one thread, alone. Every score of
the lexicon is compared with the second implementation in tests/lexicon_by_hand.py before a figure is
printed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from demo.texts import LANGUAGES, customer_texts
from expectations.gate import warm_up
from tests.companies import Warehouse, make_company
from tests.lexicon_by_hand import lexicon, score

MODELS = (
    "int_texts_normalised",
    "int_texts_scored",
    "int_sentiment_weights",
    "int_texts_weighed",
    "int_texts_classified",
)
COMPARED = 5_000


def read(folder: Path, count: int) -> Warehouse:
    """Run a warehouse on that many different texts."""
    made = customer_texts()
    of_language = len(made) // len(LANGUAGES)
    numbers = range(count)
    warehouse = make_company(folder, {}, languages=list(LANGUAGES), as_of="2026-06-30T00:00:00Z")
    table = pa.table(
        {
            "feedback_id": [f"F{number}" for number in numbers],
            "kind": ["review"] * count,
            "body": [f"{made[number * 7 % len(made)]} {number}" for number in numbers],
            "language": [LANGUAGES[number * 7 % len(made) // of_language] for number in numbers],
            "observed_at": ["2026-02-10T10:00:00Z"] * count,
        }
    )
    pq.write_table(table, folder / "export/feedback.parquet")
    return warehouse.run()


def processor_seconds(warehouse: Warehouse, model: str) -> float:
    """Compute a model again on one thread; return the processor's seconds."""
    (compiled,) = (warehouse.home / "dbt/intermediate/compiled").rglob(f"{model}.sql")
    with duckdb.connect(str(warehouse.settings.build_database), read_only=True) as connection:
        connection.execute("set threads = 1")
        started = time.process_time()
        connection.execute(f"create temp table again as {compiled.read_text(encoding='utf-8')}")
        return time.process_time() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.texts", description=__doc__)
    parser.add_argument("--texts", type=int, default=200_000)
    count = parser.parse_args().texts
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = read(Path(folder) / "company", count)
        rows = warehouse.built_rows(
            "select body, scored.language, lexicon_score from intermediate.int_texts_scored as scored "
            "inner join intermediate.int_customer_texts using (text_key) order by text_key limit ?",
            COMPARED,
        )
        terms = lexicon()
        started = time.process_time()
        own = [score(body, language, terms) for body, language, _ in rows]
        by_hand = COMPARED / (time.process_time() - started)
        differ = sum(abs(mine - row[2]) > 5.1e-7 for mine, row in zip(own, rows, strict=True))
        if differ:
            raise SystemExit(f"error: {differ} of {COMPARED} scores differ from the second implementation")
        spent = {model: processor_seconds(warehouse, model) for model in MODELS}
    table = Table(title=f"{count:,} different texts in three languages, one thread", title_justify="left")
    for column in ("model", "processor s", "texts / s"):
        table.add_column(column, justify="left" if column == "model" else "right")
    for model, seconds in spent.items():
        table.add_row(model, f"{seconds:.1f}", f"{count / seconds:,.0f}")
    sentiment = count / (spent["int_texts_normalised"] + spent["int_texts_scored"])
    table.add_row("read and scored", "", f"{sentiment:,.0f}")
    table.add_row("the same in plain Python", "", f"{by_hand:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
