"""`python -m demo`: write the demonstration company's systems to disk."""

from __future__ import annotations

import argparse
import hashlib
import shutil
import time
from pathlib import Path

import numpy as np

from demo import files, population, purchases, reference, service, voice

HERE = Path(__file__).resolve().parent
TICKETS_PER_CUSTOMER = 12


def generate(folder: Path, customers: int, seed: int) -> None:
    """Write the company of that size to `folder`/data, replacing what is there."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    people = population.make_customers(rng, customers)
    tickets = service.make_tickets(rng, people, customers * TICKETS_PER_CUSTOMER)
    leaves = service.leaving_times(rng, people, tickets)
    tickets = tickets.only(tickets.created < leaves[tickets.customer])
    tickets = service.say_goodbye(rng, tickets, leaves)
    orders, lines = purchases.make_orders(rng, people, tickets, leaves)
    contracts = purchases.make_contracts(rng, people, leaves)
    writer = files.Writer(data)
    files.write_business(
        writer,
        leaves,
        people,
        orders,
        lines,
        contracts,
        purchases.make_wallets(rng, people, orders, lines, contracts),
    )
    files.write_helpdesk(
        writer,
        people,
        tickets,
        service.make_events(rng, tickets),
        service.make_messages(rng, people, tickets),
    )
    surveys = voice.make_surveys(rng, people, tickets, leaves)
    files.write_telephony(
        writer,
        service.make_interactions(rng, people, tickets),
        voice.make_follow_ups(rng, people, tickets, surveys),
    )
    files.write_surveys(writer, people, surveys, voice.make_feedback(rng, people))
    files.write_operations(writer, rng, people, leaves)
    reference.write_reference(data / "reference")


def _stamp(customers: int, seed: int) -> str:
    sources = b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))
    return f"{customers} customers, seed {seed}, {hashlib.sha256(sources).hexdigest()}\n"


def main() -> None:
    """Write the company, unless `--if-missing` finds the same one already there."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument(
        "--customers",
        type=int,
        default=2_600,
        help="number of customers; each brings about eight tickets (default 2600)",
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers (default 1)")
    parser.add_argument(
        "--out",
        type=Path,
        default=HERE,
        help="folder for company.yml and data/ (default: beside this program)",
    )
    parser.add_argument(
        "--if-missing", action="store_true", help="do nothing where the same company has been written before"
    )
    arguments = parser.parse_args()
    if arguments.customers < 50:
        parser.error(f"--customers: expected at least 50, found {arguments.customers}")
    stamp_file = arguments.out / "data/generated.txt"
    stamp = _stamp(arguments.customers, arguments.seed)
    if arguments.if_missing and stamp_file.is_file() and stamp_file.read_text() == stamp:
        return
    started = time.perf_counter()
    print(f"demo: writing {arguments.customers:,} customers ...", flush=True)
    generate(arguments.out, arguments.customers, arguments.seed)
    if arguments.out.resolve() != HERE:
        shutil.copy(HERE / "company.yml", arguments.out / "company.yml")
    stamp_file.write_text(stamp)
    print(f"demo: written to {arguments.out / 'data'} in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
