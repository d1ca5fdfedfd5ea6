"""The short scorecard: the published metrics of the last complete month, as a manager reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
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


@dataclass(frozen=True)
class Line:
    """A metric of one month; earlier values are of the months before it, oldest first."""

    name: str
    unit: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    sample_size: int
    is_too_few: bool
    previous: float | None
    year_before: float | None
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
                values_.metric,
                coalesce(translated.name, labels.name) as name,
                labels.unit,
                last(value order by period_start) as value,
                last(ci_low order by period_start) as ci_low,
                last(ci_high order by period_start) as ci_high,
                last(sample_size order by period_start) as sample_size,
                last(is_too_few order by period_start) as is_too_few,
                max(value) filter (where period_start = cast($1 as date) - interval 1 month) as previous,
                max(value) filter (where period_start = cast($1 as date) - interval 1 year) as year_before,
                list(value order by period_start) filter (
                    where period_start > cast($1 as date) - interval 1 year
                ) as history
            from scorecard.fct_metric_values as values_
            inner join scorecard.dim_metrics as labels
                on values_.metric = labels.metric and labels.language = 'en'
            left join scorecard.dim_metrics as translated
                on values_.metric = translated.metric and translated.language = $2
            where period = 'month' and scope = 'company' and period_start <= $1
            group by all
            """,
            [month, language],
        ).fetchall()
    lines = {row[0]: Line(*row[1:10], tuple(row[10] or ())) for row in rows}
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


def _change(line: Line, before: float | None) -> str:
    if line.value is None or before is None or line.is_too_few:
        return "–"
    if line.unit in ("share", "ratio"):
        return f"{(line.value - before) * 100:+.1f} pp"
    if line.unit == "points":
        return f"{line.value - before:+.1f}"
    if line.unit == "score":
        return f"{line.value - before:+.2f}"
    return f"{line.value / before - 1:+.0%}" if before else "–"


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
        caption=f"as of {company['as_of']} UTC; 95 % intervals; trend of the last twelve months",
        title_justify="left",
        caption_justify="left",
        pad_edge=False,
    )
    for column in ("Metric", "Value", "95 % interval", "Cases", "Month before", "Year before"):
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
            _change(line, line.previous),
            _change(line, line.year_before),
            _trend(line.history),
        )
    console.print(table)
