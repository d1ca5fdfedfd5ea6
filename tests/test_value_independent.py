"""Retention, revenue, cohorts, survival and share of wallet a second time, in plain Python.

Shares no code with the models: what each of the 400 customers of tests/value_company.py has every morning is
told from the raw rows, and a period is the difference of two mornings. Money is exact, rounded half up.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest
from scipy import stats

from tests.companies import make_company
from tests.value_company import (
    AS_OF,
    FIRST,
    ON_SALE,
    ONE_DAY,
    TODAY,
    ZONE,
    month_after,
    value_company,
    written,
)

# Mornings from the first day on; the last one is tomorrow's, which ends the running periods.
DAYS = range((TODAY - FIRST).days + 2)
Z = 1.959963984540054
CENT = Decimal("0.01")
RATES = {"EUR": Decimal(1), "": Decimal(1), "USD": Decimal("0.9")}


def day_of(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(ZONE).date()


def has_happened(moment: str) -> bool:
    return moment != "" and datetime.fromisoformat(moment) <= AS_OF


def euros(amount: str, currency: str) -> Decimal:
    return (Decimal(amount) * RATES[currency]).quantize(CENT, ROUND_HALF_UP)


@pytest.fixture(scope="module")
def data() -> dict[str, list[dict]]:
    return value_company()


@pytest.fixture(scope="module")
def warehouse(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("value") / "company"
    rates = [{"currency": "USD", "to_currency": "EUR", "valid_from": "2020-01-01", "rate": "0.9"}]
    options = {"reporting_timezone": "Europe/Berlin", "reporting_currency": "EUR", "as_of": written(AS_OF)}
    return make_company(folder, data, reference={"exchange_rates": rates}, **options).run()


def on_sale_at(n: int) -> set[str]:
    day = (FIRST + timedelta(days=n)).isoformat()
    return {name for name, (begin, end) in ON_SALE.items() if begin < day and (end == "-" or end >= day)}


ON_SALE_AT = [on_sale_at(n) for n in DAYS]


class Customer:
    """What one account bought and is under contract for; events after `as_of` are left out."""

    def __init__(self, account_id: str):
        self.places = {"account_id": account_id}
        self.purchases: dict[date, Decimal] = defaultdict(Decimal)
        self.contracts: list[tuple[date, date | None, Decimal, str]] = []
        self.lines: list[tuple[date, str, Decimal, bool]] = []

    def finish(self) -> Customer:
        """Its state on every morning: whether it is active, monthly revenue, offerings in use."""
        first = min((start for start, *_ in self.contracts), default=None)
        self.joined = min([*self.purchases, *[first][: first is not None]], default=None)
        # Who never bought and never had a contract is neither.
        kind = "(none)" if not self.joined else "contractual" if first else "non_contractual"
        self.scopes = [("company", "company"), ("relationship", kind)]
        for scope in ("segment", "region", "country", "industry"):
            self.scopes.append((scope, self.places.get(scope) or "(none)"))
        self.active = [False for _ in DAYS]
        self.using = [set() for _ in DAYS]
        self.revenue = {basis: [Decimal(0) for _ in DAYS] for basis in ("subscriptions", "purchases")}
        for start, end, amount, offering in self.contracts:
            for n in DAYS[at(start) + 1 : at(end or TODAY + ONE_DAY) + 1]:
                self.using[n].add(offering)
            # A contract that another one follows within a week was renewed, and counts until that one starts.
            following = min((other for other, *_ in self.contracts if end and other > end), default=None)
            if following and (following - end).days <= 7:
                end = following
            for n in DAYS[at(start) + 1 : at(end or TODAY + ONE_DAY) + 1]:
                self.active[n] = True
                self.revenue["subscriptions"][n] += amount
        for day, amount in self.purchases.items():
            monthly = (amount * Decimal("30.4375") / 180).quantize(CENT, ROUND_HALF_UP)
            for n in DAYS[at(day) + 1 : at(day) + 181]:
                self.revenue["purchases"][n] += monthly
                self.active[n] |= first is None or FIRST + timedelta(days=n) <= first
        for day, offering, _, is_use in self.lines:
            for n in DAYS[at(day) + 1 : at(day) + 366] if is_use else ():
                self.using[n].add(offering)
        self.using = [using & on_sale for using, on_sale in zip(self.using, ON_SALE_AT, strict=True)]
        return self


@pytest.fixture(scope="module")
def customers(data) -> list[Customer]:
    names = {row["account_id"] for rows in data.values() for row in rows if "account_id" in row}
    found = {name: Customer(name) for name in sorted(names)}
    for row in data["accounts"]:
        found[row["account_id"]].places = row
    kept = {}
    for row in data["orders"]:
        if row["status"] in ("placed", "fulfilled") and has_happened(row["ordered_at"]):
            row = kept[row["order_id"]] = {**row, "day": day_of(row["ordered_at"])}
            if Decimal(row["net_amount"]) >= 0:
                amount = euros(row["net_amount"], row["currency"])
                found[row["account_id"]].purchases[row["day"]] += amount
    for row in data["order_lines"]:
        if order := kept.get(row["order_id"]):
            is_credit = min(Decimal(order["net_amount"]), Decimal(row["net_amount"])) < 0
            amount = euros(row["net_amount"], order["currency"])
            line = (order["day"], row["offering_id"], amount, row["quantity"] > 0 and not is_credit)
            found[order["account_id"]].lines.append(line)
    for row in data["subscriptions"]:
        if has_happened(row["started_at"]):
            end = day_of(row["ended_at"]) if has_happened(row["ended_at"]) else None
            amount = euros(row["monthly_amount"], row["currency"])
            contract = (day_of(row["started_at"]), end, amount, row["offering_id"])
            found[row["account_id"]].contracts.append(contract)
    return [customer.finish() for customer in found.values()]


def all_periods() -> list[tuple[str, date, date]]:
    """Periods, their first day and the first day of the next one."""
    days = [FIRST + timedelta(days=n) for n in DAYS[:-1]]
    found = [("day", day, day + ONE_DAY) for day in days]
    found += [("week", day, day + 7 * ONE_DAY) for day in days if day.weekday() == 0]
    for period, months in (("month", 1), ("quarter", 3), ("year", 12)):
        begins = [month_after(FIRST, n) for n in range(0, 24, months)]
        found += [(period, begin, month_after(begin, months)) for begin in begins]
    return found


PERIODS = all_periods()
PERIOD_KEYS = "period, period_start, scope, scope_value"
COHORT_KEYS = "cohort_month, scope, scope_value, age_months"


def at(day: date) -> int:
    """Place of a day's morning; tomorrow's stands for all later ones."""
    return (min(day, TODAY + ONE_DAY) - FIRST).days


def add(cell: dict, counts: dict) -> None:
    for name, count in counts.items():
        cell[name] += count


def cells(events: list[tuple[Customer, date]]) -> dict[tuple, dict]:
    """Empty cells of every period from the first event in a scope on; an event is a customer and a day."""
    first = {}
    for customer, day in events:
        for scope in customer.scopes:
            first[scope] = min(day, first.get(scope, day))
    return {
        (period, begin, *scope): defaultdict(int, is_complete=end <= TODAY)
        for scope, day in first.items()
        for period, begin, end in PERIODS
        if end > day
    }


def by_age(joined: date) -> list[tuple[tuple, int, bool]]:
    """Cohort and age, the morning after and whether the month is over, from the month of joining on."""
    months = [(begin, end) for period, begin, end in PERIODS if period == "month" and end > joined]
    return [((months[0][0], age), at(end), end <= TODAY) for age, (_, end) in enumerate(months)]


def rate(name: str, k: int, n: int) -> dict:
    """A share with Wilson's interval; what is no share, because k is no part of n, has none."""
    found = {name: k / n if n else None, f"{name}_ci_low": None, f"{name}_ci_high": None}
    if 0 < n >= k:
        middle = (k / n + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z * math.sqrt(k * (n - k) / n**3 + Z**2 / (4 * n * n)) / (1 + Z**2 / n)
        found |= {f"{name}_ci_low": middle - half, f"{name}_ci_high": middle + half}
    return found


def mean(name: str, values: list, least: float = -math.inf, most: float = math.inf) -> dict:
    """A mean with Student's interval, within what is possible."""
    n = len(values)
    found = {name: statistics.fmean(values) if n else None, f"{name}_ci_low": None, f"{name}_ci_high": None}
    if n > 1:
        half = float(stats.t.ppf(0.975, n - 1)) * statistics.stdev(values) / math.sqrt(n)
        found[f"{name}_ci_low"] = max(found[name] - half, least)
        found[f"{name}_ci_high"] = min(found[name] + half, most)
    return found


def ratio(part: Decimal, whole: Decimal) -> float | None:
    return float(part) / float(whole) if whole else None


def compare(warehouse, table: str, keys: str, expected: dict, where="true", left_out=()) -> None:
    """Every row, and every column but those left out."""
    size, columns = len(keys.split(", ")), sorted({name for cell in expected.values() for name in cell})
    described = [row[0] for row in warehouse.rows(f"describe value.{table}")]
    assert sorted([*columns, *keys.split(", "), *left_out]) == sorted(described)
    rows = warehouse.rows(f"select {keys}, {', '.join(columns)} from value.{table} where {where}")
    published = {row[:size]: row[size:] for row in rows}
    assert len(rows) == len(published) > 100
    assert published.keys() == expected.keys()
    for key, cell in expected.items():
        for name, theirs in zip(columns, published[key], strict=True):
            own = cell[name]
            near = 0.02 if name in ("spend", "estimated_spend") else 1e-6 if isinstance(own, float) else 0
            is_none = theirs is None or own is None
            is_same = theirs is own if is_none else abs(float(theirs) - float(own)) <= near
            assert is_same, (table, key, name, theirs, own)


def test_retention(warehouse, customers):
    joined = [customer for customer in customers if customer.joined]
    found = cells([(customer, customer.joined) for customer in joined])
    for customer in joined:
        for period, begin, end in PERIODS:
            was, is_now = customer.active[at(begin)], customer.active[at(end)]
            is_first = begin <= customer.joined < end
            counts = {
                "customers_at_start": was,
                "customers_new": not was and is_now and is_first,
                "customers_reactivated": not was and is_now and not is_first,
                "customers_churned": was and not is_now,
                "customers_retained": was and is_now,
                "customers_joined_and_left": is_first and not is_now,
                "active_customers": is_now,
            }
            for scope in customer.scopes if any(counts.values()) else ():
                add(found[period, begin, *scope], counts)
    for cell in found.values():
        cell |= rate("churn_rate", cell["customers_churned"], cell["customers_at_start"])
        cell |= rate("retention_rate", cell["customers_retained"], cell["customers_at_start"])
    compare(warehouse, "fct_retention_metrics", PERIOD_KEYS, found)


def test_purchases(warehouse, customers):
    found = cells([(customer, day) for customer in customers for day in customer.purchases])
    pauses = defaultdict(list)
    for customer in customers:
        bought, days = customer.purchases, sorted(customer.purchases)
        for period, begin, end in PERIODS if days else ():
            inside = [day for day in days if begin <= day < end]
            counts = {
                "new_buyers": days[0] in inside,
                "repeat_purchases": sum(day > days[0] for day in inside),
                "repeat_purchase_value": sum(bought[day] for day in inside if day > days[0]),
                "purchase_value": sum(bought[day] for day in inside),
                "buyers": days[0] < end,
                "repeat_buyers": len(days) > 1 and days[1] < end,
            }
            for scope in customer.scopes if days[0] < end else ():
                add(found[period, begin, *scope], counts)
                between = [(later - earlier).days for earlier, later in pairwise(days) if later in inside]
                pauses[period, begin, *scope] += between
    for key, cell in found.items():
        cell |= rate("repeat_purchase_rate", cell["repeat_buyers"], cell["buyers"])
        cell["days_between_purchases_count"] = len(pauses[key])
        cell["days_between_purchases_sum"] = sum(pauses[key]) or None
        cell |= mean("days_between_purchases_mean", pauses[key])
    compare(warehouse, "fct_purchase_metrics", PERIOD_KEYS, found)


@pytest.mark.parametrize("basis", ["subscriptions", "purchases"])
def test_revenue_movements(warehouse, customers, basis):
    days = [
        [*who.purchases] if basis == "purchases" else [row[0] for row in who.contracts] for who in customers
    ]
    found = cells([(who, day) for who, own in zip(customers, days, strict=True) for day in own])
    kinds = ("new", "reactivated", "expansion", "contraction", "churned")
    for customer in customers:
        revenue = customer.revenue[basis]
        for period, begin, end in PERIODS:
            opening, closing = revenue[at(begin)], revenue[at(end)]
            kind = "expansion" if closing > opening else "contraction"
            if not opening and closing:
                kind = "reactivated" if any(revenue[: at(begin) + 1]) else "new"
            elif not closing:
                kind = "churned"
            change = abs(closing - opening)
            counts = {
                "customers_at_start": opening > 0,
                "customers_at_end": closing > 0,
                "customers_expanded": change > 0 and kind == "expansion",
                "customers_contracted": change > 0 and kind == "contraction",
                "customers_churned": change > 0 and kind == "churned",
                "opening_revenue": opening,
                "closing_revenue": closing,
                **{f"{name}_revenue": change if kind == name else 0 for name in kinds},
            }
            for scope in customer.scopes if opening or closing else ():
                add(found[period, begin, *scope], counts)
    for cell in found.values():
        opening, lost = cell["opening_revenue"], cell["churned_revenue"] + cell["contraction_revenue"]
        cell["revenue_churn_rate"] = ratio(lost, opening)
        cell["net_revenue_retention_rate"] = ratio(opening + cell["expansion_revenue"] - lost, opening)
    compare(warehouse, "fct_revenue_movements", PERIOD_KEYS, found, f"basis = '{basis}'", ["basis"])


def test_revenue_adds_up(warehouse):
    rows = warehouse.rows(
        "select basis, period, scope, scope_value, opening_revenue, opening_revenue + new_revenue "
        "+ reactivated_revenue + expansion_revenue - contraction_revenue - churned_revenue, closing_revenue "
        "from value.fct_revenue_movements order by basis, period, scope, scope_value, period_start"
    )
    assert len(rows) > 10_000
    assert [row for row in rows if row[5] != row[6]] == []
    assert [both for both in pairwise(rows) if both[0][:4] == both[1][:4] and both[0][6] != both[1][4]] == []


def test_retention_cohorts(warehouse, customers):
    found = defaultdict(lambda: defaultdict(int))
    for customer in customers:
        active, revenue = customer.active, customer.revenue["subscriptions"]
        ages = by_age(customer.joined) if customer.joined else []
        for (cohort, age), n, is_complete in ages:
            counts = {
                "customers_joined": 1,
                "customers_at_start": active[ages[0][1]],
                "customers_active": active[n],
                "recurring_revenue_at_start": revenue[ages[0][1]],
                "recurring_revenue": revenue[n],
            }
            for scope in customer.scopes[:3]:
                add(found[cohort, *scope, age], counts)
                found[cohort, *scope, age]["is_complete"] = is_complete
    for cell in found.values():
        cell |= rate("active_share", cell["customers_active"], cell["customers_at_start"])
        cell["revenue_share"] = ratio(cell["recurring_revenue"], cell["recurring_revenue_at_start"])
    compare(warehouse, "fct_retention_cohorts", COHORT_KEYS, found)


def test_repeat_purchase_cohorts(warehouse, customers):
    found = defaultdict(lambda: defaultdict(int))
    for customer in customers:
        days = sorted(customer.purchases)
        for (cohort, age), n, is_complete in by_age(days[0]) if days else ():
            repeats = [customer.purchases[day] for day in days[1:] if at(day) < n]
            counts = {"buyers": 1, "repeat_buyers": len(repeats) > 0, "repeat_purchases": len(repeats)}
            for scope in (customer.scopes[0], customer.scopes[2]):
                add(found[cohort, *scope, age], {**counts, "repeat_purchase_value": sum(repeats)})
                found[cohort, *scope, age]["is_complete"] = is_complete
    for cell in found.values():
        cell |= rate("repeat_purchase_rate", cell["repeat_buyers"], cell["buyers"])
    compare(warehouse, "fct_repeat_purchase_cohorts", COHORT_KEYS, found)


def test_survival(warehouse, customers):
    lives = []
    for customer in (customer for customer in customers if customer.joined):
        begin = at(customer.joined)
        gone = next((n for n in DAYS[begin + 1 :] if not customer.active[n]), None)
        lives.append((customer, begin, at(TODAY) if gone is None else gone - 1, gone is not None))
    # Observed from the day on which one in twenty of those who left had left.
    leaving_days = sorted(end for *_, end, has_left in lives if has_left)
    observed = leaving_days[math.ceil(len(leaving_days) / 20) - 1]
    found = {}
    for scope in {scope for customer in customers for scope in customer.scopes[:3]}:
        # Age of entry, which is before the first day for who joined later, age at the end, whether it left.
        rows = [
            (max(observed - begin, 0) - 1, end - begin, has_left)
            for customer, begin, end, has_left in lives
            if scope in customer.scopes and not (has_left and end < observed)
        ]
        for age in range(0, max((days for _, days, _ in rows), default=-1) + 1, 30):
            left = Counter(days for _, days, has_left in rows if has_left and days <= age)
            survival, variance, bounds = 1.0, 0.0, (None, None)
            for day, leaving in sorted(left.items()):
                at_risk = sum(entry < day <= days for entry, days, _ in rows)
                if leaving == at_risk and any(days > day for _, days, _ in rows):
                    # All who are observed leave, but others are known for longer: that tells nothing.
                    continue
                survival *= 1 - leaving / at_risk
                variance += leaving / (at_risk * (at_risk - leaving)) if leaving < at_risk else 0
            if 0 < survival < 1:
                spread = Z * math.sqrt(variance) / abs(math.log(survival))
                bounds = survival ** math.exp(spread), survival ** math.exp(-spread)
            at_risk = sum(entry < age <= days for entry, days, _ in rows)
            cell = {"customers_at_risk": at_risk, "customers_left": left.total(), "survival": survival}
            found[(*scope, age)] = cell | {"survival_ci_low": bounds[0], "survival_ci_high": bounds[1]}
    compare(warehouse, "fct_survival_curve", "scope, scope_value, age_days", found)


SPEND = ["customers_estimated", "spend", "estimated_spend", "share_of_wallet_spend"]
SHARE = "share_of_wallet_offerings"
USE = ["customers_using", "offerings_available", "offerings_used", "offerings_open_to_customers"]
USE += [SHARE, f"{SHARE}_ci_low", f"{SHARE}_ci_high"]


def test_wallet_offerings(warehouse, customers):
    used_by = defaultdict(list)
    for customer in customers:
        for period, begin, end in PERIODS:
            used = len(customer.using[at(end)])
            for scope in customer.scopes if used else ():
                used_by[period, begin, *scope].append(used)
    found = {}
    for period, begin, end in PERIODS:
        for scope in {key[2:] for key in used_by}:
            used, available = used_by[period, begin, *scope], len(ON_SALE_AT[at(end)])
            if used:
                counts = (len(used), available, sum(used), len(used) * available)
                shares = mean(SHARE, [own / available for own in used], least=0.0, most=1.0)
                cell = {**dict(zip(USE[:4], counts, strict=True)), **shares, "is_complete": end <= TODAY}
                found[period, begin, *scope] = cell
    compare(warehouse, "fct_wallet_metrics", PERIOD_KEYS, found, "customers_using > 0", left_out=SPEND)


def test_wallet_spend(warehouse, customers, data):
    customer_of = {customer.places["account_id"]: customer for customer in customers}
    category_of = {row["offering_id"]: row["category"] for row in data["offerings"]}
    estimates, estimated = defaultdict(dict), defaultdict(set)
    for row in data["wallet_estimates"]:
        start = date.fromisoformat(row["period_start"])
        estimates[row["account_id"], row["category"]][start] = euros(row["estimated_spend"], row["currency"])
    found = defaultdict(lambda: defaultdict(int))
    for (account, category), rows in estimates.items():
        lines = [line for line in customer_of[account].lines if category_of.get(line[1]) == category]
        contracts = [row for row in customer_of[account].contracts if category_of.get(row[3]) == category]
        for start, following in pairwise([*sorted(rows), date.max]):
            last_day = 28 if (start.month, start.day) == (2, 29) else start.day
            year_on = start.replace(year=start.year + 1, day=last_day)
            a_day = rows[start] / (year_on - start).days
            for period, begin, end in PERIODS:
                first, stop = max(start, begin), min(year_on, following, end, TODAY + ONE_DAY)
                spend = float(sum(amount for day, _, amount, _ in lines if first <= day < stop))
                for began, ended, monthly, _ in contracts:
                    days = (min(ended or stop, stop) - max(began, first)).days
                    spend += float(monthly) / 30.4375 * max(days, 0)
                if period in ("month", "quarter", "year") and first < stop:
                    for scope in [*customer_of[account].scopes, ("category", category)]:
                        cell = found[period, begin, *scope]
                        add(cell, {"spend": spend, "estimated_spend": float(a_day) * (stop - first).days})
                        cell["is_complete"] = end <= TODAY
                        estimated[period, begin, *scope].add(account)
    for key, cell in found.items():
        cell["customers_estimated"] = len(estimated[key])
        cell["share_of_wallet_spend"] = ratio(cell["spend"], cell["estimated_spend"])
    # Estimates reach back before the first purchase, to where no morning is told.
    where = f"customers_estimated > 0 and period_start >= '{FIRST}'"
    compare(warehouse, "fct_wallet_metrics", PERIOD_KEYS, found, where, left_out=USE)
