"""A company of 400 customers whose purchases and contracts fall on the edges of what the value metrics count.

Edges: midnight in the reporting timezone, days 180 and 181 after a purchase, the first of a month, `as_of`.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2025, 12, 20, 12, tzinfo=UTC)
FIRST, TODAY = date(2024, 1, 1), date(2025, 12, 20)
ONE_DAY = timedelta(days=1)
CURRENCIES = ("EUR", "EUR", "EUR", "USD")
CATEGORIES = ("hardware", "software", "care", "training")
PLACES = (("large", "small", ""), ("north", "south", ""), ("DE", "FR", ""), ("retail", "health", ""))
LAUNCHED = "- - 2024-07-15 2025-01-01 2024-03-31 2023-01-01 2025-12-20 2026-02-01 2024-02-29 - - 2020-05-05"
RETIRED = "- 2025-03-31 - 2025-10-01 2024-12-31 2025-12-20 - - 2024-02-29 2025-12-21 - 2021-01-01"
ON_SALE = {f"P{n}": dates for n, dates in enumerate(zip(LAUNCHED.split(), RETIRED.split(), strict=True))}
HISTORY = range((TODAY - FIRST).days)


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def month_after(day: date, months: int) -> date:
    return date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)


def rows_of(columns: str, rows: list[tuple]) -> list[dict]:
    return [dict(zip(columns.split(), row, strict=True)) for row in rows]


def value_company() -> dict[str, list[dict]]:
    """Entities of a company and their rows."""
    rng = random.Random(11)
    orders, lines, contracts, wallets = [], [], [], []

    def days(*choices: int) -> timedelta:
        return timedelta(days=rng.choice(choices))

    def some_day() -> date:
        return rng.choice(
            [FIRST + days(*HISTORY), FIRST + days(*HISTORY), month_after(FIRST, rng.randrange(24))]
        )

    def cents(most: int) -> str:
        return str(Decimal(rng.randrange(1, most * 100)) / 100)

    def order(account: str, day: date) -> None:
        moment = rng.choice([local(day), local(day, 23, 59), local(day, rng.randrange(24), 7)])
        if rng.random() < 0.15:
            # Written on the day before in UTC.
            moment = datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC) - ONE_DAY
        amount = rng.choice([*map(cents, [400] * 9), cents(4000), "0", "14.40", "72.05", "-" + cents(300)])
        status = rng.choice([*["placed"] * 3, *["fulfilled"] * 14, "cancelled", "returned"])
        number = f"O{len(orders)}"
        orders.append((number, account, written(moment), status, rng.choice(CURRENCIES), amount))
        for _ in range(rng.randrange(4)):
            offering = rng.choice([*ON_SALE, "P0", "P2", "P10", "unknown"])
            value = rng.choice([cents(300), cents(300), cents(90), "0", "-" + cents(50)])
            lines.append((f"L{len(lines)}", number, offering, rng.choice([1, 2, 0.5, 1, 1, 0, -1]), value))

    def subscribe(account: str, start: datetime, end: datetime | None) -> None:
        bought = (f"S{len(contracts)}", account, rng.choice(list(ON_SALE)), written(start))
        amount = rng.choice([cents(200), cents(200), "50.05", "50.05", "0"])
        contracts.append((*bought, written(end) if end else "", amount, rng.choice(CURRENCIES)))

    def contract(account: str, day: date) -> date:
        """A contract that may fall on an edge; gives the day on which it ended, or began."""
        start = rng.choice([local(day), local(day, rng.randrange(24), 30), local(day, rng.randrange(24), 30)])
        about_now = [AS_OF, AS_OF + timedelta(hours=1), AS_OF + days(40), AS_OF - ONE_DAY, local(TODAY, 0, 5)]
        next_months = [local(month_after(day, n)) for n in (1, 2, 7)]
        ends = [start, local(day, 23, 59), start + days(*range(1, 20)), rng.choice(about_now)]
        ends += [rng.choice(next_months), start + days(*range(1, 500)), start + days(*range(1, 500))]
        end = rng.choice([None, *[end for end in ends if end >= start]])
        subscribe(account, start, end)
        return end.astimezone(ZONE).date() if end else day

    for number in range(400):
        account, kind = f"A{number}", number % 10
        some = some_day()
        for day in [some_day() for _ in range(rng.randrange(1, 9))] if kind in (1, 2, 3, 4) else []:
            order(account, day)
        for day in [some] * 3 if kind == 2 else []:
            order(account, day)
        if kind in (4, 5):
            # Pauses of exactly 180 and 181 days, and a last one that ends about today.
            day = rng.choice([some, TODAY - days(179, 180, 181, 360, 361, 362)])
            while day <= TODAY and rng.random() < 0.9:
                order(account, day)
                day += days(180, 181)
        if kind in (3, 6, 7, 8):
            before, day = some - days(0, 1, 30, 179, 180, 181, 182, 250), some
            if kind == 6 and before > FIRST:
                # Buys first, gets a contract later: around the last day on which the purchase counts.
                order(account, before)
            for _ in range(rng.randrange(1, 4)):
                ended = contract(account, day)
                if rng.random() < 0.3:
                    order(account, max(day, FIRST + 3 * ONE_DAY) + days(*range(-3, 90)))
                day = rng.choice([ended + days(0, 1, 2, 30, 170, 200), some_day()])
        if kind == 9 and rng.random() < 0.6:
            order(account, rng.choice([TODAY, TODAY + ONE_DAY, some]))
            subscribe(account, AS_OF + timedelta(hours=rng.randrange(-30, 30)), None)
        for category in (*CATEGORIES, "elsewhere"):
            start = rng.choice([date(2024, 2, 29), date(2023, 6, 1) + days(*range(700))])
            for _ in range(rng.choice([0, 0, 1, 2, 4])):
                wallets.append((account, category, start.isoformat(), cents(5000), rng.choice(["", "USD"])))
                start += days(1, 90, 364, 365, 366, 500)
    # Every 21st buyer has no row of its own.
    names = [f"A{number}" for number in range(400) if number % 21]
    accounts = [(name, name, *map(rng.choice, PLACES), "2023-05-01T08:00:00Z") for name in names]
    dates = [[day.strip("-") and day for day in both] for both in ON_SALE.values()]
    offerings = [(f"P{n}", f"P{n}", CATEGORIES[n % 4], *both) for n, both in enumerate(dates)]
    contract_columns = "subscription_id account_id offering_id started_at ended_at monthly_amount currency"
    return {
        "accounts": rows_of("account_id account_name segment region country industry created_at", accounts),
        "offerings": rows_of("offering_id offering_name category launched_on retired_on", offerings),
        "orders": rows_of("order_id account_id ordered_at status currency net_amount", orders),
        "order_lines": rows_of("order_line_id order_id offering_id quantity net_amount", lines),
        "subscriptions": rows_of(contract_columns, contracts),
        "wallet_estimates": rows_of("account_id category period_start estimated_spend currency", wallets),
    }
