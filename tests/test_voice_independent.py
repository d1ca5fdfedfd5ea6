"""Every survey metric a second time, in plain Python over 20,000 generated answers, equal to the last digit.

Shares no code with the models: sums are exact fractions, Student's t comes from SciPy.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from scipy import stats

from tests.companies import make_company

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 500
AS_OF = START + timedelta(days=DAYS)
Z = stats.norm.ppf(0.975)
ANSWERS = 20_000

# Survey: type, lowest, highest; what its scores mean; whether its best score is the lowest one.
SURVEYS = {
    "five": ("csat", 1, 5),
    "grades": ("csat", 1, 6),
    "thumbs": ("csat", 0, 1),
    "recommend": ("nps", 0, 10),
    "recommend-again": ("nps", 0, 10),
    "ease": ("ces", 1, 7),
    "ease-short": ("ces", 1, 5),
}
REVERSED = {"grades"}
GROUPS = {
    "five": [(1, 2, "negative"), (3, 3, "neutral"), (4, 5, "positive")],
    "grades": [(1, 2, "positive"), (3, 4, "neutral"), (5, 6, "negative")],
    "thumbs": [(0, 0, "negative"), (1, 1, "positive")],
    "recommend": [(0, 6, "detractor"), (7, 8, "passive"), (9, 10, "promoter")],
    "recommend-again": [(0, 6, "detractor"), (7, 8, "passive"), (9, 10, "promoter")],
    "ease": [(1, 3, "negative"), (4, 4, "neutral"), (5, 7, "positive")],
    # 3 is what the tool writes for 'does not apply'.
    "ease-short": [(1, 2, "negative"), (4, 5, "positive")],
}
USUAL = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
SCALES = [
    {
        "survey_id": survey if survey in ("grades", "ease-short") else "*",
        "survey_type": SURVEYS[survey][0],
        "scale_min": SURVEYS[survey][1],
        "scale_max": SURVEYS[survey][2],
        "score_from": low,
        "score_to": high,
        "answer_group": group,
    }
    for survey in ("five", "grades", "thumbs", "recommend", "ease", "ease-short")
    for low, high, group in GROUPS[survey]
] + [
    {
        "survey_id": "ease-short",
        "survey_type": "ces",
        "scale_min": 1,
        "scale_max": 5,
        "score_from": 3,
        "score_to": 3,
        "answer_group": "no_answer",
    },
    {
        "survey_id": "*",
        "survey_type": "ces",
        "scale_min": 1,
        "scale_max": 5,
        "score_from": 3,
        "score_to": 3,
        "answer_group": "neutral",
    },
]


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def data() -> dict[str, list[dict]]:
    rng = random.Random(4)
    segments = ("large", "small", "")
    accounts = [
        {
            "account_id": f"A{n}",
            "account_name": f"Account {n}",
            "segment": segments[n % 3],
            "created_at": written(START - timedelta(days=400)),
            "updated_at": written(START),
        }
        for n in range(400)
    ]
    contacts = [
        {"contact_id": f"C{n}", "account_id": f"A{n % 400}", "updated_at": written(START)} for n in range(900)
    ]
    tickets = [
        {
            "ticket_id": f"T{n}",
            "channel": ("email", "phone", "chat")[n % 3],
            "status": "open",
            "is_spam": "true" if n % 17 == 0 else "",
            "created_at": written(START),
            "updated_at": written(START),
        }
        for n in range(600)
    ]
    invitations, responses = [], []
    for number in range(ANSWERS):
        survey = rng.choice(list(SURVEYS))
        _, low, high = SURVEYS[survey]
        contact = rng.randrange(900) if rng.random() < 0.8 else None
        account = contact % 400 if contact is not None else rng.randrange(400) if rng.random() < 0.5 else None
        ticket = rng.randrange(600) if rng.random() < 0.4 else None
        moment = START + timedelta(seconds=rng.randrange(DAYS * 86_400 - 1))
        score = rng.choice([*range(low, high + 1), *range(low, high + 1), high + 1, 99])
        about = {
            "survey_id": survey,
            "contact_id": "" if contact is None else f"C{contact}",
            "account_id": "" if account is None else f"A{account}",
            "ticket_id": "" if ticket is None else f"T{ticket}",
        }
        is_invited = rng.random() < 0.7
        if is_invited:
            sent = moment - timedelta(seconds=rng.randrange(45 * 86_400))
            invitations.append({"invitation_id": f"I{number}", **about, "sent_at": written(sent)})
            if rng.random() < 0.5:
                # What the answer leaves out, its invitation says.
                about = {**dict.fromkeys(about, ""), "survey_id": survey}
        responses.append(
            {
                "response_id": f"R{number}",
                **about,
                "invitation_id": f"I{number}" if is_invited else "",
                "score": score,
                "weight": rng.choice(["", "0.25", "0.5", "1.75", "3.1"]),
                "language": rng.choice(["en", "he", ""]),
                "responded_at": written(moment),
            }
        )
    for number in range(9_000):
        sent = START + timedelta(seconds=rng.randrange(DAYS * 86_400))
        invitations.append(
            {
                "invitation_id": f"J{number}",
                "survey_id": rng.choice(list(SURVEYS)),
                "contact_id": f"C{rng.randrange(900)}",
                "is_delivered": rng.choice(["true", "false", ""]),
                "sent_at": written(sent),
            }
        )
    surveys = [
        {"survey_id": name, "survey_type": kind, "scale_min": low, "scale_max": high}
        for name, (kind, low, high) in SURVEYS.items()
    ]
    return {
        "accounts": accounts,
        "contacts": contacts,
        "tickets": tickets,
        "surveys": surveys,
        "survey_invitations": invitations,
        "survey_responses": responses,
    }


@pytest.fixture(scope="module")
def warehouse(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("voice") / "company"
    return make_company(
        folder,
        data,
        reference={"survey_scales": SCALES},
        reporting_timezone="Europe/Berlin",
        as_of=AS_OF.isoformat(),
    ).run()


def starts(day: date) -> list[tuple[str, date]]:
    monday = day - timedelta(days=day.weekday())
    quarter = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return [
        ("day", day),
        ("week", monday),
        ("month", day.replace(day=1)),
        ("quarter", quarter),
        ("year", day.replace(month=1, day=1)),
    ]


def group_of(survey: str, score: int) -> str | None:
    return next((group for low, high, group in GROUPS[survey] if low <= score <= high), None)


@pytest.fixture(scope="module")
def answers(data) -> list[dict]:
    """The answers that count, with their scopes, resolved again by hand."""
    invitation_of = {row["invitation_id"]: row for row in data["survey_invitations"]}
    ticket_of = {row["ticket_id"]: row for row in data["tickets"]}
    segment_of = {row["account_id"]: row["segment"] or None for row in data["accounts"]}
    found = []
    for row in data["survey_responses"]:
        asked = invitation_of.get(row["invitation_id"], {})
        contact, account, ticket = (
            row[name] or asked.get(name, "") for name in ("contact_id", "account_id", "ticket_id")
        )
        group = group_of(row["survey_id"], row["score"])
        if ticket and ticket_of[ticket]["is_spam"]:
            continue
        customer = account or (f"A{int(contact[1:]) % 400}" if contact else None)
        kind, low, high = SURVEYS[row["survey_id"]]
        goodness = Fraction(row["score"] - low, high - low)
        if row["survey_id"] in REVERSED:
            goodness = 1 - goodness
        first, last = USUAL[kind]
        moment = datetime.fromisoformat(row["responded_at"])
        found.append(
            {
                "id": row["response_id"],
                "type": kind,
                "group": group,
                "points": first + goodness * (last - first),
                "weight": Fraction(row["weight"] or "1"),
                "at": moment,
                "day": moment.astimezone(ZONE).date(),
                "who": contact or account or None,
                "survey": row["survey_id"],
                "segment": segment_of.get(customer) or "(none)",
                "language": row["language"] or "(none)",
                "touchpoint": "ticket" if ticket else "relationship",
                "channel": ticket_of[ticket]["channel"] if ticket else "(none)",
            }
        )
    return found


SCOPES = ("survey", "segment", "language", "touchpoint", "channel")


def by_scope(rows: list[dict]) -> dict[tuple, list[dict]]:
    cells = defaultdict(list)
    for row in rows:
        for period, start in starts(row["day"]):
            cells[period, start, "company", "company"].append(row)
            for scope in SCOPES:
                if scope in row:
                    cells[period, start, scope, row[scope]].append(row)
    return cells


def wilson(share: Fraction, n: Fraction) -> tuple[float, float]:
    share, n = float(share), float(n)
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n * n)) / (1 + Z**2 / n)
    return middle - half, middle + half


def share_of(rows: list[dict], wanted: str, weigh: bool) -> tuple:
    weights = [row["weight"] if weigh else Fraction(1) for row in rows]
    total = sum(weights)
    share = sum(w for w, row in zip(weights, rows, strict=True) if row["group"] == wanted) / total
    return share, total * total / sum(w * w for w in weights)


def rate(rows: list[dict], weigh: bool = False) -> tuple:
    share, effective = share_of(rows, "positive", weigh)
    return (share, *wilson(share, effective), len(rows))


def net(rows: list[dict], weigh: bool = False) -> tuple:
    promoters, effective = share_of(rows, "promoter", weigh)
    detractors, _ = share_of(rows, "detractor", weigh)
    value = promoters - detractors
    half = Z * math.sqrt(float((promoters + detractors - value * value) / effective))
    value = float(value)
    return 100 * value, max(100 * (value - half), -100), min(100 * (value + half), 100), len(rows)


def mean(rows: list[dict]) -> tuple:
    # The warehouse keeps points to six digits, as it publishes them.
    points = [Fraction(round(row["points"] * 1_000_000), 1_000_000) for row in rows]
    n, middle = len(points), sum(points) / len(points)
    if n < 2:
        return middle, None, None, n
    spread = math.sqrt(float(sum((p - middle) ** 2 for p in points) / (n - 1)))
    half = stats.t.ppf(0.975, n - 1) * spread / math.sqrt(n)
    return middle, float(middle) - half, float(middle) + half, n


def compare(warehouse, metric: str, expected: dict[tuple, tuple], scopes: tuple[str, ...]) -> None:
    published = {
        row[:4]: row[4:]
        for row in warehouse.rows(
            "select period, period_start, scope, scope_value, value, ci_low, ci_high, sample_size "
            "from scorecard.fct_metric_values where metric = ? and sample_size > 0 "
            "and list_contains(?, scope)",
            metric,
            ["company", *scopes],
        )
    }
    # A part of the company has days only from ten cases on.
    expected = {
        key: value
        for key, value in expected.items()
        if key[0] != "day" or key[2] == "company" or value[-1] >= 10
    }
    assert published.keys() == expected.keys()
    assert len(expected) > 1_000
    for key, ours in expected.items():
        for theirs, own in zip(published[key], ours, strict=True):
            if own is None:
                assert theirs is None, (metric, key)
            else:
                # Published are six digits: half a unit of the last one, and what doubles cannot tell.
                assert theirs == pytest.approx(float(own), abs=5.0001e-7, rel=1e-12), (metric, key)


@pytest.mark.parametrize(
    ("metric", "kind", "figure"),
    [
        ("csat", "csat", rate),
        ("csat_weighted", "csat", lambda rows: rate(rows, weigh=True)),
        ("csat_mean", "csat", mean),
        ("ease_of_doing_business", "ces", rate),
        ("ease_of_doing_business_weighted", "ces", lambda rows: rate(rows, weigh=True)),
        ("ces_mean", "ces", mean),
        ("nps", "nps", net),
        ("nps_weighted", "nps", lambda rows: net(rows, weigh=True)),
    ],
)
def test_scores(warehouse, answers, metric, kind, figure):
    rows = [row for row in answers if row["type"] == kind and row["group"]]
    cells = {key: figure(cell) for key, cell in by_scope(rows).items()}
    compare(warehouse, metric, cells, SCOPES)


def test_survey_response_rate(warehouse, data):
    answered = {}
    for row in data["survey_responses"]:
        answered.setdefault(row["invitation_id"], datetime.fromisoformat(row["responded_at"]))
    spam = {row["ticket_id"] for row in data["tickets"] if row["is_spam"]}
    counted = []
    for row in data["survey_invitations"]:
        sent = datetime.fromisoformat(row["sent_at"])
        until = sent + timedelta(days=30)
        if row.get("is_delivered") == "false" or until > AS_OF or row.get("ticket_id") in spam:
            continue
        group = "positive" if answered.get(row["invitation_id"], until) < until else "negative"
        day = sent.astimezone(ZONE).date()
        weight = Fraction(1)
        counted.append({"day": day, "survey": row["survey_id"], "group": group, "weight": weight})
    cells = {key: rate(cell) for key, cell in by_scope(counted).items()}
    compare(warehouse, "survey_response_rate", cells, ("survey",))


def test_nps_of_customers(warehouse, answers):
    rows = [row for row in answers if row["type"] == "nps" and row["group"] and row["who"]]
    by_person = defaultdict(list)
    for row in rows:
        by_person[row["who"]].append(row)
    today = AS_OF.astimezone(ZONE).date()
    days = [START.date() + timedelta(days=n) for n in range((today - START.date()).days + 1)]
    # A period is told as of its last day, the running one as of today.
    last_day = {}
    for day in days:
        for period, start in starts(day):
            last_day[period, start] = day
    periods_on = defaultdict(list)
    for key, day in last_day.items():
        periods_on[day].append(key)
    cells = defaultdict(list)
    for own in by_person.values():
        own.sort(key=lambda row: (row["at"], row["id"]))
        for day in days:
            before = [row for row in own if row["day"] <= day]
            if before and (day - before[-1]["day"]).days < 90:
                latest = before[-1]
                for period, start in periods_on[day]:
                    cells[period, start, "company", "company"].append(latest)
                    for scope in ("survey", "segment", "language"):
                        cells[period, start, scope, latest[scope]].append(latest)
    expected = {key: net(cell) for key, cell in cells.items()}
    compare(warehouse, "nps_of_customers", expected, ("survey", "segment", "language"))


def test_movements(warehouse, answers):
    place = {"negative": 1, "neutral": 2, "positive": 3, "detractor": 1, "passive": 2, "promoter": 3}
    own = defaultdict(list)
    for row in sorted(answers, key=lambda row: (row["at"], row["id"])):
        if row["group"] and row["who"]:
            own[row["who"], row["survey"]].append(row)
    expected = set()
    for rows in own.values():
        for earlier, later in pairwise(rows):
            step = place[later["group"]] - place[earlier["group"]]
            movement = "improved" if step > 0 else "worsened" if step < 0 else "unchanged"
            expected.add((later["id"], earlier["id"], movement, (later["day"] - earlier["day"]).days))
    published = set(
        warehouse.rows(
            "select later.response_id, earlier.response_id, movement, days_between "
            "from voice.fct_score_movements as moved "
            "inner join voice.fct_survey_responses as later using (survey_response_key) "
            "inner join voice.fct_survey_responses as earlier "
            "on earlier.survey_response_key = moved.previous_response_key"
        )
    )
    assert len(expected) > 5_000
    assert published == expected
