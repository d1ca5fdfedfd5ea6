"""The printed scorecard says what is published, the way a person reads it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from orchestration.scorecard import print_scorecard, read_scorecard, shown


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "share", "–"),
        (0.0523, "share", "5.2%"),
        (-24.69, "points", "-24.7"),
        (90, "seconds", "2 min"),
        (7_200, "seconds", "2.0 h"),
        (4 * 86_400, "seconds", "4.0 d"),
        (1_234, "count", "1,234"),
        (68.75, "money", "68.75"),
    ],
)
def test_values_read_as_a_person_writes_them(value, unit, text):
    assert shown(value, unit) == text


def test_the_scorecard_shows_the_last_complete_month_with_the_year_before(demo):
    company, lines = read_scorecard(demo.settings.published_database, "en")
    assert company["month"] == "June 2026"
    volume = demo.metric("ticket_volume", "month")
    (line,) = (line for line in lines if line.name == "Ticket volume")
    assert line.value == volume["2026-06-01", "company"]["value"]
    assert line.change.before == volume["2026-05-01", "company"]["value"]
    assert line.year_change.before == volume["2025-06-01", "company"]["value"]
    assert len(line.history) == 12


def test_the_scorecard_is_printed_in_the_companys_language(demo):
    console = Console(width=140, record=True, file=io.StringIO())
    print_scorecard(demo.settings.published_database, console, "he")
    assert "נפח פניות" in console.export_text()
