"""Customers, people, agents, products: who and what there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from demo.stories import DAYS, FIRST_DAY

DAY = 86_400
START = int(datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC).timestamp())
END = START + DAYS * DAY

SEGMENTS = ("enterprise", "mid_market", "small_business")
COUNTRIES = ("US", "GB", "DE", "IL", "AE", "CA")
REGIONS = ("Americas", "Europe", "Europe", "Middle East", "Middle East", "Americas")
TIMEZONES = (
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Jerusalem",
    "Asia/Dubai",
    "America/Toronto",
)
CURRENCIES = ("USD", "GBP", "EUR", "ILS", "USD", "USD")
# Chance of English, Hebrew and Persian by country.
LANGUAGE_SHARES = np.array(
    [
        [0.92, 0.03, 0.05],
        [0.97, 0.01, 0.02],
        [0.94, 0.01, 0.05],
        [0.25, 0.75, 0.0],
        [0.35, 0.0, 0.65],
        [0.85, 0.02, 0.13],
    ]
)
INDUSTRIES = ("retail", "manufacturing", "health", "education", "logistics", "software")
TEAMS = ("First line", "Billing", "Technical", "Field service")
AGENTS_PER_TEAM = (14, 8, 10, 6)
AGENTS = sum(AGENTS_PER_TEAM)
AGENT_TEAM = np.repeat(np.arange(len(TEAMS)), AGENTS_PER_TEAM)
OFFERINGS = (
    ("Cloud basic", "subscriptions", 49),
    ("Cloud plus", "subscriptions", 129),
    ("Home hub", "devices", 199),
    ("Hub battery", "devices", 39),
    ("Mobile app pro", "subscriptions", 19),
    ("Camera", "devices", 89),
    ("Sensor pack", "devices", 59),
    ("Installation", "services", 150),
    ("Maintenance plan", "services", 25),
    ("Training day", "services", 480),
    ("Cable set", "accessories", 15),
    ("Wall mount", "accessories", 22),
)


@dataclass(frozen=True)
class Customers:
    """Arrays with one element a customer; times are seconds since 1970 in UTC."""

    segment: np.ndarray
    country: np.ndarray
    language: np.ndarray
    industry: np.ndarray
    created: np.ndarray
    goodwill: np.ndarray
    contacts: np.ndarray
    first_contact: np.ndarray

    @property
    def count(self) -> int:
        """Number of customers."""
        return len(self.segment)


def seconds(day: date) -> int:
    """Return the start of a day in UTC, in seconds since 1970."""
    return START + (day - FIRST_DAY).days * DAY


def make_customers(rng: np.random.Generator, count: int) -> Customers:
    """Return that many customers, three in five of them older than the two years."""
    country = rng.choice(len(COUNTRIES), count, p=[0.34, 0.16, 0.18, 0.14, 0.08, 0.10])
    cumulated = LANGUAGE_SHARES.cumsum(axis=1)[country]
    language = (rng.random(count)[:, None] > cumulated).sum(axis=1).clip(0, 2)
    is_old = rng.random(count) < 0.6
    created = np.where(
        is_old,
        START - rng.integers(30 * DAY, 900 * DAY, count),
        START + rng.integers(0, (DAYS - 30) * DAY, count),
    )
    contacts = rng.choice([1, 2, 3], count, p=[0.6, 0.3, 0.1])
    return Customers(
        segment=rng.choice(len(SEGMENTS), count, p=[0.1, 0.3, 0.6]),
        country=country,
        language=language,
        industry=rng.integers(0, len(INDUSTRIES), count),
        created=created,
        goodwill=rng.normal(0, 1, count),
        contacts=contacts,
        first_contact=np.concatenate([[0], contacts.cumsum()[:-1]]),
    )
