"""Surveys and feedback: what customers say about it."""

from __future__ import annotations

import numpy as np

from demo.population import DAY, END, SEGMENTS, START, TEAMS, Customers, seconds
from demo.service import NEVER, Tickets
from demo.stories import DAYS, FIX, FOLLOW_UP, IMPATIENCE, TRAINING

HOUR = 3_600


def make_surveys(
    rng: np.random.Generator, customers: Customers, tickets: Tickets, leaves: np.ndarray
) -> dict[str, np.ndarray]:
    """Return invitations in order of sending, with the answer where there is one.

    `survey`: 0 CSAT after a ticket (1-5), 1 NPS twice a year (0-10), 2 CES after a ticket (1-7).
    `score` is -1 without an answer; `tone` indexes `demo.texts.COMMENTS`, -1 without a comment.
    """
    asked = (tickets.last_resolved < END - DAY) & ~tickets.is_spam & ~tickets.is_merged
    draw = rng.random(tickets.count)
    about = np.flatnonzero(asked & (draw < 0.8))
    is_effort = draw[about] > 0.55
    mood = _mood(rng, customers, tickets)[about]
    invited = tickets.last_resolved[about] + 2 * HOUR

    half_years = 4
    customer = np.repeat(np.arange(customers.count), half_years)
    wave = np.tile(np.arange(half_years), customers.count)
    sent = START + (wave * 182 + rng.integers(20, 160, len(customer))) * DAY + 10 * HOUR
    belongs = (sent > customers.created[customer] + 60 * DAY) & (sent < leaves[customer])
    customer, sent = customer[belongs], sent[belongs]
    late = np.bincount(tickets.customer[tickets.is_late], minlength=customers.count)
    every = np.bincount(tickets.customer, minlength=customers.count)
    progress = np.clip((sent - seconds(FIX.on)) / (FIX.grows_over_days * DAY), 0, 1)
    loyalty = 7.6 + 1.2 * customers.goodwill[customer] - 4.0 * (late / (every + 2))[customer]
    loyalty += FIX.loyalty_gain * progress + rng.normal(0, 1.6, len(customer))

    survey = np.concatenate([np.where(is_effort, 2, 0), np.ones(len(customer), int)])
    ticket = np.concatenate([about, np.full(len(customer), -1)])
    who = np.concatenate([tickets.customer[about], customer])
    contact = np.concatenate([tickets.contact[about], customers.first_contact[customer]])
    at = np.concatenate([invited, sent])
    raw = np.concatenate([np.where(is_effort, 5.1 + 1.1 * (mood - 3.6), mood), loyalty])
    low = np.array([1, 0, 1])[survey]
    high = np.array([5, 10, 7])[survey]
    score = np.clip(np.rint(raw), low, high).astype(int)
    answers = rng.random(len(at)) < np.where(survey == 1, 0.42, 0.38)
    answered = at + rng.integers(600, 4 * DAY, len(at))
    answers &= answered < END
    share = (score - low) / (high - low)
    is_late = (ticket >= 0) & tickets.is_late[ticket]
    slow_or_unclear = np.where(rng.random(len(at)) < np.where(is_late, 0.85, 0.25), 0, 1)
    tone = np.where(share < 0.45, slow_or_unclear, np.where(share > 0.75, 3, 2))
    tone = np.where(answers & (rng.random(len(at)) < 0.45), tone, -1)
    order = np.argsort(at, kind="stable")
    columns = {
        "survey": survey,
        "ticket": ticket,
        "customer": who,
        "contact": contact,
        "sent": at,
        "answered": np.where(answers, answered, NEVER),
        "score": np.where(answers, score, -1),
        "tone": tone,
        "text": rng.integers(0, 3, len(at)),
        "is_solved": (share > 0.4) & (rng.random(len(at)) < 0.95),
    }
    return {name: values[order] for name, values in columns.items()}


def _mood(rng: np.random.Generator, customers: Customers, tickets: Tickets) -> np.ndarray:
    """Return what each ticket's customer would answer on the scale of 1 to 5, before rounding."""
    answered = tickets.responded < NEVER
    wait = np.where(answered, tickets.responded - tickets.created, 8 * HOUR) / HOUR
    trained = (tickets.team == TEAMS.index(TRAINING.team)) & (tickets.created >= seconds(TRAINING.on))
    solved = np.where(tickets.last_resolved < NEVER, tickets.last_resolved - tickets.created, 10 * DAY) / DAY
    impatient = customers.segment[tickets.customer] == SEGMENTS.index(IMPATIENCE.segment)
    mood = 4.35 - 0.28 * np.log1p(wait) - 0.4 * tickets.is_late
    broken = tickets.is_late | (wait > IMPATIENCE.reply_hours) | (solved - wait / 24 > IMPATIENCE.silent_days)
    mood -= impatient * (IMPATIENCE.lost_by_breach * broken + IMPATIENCE.lost_by_waiting * np.log1p(solved))
    mood -= 0.7 * (tickets.reopened < NEVER) * ~impatient
    mood += 0.45 * customers.goodwill[tickets.customer] + TRAINING.satisfaction_gain * trained
    return mood + rng.normal(0, 0.8, tickets.count)


def make_feedback(rng: np.random.Generator, customers: Customers) -> dict[str, np.ndarray]:
    """Return reviews, complaints and interviews, about one for seven customers."""
    count = max(customers.count // 7, 10)
    customer = rng.integers(0, customers.count, count)
    liking = customers.goodwill[customer] + rng.normal(0, 1, count)
    tone = np.where(liking < -0.5, rng.integers(0, 2, count), np.where(liking > 0.5, 3, 2))
    return {
        "customer": customer,
        "kind": rng.integers(0, 4, count),
        "tone": tone,
        "text": rng.integers(0, 3, count),
        "rating": np.clip(np.rint(3.2 + 1.2 * liking), 1, 5).astype(int),
        "at": np.sort(START + rng.integers(0, DAYS * DAY, count)),
    }


def make_follow_ups(
    rng: np.random.Generator, customers: Customers, tickets: Tickets, surveys: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return calls to those who gave a low score, with the columns of `demo.service.make_interactions`."""
    lowest = np.array([2, 6, 3])[surveys["survey"]]
    low = np.flatnonzero((surveys["score"] >= 0) & (surveys["score"] <= lowest))
    called = low[rng.random(len(low)) < FOLLOW_UP.share]
    offered = surveys["answered"][called] + (
        rng.exponential(FOLLOW_UP.mean_hours, len(called)) * HOUR
    ).astype(int)
    called, offered = called[offered < END - HOUR], offered[offered < END - HOUR]
    about = surveys["ticket"][called]
    talk = rng.lognormal(np.log(300), 0.4, len(called)).astype(np.int64)
    none = np.full(len(called), -1)
    zero = np.zeros(len(called), int)
    return {
        "ticket": none,
        "customer": surveys["customer"][called],
        "contact": surveys["contact"][called],
        "agent": np.where(about >= 0, tickets.agent[about], rng.integers(0, 8, len(called))),
        "team": np.where(about >= 0, tickets.team[about], 0),
        "is_phone": np.ones(len(called), bool),
        "is_outbound": np.ones(len(called), bool),
        "language": customers.language[surveys["customer"][called]],
        "category": np.where(about >= 0, tickets.category[about], 5),
        "offered": offered,
        "answered": offered + 15,
        "ended": offered + 15 + talk,
        "ivr": none,
        "wait": none,
        "talk": talk,
        "hold": zero,
        "wrap": zero + 60,
        "outcome": zero,
    }
