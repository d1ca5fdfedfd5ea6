"""Tickets with their events and messages, calls and chats: what happens when something goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from demo.population import (
    AGENTS,
    AGENTS_PER_TEAM,
    DAY,
    END,
    START,
    TEAMS,
    Customers,
    seconds,
)
from demo.stories import DAYS, LEAVING, OUTAGE, OVERLOAD, RELEASE, TRAINING, WEAKNESS
from demo.texts import CATEGORIES, VARIANTS

HOUR = 3_600
CHANNELS = ("email", "phone", "chat", "web")
PRIORITIES = ("low", "normal", "high", "urgent")
RESOLUTION_TARGET_HOURS = np.array([120, 72, 24, 8])
TEAM_OF_CATEGORY = {
    "billing": 1,
    "app": 2,
    "delivery": 3,
    "device": 2,
    "outage": 2,
    "sales": 0,
    "cancellation": 0,
}
HOUR_WEIGHTS = np.array(
    [1, 1, 1, 1, 2, 3, 5, 9, 14, 16, 16, 14, 12, 13, 14, 13, 11, 9, 7, 6, 5, 4, 2, 1], float
)
WEEKDAY_WEIGHTS = np.array([1.15, 1.1, 1.05, 1.0, 0.95, 0.45, 0.4])
NEVER = np.iinfo(np.int64).max


@dataclass
class Tickets:
    """Arrays with one element a ticket, in order of creation; `NEVER` where it did not happen."""

    customer: np.ndarray
    contact: np.ndarray
    created: np.ndarray
    category: np.ndarray
    offering: np.ndarray
    channel: np.ndarray
    priority: np.ndarray
    team: np.ndarray
    agent: np.ndarray
    responded: np.ndarray
    pending: np.ndarray
    resumed: np.ndarray
    resolved: np.ndarray
    reopened: np.ndarray
    resolved_again: np.ndarray
    escalated: np.ndarray
    is_outbound: np.ndarray
    is_spam: np.ndarray
    is_merged: np.ndarray

    @property
    def count(self) -> int:
        """Number of tickets."""
        return len(self.customer)

    @property
    def last_resolved(self) -> np.ndarray:
        """When it was resolved for good; NEVER while it is open."""
        again = np.where(self.reopened < END, self.resolved_again, self.resolved)
        return np.where(again < END, again, NEVER)

    @property
    def is_late(self) -> np.ndarray:
        """Whether it took longer than customers of its priority were promised."""
        return self.last_resolved - self.created > RESOLUTION_TARGET_HOURS[self.priority] * HOUR

    def only(self, keep: np.ndarray) -> Tickets:
        """Return the tickets that are kept, in the same order."""
        return Tickets(**{f.name: getattr(self, f.name)[keep] for f in fields(self)})


def _day_weights() -> np.ndarray:
    day = np.arange(DAYS)
    season = 1 + 0.12 * np.cos(2 * np.pi * (day - 150) / 365.25)
    return (1 + 0.25 * day / DAYS) * season * WEEKDAY_WEIGHTS[day % 7]


def _time_of_day(rng: np.random.Generator, count: int) -> np.ndarray:
    hour = rng.choice(24, count, p=HOUR_WEIGHTS / HOUR_WEIGHTS.sum())
    return hour * HOUR + rng.integers(0, HOUR, count)


def make_tickets(rng: np.random.Generator, customers: Customers, count: int) -> Tickets:
    """Return about that many tickets over the two years, the release and the outage on top."""
    appetite = np.array([4.0, 1.6, 0.8])[customers.segment] * rng.gamma(2, 0.5, customers.count)
    customer = rng.choice(customers.count, count, p=appetite / appetite.sum())
    weights = _day_weights()
    day = rng.choice(DAYS, count, p=weights / weights.sum())
    there = customers.created[customer] < START + day * DAY
    customer, day = customer[there], day[there]
    count = len(customer)
    category = rng.choice(len(CATEGORIES), count, p=[0.25, 0.2, 0.17, 0.2, 0.02, 0.14, 0.02])
    offering = rng.integers(0, 12, count)

    per_day = count / DAYS
    release_day = (seconds(RELEASE.on) - START) // DAY
    releases = int(per_day * RELEASE.days * RELEASE.extra_share_of_volume)
    outages = int(per_day * OUTAGE.extra_days_of_volume)
    extra = releases + outages
    is_outage = np.arange(extra) >= releases
    extra_customer = rng.choice(customers.count, extra, p=appetite / appetite.sum())
    extra_day = np.where(
        is_outage,
        (seconds(OUTAGE.on) - START) // DAY,
        release_day + rng.integers(0, RELEASE.days, extra),
    )
    exists = customers.created[extra_customer] < START + extra_day * DAY
    extra_category = np.where(
        is_outage, CATEGORIES.index(OUTAGE.category), CATEGORIES.index(RELEASE.category)
    )
    extra_offering = np.where(is_outage, OUTAGE.offering, RELEASE.offering)

    customer = np.concatenate([customer, extra_customer[exists]])
    category = np.concatenate([category, extra_category[exists]])
    offering = np.concatenate([offering, extra_offering[exists]])
    created = START + np.concatenate([day, extra_day[exists]]) * DAY
    created = created + _time_of_day(rng, len(created))
    is_outage = np.concatenate([np.zeros(count, bool), is_outage[exists]])
    order = np.argsort(created, kind="stable")
    customer, category, offering, created, is_outage = (
        values[order] for values in (customer, category, offering, created, is_outage)
    )
    total = len(customer)
    channel = rng.choice(4, total, p=[0.40, 0.24, 0.22, 0.14])
    channel[is_outage] = rng.choice([1, 2], int(is_outage.sum()), p=[0.65, 0.35])
    priority = rng.choice(4, total, p=[0.28, 0.47, 0.2, 0.05])
    team = np.array([TEAM_OF_CATEGORY[name] for name in CATEGORIES])[category]
    team = np.where(rng.random(total) < 0.15, 0, team)
    sizes = np.array(AGENTS_PER_TEAM)
    agent = (sizes.cumsum() - sizes)[team] + (rng.random(total) * sizes[team]).astype(int)

    hour = created % DAY // HOUR
    trained = (team == TEAMS.index(TRAINING.team)) & (created >= seconds(TRAINING.on))
    overloaded = (team == TEAMS.index(OVERLOAD.team)) & (hour >= OVERLOAD.first_hour)
    overloaded &= hour <= OVERLOAD.last_hour
    pace = np.exp(rng.normal(0, 0.15, AGENTS))[agent]
    minutes = rng.lognormal(np.log(np.array([210, 120, 45, 15]))[priority], 0.9)
    minutes *= np.array([1.0, 0.12, 0.08, 1.1])[channel] * pace
    minutes *= np.where(trained, TRAINING.first_response_factor, 1)
    minutes *= np.where(overloaded, OVERLOAD.first_response_factor, 1)
    minutes *= np.where(is_outage, 2.5, 1)
    wait = (minutes * 60).astype(np.int64) + 20
    at_night = (channel == 0) | (channel == 3)
    wait += np.where(at_night & (hour < 6), (6 - hour) * HOUR, 0)
    responded = created + wait
    responded[rng.random(total) < 0.025] = NEVER

    hours = rng.lognormal(np.log(np.array([40, 22, 9, 3]))[priority], 0.95)
    hours *= np.array([0.8, 1.2, 1.1, 1.4, 1.0, 0.6, 0.8])[category] * pace
    resolved = np.where(responded < NEVER, responded, created + 4 * HOUR)
    resolved = resolved + (hours * HOUR).astype(np.int64) + 60
    is_paused = rng.random(total) < 0.3
    gap = resolved - np.where(responded < NEVER, responded, created)
    begin = resolved - (gap * rng.uniform(0.4, 0.9, total)).astype(np.int64)
    pending = np.where(is_paused, begin, NEVER)
    resumed = np.where(
        is_paused,
        begin + ((resolved - begin) * rng.uniform(0.3, 0.95, total)).astype(np.int64),
        NEVER,
    )
    abandoned = rng.random(total) < 0.012
    resolved[abandoned] = NEVER
    is_weak = (agent == WEAKNESS.agent) & (category == CATEGORIES.index(WEAKNESS.category))
    reopens = np.where(is_weak, WEAKNESS.reopen_rate, np.where(team == 2, 0.075, 0.045))
    is_reopened = (rng.random(total) < reopens) & ~abandoned
    reopened = np.where(is_reopened, resolved + rng.integers(HOUR, 2 * DAY, total), NEVER)
    resolved_again = np.where(is_reopened, reopened + (hours * 0.7 * HOUR).astype(np.int64) + HOUR, NEVER)
    escalated = np.where((rng.random(total) < 0.06) & (priority < 3), created + wait + 1_800, NEVER)
    kind = rng.random(total)
    return Tickets(
        customer=customer,
        contact=customers.first_contact[customer]
        + (rng.random(total) * customers.contacts[customer]).astype(int),
        created=created,
        category=category,
        offering=offering,
        channel=channel,
        priority=priority,
        team=team,
        agent=agent,
        responded=responded,
        pending=pending,
        resumed=resumed,
        resolved=resolved,
        reopened=reopened,
        resolved_again=resolved_again,
        escalated=escalated,
        is_outbound=(rng.random(total) < 0.02) & (channel == 0),
        is_spam=kind < 0.015,
        is_merged=(kind >= 0.015) & (kind < 0.03) & (np.arange(total) > 0),
    )


def leaving_times(rng: np.random.Generator, customers: Customers, tickets: Tickets) -> np.ndarray:
    """Return when each customer leaves: on its own, or after a late and unhappy ticket; else NEVER."""
    own = rng.exponential(365 * DAY / LEAVING.own_rate_per_year, customers.count)
    leaves = np.maximum(customers.created, START) + 30 * DAY + own.astype(np.int64)
    bad = tickets.is_late & (tickets.last_resolved < NEVER)
    bad &= rng.random(tickets.count) < LEAVING.after_bad_experience
    after = tickets.last_resolved[bad] + rng.integers(10 * DAY, 60 * DAY, int(bad.sum()))
    np.minimum.at(leaves, tickets.customer[bad], after)
    return np.where(leaves < END, leaves, NEVER)


def say_goodbye(rng: np.random.Generator, tickets: Tickets, leaves: np.ndarray) -> Tickets:
    """Return the tickets, the last ones of some who leave being about that."""
    order = np.lexsort((tickets.created, tickets.customer))
    of_customer = tickets.customer[order]
    is_last = np.zeros(tickets.count, bool)
    is_last[order] = np.append(of_customer[1:] != of_customer[:-1], True)
    leaves_soon = leaves[tickets.customer] - tickets.created < LEAVING.says_so_within_days * DAY
    says_so = is_last & leaves_soon & (rng.random(tickets.count) < LEAVING.share_that_says_so)
    category = np.where(says_so, CATEGORIES.index("cancellation"), tickets.category)
    return replace(tickets, category=category)


def make_events(rng: np.random.Generator, tickets: Tickets) -> dict[str, np.ndarray]:
    """Return the changes of every ticket by ticket and time; values are codes of their field.

    `field`: 0 status, 1 assignee, 2 priority. Status codes index demo.files.STATUSES; -1 is none.
    """
    ticket = np.arange(tickets.count)
    resolved_for_good = tickets.last_resolved
    closed = np.where(resolved_for_good < NEVER, resolved_for_good + 3 * DAY, NEVER)
    zero = np.zeros(tickets.count, int)
    higher = np.minimum(tickets.priority + 1, 3)
    answered = tickets.responded < NEVER
    before_end = np.where(answered, 1, 0)
    paused = np.where(tickets.category == CATEGORIES.index("device"), 3, 2)
    parts = [
        (ticket, tickets.created, zero, zero - 1, zero),
        (ticket, tickets.created + 5, zero + 1, zero - 1, tickets.agent),
        (ticket, tickets.responded, zero, zero, zero + 1),
        (ticket, tickets.pending, zero, before_end, paused),
        (ticket, tickets.resumed, zero, paused, zero + 1),
        (ticket, tickets.resolved, zero, np.where(tickets.pending < NEVER, 1, before_end), zero + 4),
        (ticket, tickets.reopened, zero, zero + 4, zero + 1),
        (ticket, tickets.resolved_again, zero, zero + 1, zero + 4),
        (ticket, closed, zero, zero + 4, zero + 5),
        (ticket, tickets.escalated, zero + 2, tickets.priority, higher),
    ]
    owner, at, field, old, new = (np.concatenate([part[column] for part in parts]) for column in range(5))
    happened = at < END
    owner, at, field, old, new = (values[happened] for values in (owner, at, field, old, new))
    order = np.lexsort((field, at, owner))
    return {
        "ticket": owner[order],
        "at": at[order],
        "field": field[order],
        "old": old[order],
        "new": new[order],
    }


def make_messages(rng: np.random.Generator, customers: Customers, tickets: Tickets) -> dict[str, np.ndarray]:
    """Return the messages of every ticket by ticket and time.

    `role`: 0 customer, 1 agent, 2 bot; `text` indexes customer texts, or agent texts for 1 and 2.
    """
    count = tickets.count
    ticket = np.arange(count)
    language = customers.language[tickets.customer]
    mood = customers.goodwill[tickets.customer] + rng.normal(0, 1, count) + 0.3
    opening_tone = np.where(mood < -0.6, 0, np.where(mood > 1.8, 2, 1))
    opening_tone = np.where(tickets.category == CATEGORIES.index("outage"), 0, opening_tone)
    late_tone = np.where(tickets.is_late, 0, 2)
    at_customer = (language * len(CATEGORIES) + tickets.category) * 3
    opening = (at_customer + opening_tone) * VARIANTS + rng.integers(0, VARIANTS, count)
    thanks = (at_customer + late_tone) * VARIANTS + rng.integers(0, VARIANTS, count)
    answer = language * 3
    bots = (tickets.channel == 2) & (rng.random(count) < 0.4)
    is_noted = rng.random(count) < 0.2
    writes_again = rng.random(count) < 0.35
    zero = np.zeros(count, int)
    public = np.ones(count, bool)
    never = np.full(count, NEVER)
    outbound = tickets.is_outbound
    reply = np.where(outbound, tickets.created + (tickets.responded - tickets.created) // 2, 0)
    parts = [
        (ticket, tickets.created, np.where(outbound, 1, 0), public, np.where(outbound, answer + 2, opening)),
        (ticket, np.where(bots, tickets.created + 8, never), zero + 2, public, 9 + language),
        (ticket, np.where(outbound & (tickets.responded < NEVER), reply, never), zero, public, opening),
        (ticket, tickets.responded, zero + 1, public, answer + 2),
        (ticket, np.where(is_noted, tickets.responded + 30, never), zero + 1, ~public, answer + 2),
        (ticket, tickets.pending, zero + 1, public, answer + 1),
        (ticket, tickets.resumed, zero, public, opening),
        (ticket, np.where(tickets.responded < NEVER, tickets.resolved - 20, never), zero + 1, public, answer),
        (
            ticket,
            np.where(writes_again & (tickets.resolved < NEVER), tickets.resolved + 1_800, never),
            zero,
            public,
            thanks,
        ),
        (ticket, tickets.reopened, zero, public, thanks),
        (
            ticket,
            np.where(tickets.resolved_again < NEVER, tickets.resolved_again - 20, never),
            zero + 1,
            public,
            answer,
        ),
    ]
    owner, at, role, is_public, text = (
        np.concatenate([part[column] for part in parts]) for column in range(5)
    )
    happened = (at >= 0) & (at < END)
    owner, at, role, is_public, text = (values[happened] for values in (owner, at, role, is_public, text))
    order = np.lexsort((role, at, owner))
    return {
        "ticket": owner[order],
        "at": at[order],
        "role": role[order],
        "is_public": is_public[order],
        "text": text[order],
    }


def make_interactions(
    rng: np.random.Generator, customers: Customers, tickets: Tickets
) -> dict[str, np.ndarray]:
    """Return calls and chats: one for each ticket of those channels, and those that left no ticket.

    `outcome`: 0 handled, 1 abandoned, 2 self_served, 3 transferred. Times that did not happen are
    NEVER; durations in seconds, -1 for none. `ticket` is -1 where there is none.
    """
    live = np.flatnonzero((tickets.channel == 1) | (tickets.channel == 2))
    others = int(len(live) * 0.8)
    copied = live[rng.integers(0, len(live), others)]
    shifted = tickets.created[copied] + rng.integers(-3 * DAY, 3 * DAY, others)
    source = np.concatenate([live, copied])
    ticket = np.concatenate([live, np.full(others, -1)])
    offered = np.concatenate([tickets.created[live] - 240, np.clip(shifted, START, END - HOUR)])
    order = np.argsort(offered, kind="stable")
    source, ticket, offered = source[order], ticket[order], offered[order]
    count = len(source)
    is_phone = tickets.channel[source] == 1
    hour = offered % DAY // HOUR
    busy = (tickets.team[source] == TEAMS.index(OVERLOAD.team)) & (
        (hour >= OVERLOAD.first_hour) & (hour <= OVERLOAD.last_hour)
    )
    wait = rng.exponential(np.where(busy, 95, 22), count).astype(np.int64) + 1
    chance = rng.random(count)
    abandons = (ticket < 0) & (chance < np.where(busy, 0.3, 0.09) + wait / 2_000)
    serves_itself = (ticket < 0) & is_phone & (chance > 0.72)
    outcome = np.where(serves_itself, 2, np.where(abandons, 1, np.where(chance < 0.04, 3, 0)))
    is_answered = (outcome == 0) | (outcome == 3)
    talk = rng.lognormal(np.log(np.where(is_phone, 260, 420)), 0.6).astype(np.int64)
    talk = np.where((tickets.team[source] == 1) & (offered >= seconds(TRAINING.on)), talk * 8 // 10, talk)
    hold = np.where(rng.random(count) < 0.3, rng.exponential(60, count).astype(np.int64), 0)
    wrap = rng.exponential(70, count).astype(np.int64) + 10
    ivr = np.where(is_phone, rng.integers(15, 90, count), -1)
    arrives = offered + np.maximum(ivr, 0)
    answered = np.where(is_answered, arrives + wait, NEVER)
    ended = arrives + np.where(outcome == 2, 0, wait) + np.where(is_answered, talk + hold, 0)
    return {
        "ticket": ticket,
        "customer": tickets.customer[source],
        "contact": tickets.contact[source],
        "agent": np.where(is_answered, tickets.agent[source], -1),
        "team": tickets.team[source],
        "is_phone": is_phone,
        "is_outbound": np.zeros(count, bool),
        "language": customers.language[tickets.customer[source]],
        "category": tickets.category[source],
        "offered": offered,
        "answered": answered,
        "ended": ended,
        "ivr": ivr,
        "wait": np.where(outcome == 2, -1, wait),
        "talk": np.where(is_answered, talk, -1),
        "hold": np.where(is_answered, hold, -1),
        "wrap": np.where(is_answered, wrap, -1),
        "outcome": outcome,
    }
