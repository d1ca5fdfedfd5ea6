"""Orders, contracts and what customers are estimated to spend: what they do with their money."""

from __future__ import annotations

import numpy as np

from demo.population import DAY, END, OFFERINGS, SEGMENTS, START, Customers
from demo.service import NEVER, Tickets
from demo.stories import DAYS, GROWTH
from demo.texts import CATEGORIES

PRICES = np.array([price for _, _, price in OFFERINGS], float)
CURRENCY_FACTOR = np.array([1.1, 0.85, 1.0, 4.0, 1.1, 1.1])


def make_orders(
    rng: np.random.Generator, customers: Customers, tickets: Tickets, leaves: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return orders by time, and their lines by order.

    `status`: 0 placed, 1 fulfilled, 2 cancelled, 3 returned. `ticket` is -1 where the order did not
    come about in a ticket. Amounts are in the customer's currency, rounded to cents.
    """
    rate = np.array([9.0, 5.0, 3.0])[customers.segment] * rng.gamma(2.5, 0.4, customers.count)
    candidates = rng.poisson(rate * GROWTH.orders_at_end)
    customer = np.repeat(np.arange(customers.count), candidates)
    at = START + rng.integers(0, DAYS * DAY, len(customer))
    # Only the growing segment keeps, towards the end, all the orders drawn for it.
    grows = customers.segment[customer] == SEGMENTS.index(GROWTH.segment)
    progress = (at - START) / (DAYS * DAY)
    level = np.where(grows, 1 + (GROWTH.orders_at_end - 1) * progress, 1.2)
    keep = rng.random(len(customer)) < level / GROWTH.orders_at_end
    keep &= (at > customers.created[customer]) & (at < leaves[customer])
    customer, at = customer[keep], at[keep]

    sales = np.flatnonzero(
        (tickets.category == CATEGORIES.index("sales")) & (tickets.last_resolved < END - DAY)
    )
    sales = sales[rng.random(len(sales)) < 0.3]
    customer = np.concatenate([customer, tickets.customer[sales]])
    at = np.concatenate([at, tickets.last_resolved[sales] + rng.integers(600, DAY, len(sales))])
    ticket = np.concatenate([np.full(len(customer) - len(sales), -1), sales])
    order = np.argsort(at, kind="stable")
    customer, at, ticket = customer[order], at[order], ticket[order]
    count = len(customer)
    chance = rng.random(count)
    status = np.where(chance < 0.03, 2, np.where(chance < 0.065, 3, 1))
    status = np.where((status == 1) & (at > END - 5 * DAY), 0, status)

    grows = customers.segment[customer] == SEGMENTS.index(GROWTH.segment)
    widens = np.where(grows, (at - START) / (DAYS * DAY), 0.15)
    lines = 1 + rng.binomial(3, 0.15 + 0.45 * widens)
    owner = np.repeat(np.arange(count), lines)
    favourite = (customer * 7) % len(OFFERINGS)
    wanders = rng.random(len(owner)) < (0.35 + 0.5 * widens)[owner]
    offering = np.where(wanders, rng.integers(0, len(OFFERINGS), len(owner)), favourite[owner])
    quantity = 1 + rng.poisson(np.array([4.0, 1.5, 0.4])[customers.segment[customer]][owner])
    factor = CURRENCY_FACTOR[customers.country[customer]][owner]
    amount = np.round(PRICES[offering] * factor * quantity * rng.uniform(0.8, 1.0, len(owner)), 2)
    cost = np.round(amount * rng.uniform(0.45, 0.7, len(owner)), 2)
    orders = {
        "customer": customer,
        "at": at,
        "ticket": ticket,
        "status": status,
        "currency": customers.country[customer],
        "amount": np.round(np.bincount(owner, amount, count), 2),
        "channel": rng.integers(0, 3, count),
    }
    return orders, {
        "order": owner,
        "offering": offering,
        "quantity": quantity,
        "amount": amount,
        "cost": cost,
    }


def make_contracts(
    rng: np.random.Generator, customers: Customers, leaves: np.ndarray
) -> dict[str, np.ndarray]:
    """Return contracts of two customers in three; all end when one leaves, a few end on their own."""
    owner = np.repeat(np.arange(customers.count), rng.choice(4, customers.count, p=[0.35, 0.3, 0.2, 0.15]))
    count = len(owner)
    started = customers.created[owner] + (rng.random(count) ** 3 * 300 * DAY).astype(np.int64)
    alone = rng.random(count) < 0.06
    # Of those who left before the two years the systems know nothing.
    ended = np.where(alone, np.maximum(started, START) + rng.integers(60 * DAY, 900 * DAY, count), NEVER)
    ended = np.minimum(ended, leaves[owner])
    keep = started < np.minimum(ended, END)
    owner, started, ended, alone = owner[keep], started[keep], ended[keep], alone[keep]
    offering = rng.choice([0, 1, 4, 8], len(owner))
    seats = 1 + rng.poisson(np.array([30.0, 8.0, 1.0])[customers.segment[owner]])
    factor = CURRENCY_FACTOR[customers.country[owner]]
    return {
        "customer": owner,
        "offering": offering,
        "started": started,
        "ended": np.where(ended < END, ended, NEVER),
        "monthly": np.round(PRICES[offering] * 0.3 * factor * seats, 2),
        "currency": customers.country[owner],
        "reason": rng.integers(0, 4, len(owner)),
    }


def make_wallets(
    rng: np.random.Generator,
    customers: Customers,
    orders: dict[str, np.ndarray],
    lines: dict[str, np.ndarray],
    contracts: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """Return, for one customer in three, the estimated spend by category and calendar year."""
    categories = sorted({category for _, category, _ in OFFERINGS})
    of_offering = np.array([categories.index(category) for _, category, _ in OFFERINGS])
    year = np.array([0, 1, 2])
    starts = np.array(["2024-01-01", "2025-01-01", "2026-01-01"], "datetime64[s]").astype(int)
    line_year = np.searchsorted(starts, orders["at"][lines["order"]], side="right") - 1
    customer = orders["customer"][lines["order"]]
    cell = (customer * len(categories) + of_offering[lines["offering"]]) * 3 + line_year
    spent = np.bincount(cell, lines["amount"], customers.count * len(categories) * 3)
    for number, (first, last) in enumerate(zip(starts, [*starts[1:], END], strict=True)):
        began, ended = (
            np.maximum(contracts["started"], max(first, START)),
            np.minimum(contracts["ended"], last),
        )
        months = np.maximum(ended - began, 0) / (30.4375 * DAY)
        cell = (contracts["customer"] * len(categories) + of_offering[contracts["offering"]]) * 3 + number
        spent += np.bincount(cell, contracts["monthly"] * months, len(spent))
    known = np.repeat(rng.random(customers.count) < 0.33, len(categories) * 3) & (spent > 0)
    cell = np.flatnonzero(known)
    return {
        "customer": cell // (3 * len(categories)),
        "category": cell // 3 % len(categories),
        "year": year[cell % 3],
        # Of the first and the last year only half is in the files.
        "spend": np.round(spent[cell] * np.array([2, 1, 2])[cell % 3] * rng.uniform(1.3, 4.0, len(cell)), 2),
        "currency": customers.country[cell // (3 * len(categories))],
    }
