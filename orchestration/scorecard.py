"""The short scorecard: the published metrics of the last complete month, as a manager reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

# In the order of the two questions; a metric that the company cannot have is left out.
SHOWN = (
    "ticket_volume",
    "ticket_backlog",
    "unanswered_tickets",
    "first_response_time_median",
    "first_response_time_p90",
    "full_resolution_time_median",
    "full_resolution_time_p90",
    "sla_compliance_rate",
    "first_contact_resolution_rate",
    "reopen_rate",
    "service_level",
    "abandonment_rate",
    "average_handle_time",
    "cost_per_ticket",
    "csat",
    "nps",
    "ease_of_doing_business",
    "sentiment_score",
    "detractor_follow_up_rate",
    "active_customers",
    "churn_rate",
    "recurring_revenue",
    "net_revenue_retention_rate",
    "repeat_purchase_rate",
    "share_of_wallet_offerings",
    "share_of_wallet_spend",
    "customer_lifetime_value",
    "service_roi",
)
BARS = "▁▂▃▄▅▆▇█"


MARKS = {"met": "✓", "missed": "✗", "cannot_tell": "?", "too_few": "–"}


@dataclass(frozen=True)
class Change:
    """What a value differs by from an earlier one; `is_real` where it is more than noise."""

    difference: float | None
    is_real: bool
    before: float | None


@dataclass(frozen=True)
class Line:
    """A metric of one month with its target; `history` has up to twelve months, oldest first."""

    name: str
    unit: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    sample_size: int
    is_too_few: bool
    target: float | None
    status: str | None
    change: Change
    year_change: Change
    history: tuple[float | None, ...]


def read_scorecard(database: Path, language: str) -> tuple[dict[str, str], list[Line]]:
    """Return the company with its `as_of` and `month`, and the scorecard's lines.

    Read from the published file alone; `month` is the last complete one with any metric. Names are in
    `language` where the catalogue has it, else in English.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        name, currency, as_of = connection.execute(
            "select company_name, reporting_currency, strftime(as_of_at, '%Y-%m-%d %H:%M') "
            "from scorecard.dim_company"
        ).fetchone()
        (month,) = connection.execute(
            "select max(period_start) from scorecard.fct_metric_values "
            "where period = 'month' and is_complete and scope = 'company' and sample_size > 0"
        ).fetchone()
        rows = connection.execute(
            """
            select
                scores.metric,
                coalesce(translated.name, labels.name) as name,
                labels.unit,
                value, ci_low, ci_high, sample_size, is_too_few, target, status,
                change, coalesce(is_change_real, false), previous_value,
                year_change, coalesce(is_year_change_real, false), year_before_value,
                history
            from scorecard.fct_scorecard as scores
            inner join scorecard.dim_metrics as labels
                on scores.metric = labels.metric and labels.language = 'en'
            left join scorecard.dim_metrics as translated
                on scores.metric = translated.metric and translated.language = $2
            where period = 'month' and scope = 'company' and period_start = $1
            """,
            [month, language],
        ).fetchall()
    lines = {
        metric: Line(*columns, Change(*change), Change(*year_change), tuple(history or ()))
        for metric, *columns, history, change, year_change in (
            (*row[:10], row[16], row[10:13], row[13:16]) for row in rows
        )
    }
    company = {
        "name": name,
        "currency": currency,
        "as_of": as_of,
        "month": month.strftime("%B %Y") if month else "no complete month yet",
    }
    return company, [lines[metric] for metric in SHOWN if metric in lines]


def shown(value: float | None, unit: str) -> str:
    """Return a value as a person reads it: hours and minutes, percent, points, money; a dash for null."""
    if value is None:
        return "–"
    if unit in ("share", "ratio"):
        return f"{value:.1%}"
    if unit == "days":
        return f"{value:,.1f} d"
    if unit == "points":
        return f"{value:+.1f}"
    if unit == "money":
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.2f}"
    if unit == "score":
        return f"{value:+.2f}"
    if unit == "seconds":
        if value < 3_600:
            return f"{value / 60:.0f} min"
        return f"{value / 3_600:.1f} h" if value < 48 * 3_600 else f"{value / 86_400:.1f} d"
    return f"{value:,.0f}"


def _change(change: Change, unit: str) -> str:
    """Return a change as a person reads it; an asterisk where it is more than noise."""
    if change.difference is None:
        return "–"
    mark = "*" if change.is_real else " "
    if unit in ("share", "ratio"):
        return f"{change.difference * 100:+.1f} pp{mark}"
    if unit == "points":
        return f"{change.difference:+.1f}{mark}"
    if unit == "score":
        return f"{change.difference:+.2f}{mark}"
    return f"{change.difference / abs(change.before):+.0%}{mark}" if change.before else "–"


def _target(line: Line) -> str:
    if line.target is None:
        return ""
    return f"{shown(line.target, line.unit)} {MARKS.get(line.status or '', ' ')}"


def _trend(history: tuple[float | None, ...]) -> str:
    present = [value for value in history if value is not None]
    if not present:
        return ""
    low, high = min(present), max(present)
    width = (high - low) or 1
    return "".join(
        " " if value is None else BARS[int((value - low) / width * (len(BARS) - 1))] for value in history
    )


def print_scorecard(database: Path, console: Console, language: str = "en") -> None:
    """Print the scorecard of a published file."""
    company, lines = read_scorecard(database, language)
    table = Table(
        title=f"{company['name']}: {company['month']}",
        caption=(
            f"as of {company['as_of']} UTC; 95 % intervals; ✓ target met, ✗ missed, ? cannot tell; "
            "* more than noise; trend of twelve months"
        ),
        title_justify="left",
        caption_justify="left",
        pad_edge=False,
        padding=(0, 1, 0, 0),
        box=SIMPLE_HEAD,
    )
    for column in ("Metric", "Value", "95 % interval", "Cases", "Target", "On month", "On year"):
        table.add_column(column, justify="left" if column == "Metric" else "right", no_wrap=True)
    table.add_column("Trend", no_wrap=True)
    for line in lines:
        interval = "–"
        if line.ci_low is not None and line.ci_high is not None:
            interval = f"{shown(line.ci_low, line.unit)} … {shown(line.ci_high, line.unit)}"
        table.add_row(
            line.name,
            "too few" if line.is_too_few and line.sample_size else shown(line.value, line.unit),
            interval,
            f"{line.sample_size:,}",
            _target(line),
            _change(line.change, line.unit),
            _change(line.year_change, line.unit),
            _trend(line.history),
        )
    console.print(table)
