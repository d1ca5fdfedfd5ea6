"""What happened at the demonstration company: the planted truth that the numbers must tell.

Change a figure here and the company changes with it; tests read these, never copies of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_DAY = date(2024, 7, 1)
LAST_DAY = date(2026, 6, 30)
DAYS = (LAST_DAY - FIRST_DAY).days + 1


@dataclass(frozen=True)
class Release:
    """A release after which one product brings more tickets for a while."""

    name: str = "Mobile app 5.0"
    on: date = date(2025, 3, 11)
    offering: int = 4
    category: str = "app"
    extra_share_of_volume: float = 0.30
    days: int = 14


@dataclass(frozen=True)
class Training:
    """A training after which one team answers faster and is liked better."""

    name: str = "Clear answers"
    on: date = date(2025, 9, 1)
    team: str = "Billing"
    first_response_factor: float = 0.55
    satisfaction_gain: float = 0.75


@dataclass(frozen=True)
class Greeting:
    """A change that changed nothing: whoever finds an effect of it finds one everywhere."""

    name: str = "New greeting"
    on: date = date(2026, 1, 12)
    team: str = "First line"


@dataclass(frozen=True)
class Overload:
    """Hours, UTC, in which one team cannot keep up."""

    team: str = "Technical"
    first_hour: int = 9
    last_hour: int = 11
    first_response_factor: float = 3.0


@dataclass(frozen=True)
class Outage:
    """A day on which one product was down."""

    name: str = "Hub outage"
    on: date = date(2025, 11, 18)
    offering: int = 2
    category: str = "outage"
    extra_days_of_volume: float = 4.0


@dataclass(frozen=True)
class Fix:
    """A product fix after which customers come to like the company better."""

    name: str = "Hub battery fix"
    on: date = date(2025, 6, 2)
    loyalty_gain: float = 1.1
    grows_over_days: int = 180


@dataclass(frozen=True)
class Leaving:
    """How customers leave: on their own, and after a breach with a low score."""

    own_rate_per_year: float = 0.07
    after_bad_experience: float = 0.10
    share_that_says_so: float = 0.5
    says_so_within_days: int = 90


@dataclass(frozen=True)
class Growth:
    """A segment that buys more of what is on offer, month by month."""

    segment: str = "mid_market"
    orders_at_end: float = 2.4


@dataclass(frozen=True)
class Weakness:
    """An agent whose solutions in one category often do not hold."""

    agent: int = 16
    category: str = "billing"
    reopen_rate: float = 0.65


@dataclass(frozen=True)
class Impatience:
    """A segment whose satisfaction hangs on kept promises and quick solutions, more than anybody else's.

    It was promised a reply within `reply_hours` and news every `silent_days`.
    """

    segment: str = "enterprise"
    reply_hours: float = 4
    silent_days: float = 2
    lost_by_breach: float = 1.5
    lost_by_waiting: float = 0.7


@dataclass(frozen=True)
class FollowUp:
    """How many of those who were unhappy are called back, and how soon."""

    share: float = 0.45
    mean_hours: float = 30


RELEASE, TRAINING, GREETING, OVERLOAD, OUTAGE, FIX, LEAVING, GROWTH, WEAKNESS, IMPATIENCE, FOLLOW_UP = (
    Release(),
    Training(),
    Greeting(),
    Overload(),
    Outage(),
    Fix(),
    Leaving(),
    Growth(),
    Weakness(),
    Impatience(),
    FollowUp(),
)
