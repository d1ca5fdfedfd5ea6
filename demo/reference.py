"""The company's own reference data: when it is open, and what it promised to whom."""

from __future__ import annotations

import csv
from pathlib import Path

from demo.service import PRIORITIES, RESOLUTION_TARGET_HOURS
from demo.stories import TRAINING

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
# Public holidays of Berlin; on two days the desk closes at 14:00.
HOLIDAYS = {
    "New Year's Day": ("2025-01-01", "2026-01-01"),
    "International Women's Day": ("2025-03-08", "2026-03-08"),
    "Good Friday": ("2025-04-18", "2026-04-03"),
    "Easter Monday": ("2025-04-21", "2026-04-06"),
    "Labour Day": ("2025-05-01", "2026-05-01"),
    "Liberation Day": ("2025-05-08",),
    "Ascension Day": ("2025-05-29", "2026-05-14"),
    "Whit Monday": ("2025-06-09", "2026-05-25"),
    "German Unity Day": ("2024-10-03", "2025-10-03"),
    "Christmas Day": ("2024-12-25", "2025-12-25"),
    "Second Day of Christmas": ("2024-12-26", "2025-12-26"),
}
SHORT_DAYS = {"Christmas Eve": ("2024-12-24", "2025-12-24"), "New Year's Eve": ("2024-12-31", "2025-12-31")}
# Minutes to a first reply by priority, lowest first; the desk promised less before July 2025.
FIRST_REPLY_MINUTES = (960, 480, 180, 60)
FIRST_REPLY_MINUTES_BEFORE = (1_440, 720, 240, 60)
FIRST_REPLY_TIGHTENED_ON = "2025-07-01"
TARGETS_RAISED_ON = "2026-01-01"


def write_reference(folder: Path) -> None:
    """Write the calendars, holidays, promises and targets of the company as CSV to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)

    def write(name: str, columns: str, rows: list[dict[str, object]]) -> None:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns.split(","), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    berlin = {"timezone": "Europe/Berlin"}
    desk = {"calendar": "service_desk", **berlin}
    field = {"calendar": "field_service", **berlin}
    write(
        "business_calendars",
        "calendar,timezone,weekday,opens,closes_weekday,closes,valid_from,valid_to",
        [
            *({**desk, "weekday": day, "opens": "08:00", "closes": "20:00"} for day in WEEK),
            # Saturdays were added in 2025.
            {**desk, "weekday": "saturday", "opens": "09:00", "closes": "14:00", "valid_from": "2025-01-01"},
            *({**field, "weekday": day, "opens": "07:00", "closes": "12:00"} for day in WEEK),
            *({**field, "weekday": day, "opens": "13:00", "closes": "16:00"} for day in WEEK),
        ],
    )
    write(
        "holidays",
        "calendar,holiday_on,name,opens,closes",
        [
            {"calendar": calendar, "holiday_on": day, "name": name, "closes": closes}
            for calendar in ("service_desk", "field_service")
            for days, closes in ((HOLIDAYS, ""), (SHORT_DAYS, "14:00"))
            for name, dates in days.items()
            for day in dates
        ],
    )
    write(
        "team_calendars",
        "team,calendar,valid_from,valid_to",
        [
            {"team": "*", "calendar": "service_desk"},
            {"team": "Field service", "calendar": "field_service"},
        ],
    )
    standard = {"position": 20, "policy": "Standard"}
    enterprise = {"position": 10, "policy": "Enterprise", "segment": "enterprise"}
    write(
        "sla_policies",
        "position,policy,sla_metric,priority,channel,segment,category,team,target_minutes,calendar,"
        "valid_from,valid_to",
        [
            *(
                {"position": 5, "policy": "Live", "sla_metric": "first_reply", "channel": channel}
                | {"target_minutes": 60, "calendar": "24x7"}
                for channel in ("phone", "chat")
            ),
            {**enterprise, "sla_metric": "first_reply", "target_minutes": 240},
            {**enterprise, "sla_metric": "next_reply", "target_minutes": 360},
            {**enterprise, "sla_metric": "periodic_update", "target_minutes": 2_880, "calendar": "24x7"},
            *(
                {**standard, "sla_metric": "first_reply", "priority": priority, "target_minutes": minutes}
                | {name: FIRST_REPLY_TIGHTENED_ON}
                for name, targets in (
                    ("valid_to", FIRST_REPLY_MINUTES_BEFORE),
                    ("valid_from", FIRST_REPLY_MINUTES),
                )
                for priority, minutes in zip(PRIORITIES, targets, strict=True)
            ),
            {**standard, "sla_metric": "next_reply", "target_minutes": 720},
            *(
                {**standard, "sla_metric": "resolution", "priority": priority, "calendar": "24x7"}
                | {"target_minutes": int(hours) * 60}
                for priority, hours in zip(PRIORITIES, RESOLUTION_TARGET_HOURS, strict=True)
            ),
        ],
    )
    write(
        "metric_targets",
        "metric,period,scope,scope_value,target,target_to,stretch,valid_from,valid_to",
        [
            {"metric": "sla_compliance_rate", "target": 0.85, "stretch": 0.95, "valid_to": TARGETS_RAISED_ON},
            {
                "metric": "sla_compliance_rate",
                "target": 0.9,
                "stretch": 0.95,
                "valid_from": TARGETS_RAISED_ON,
            },
            {"metric": "sla_compliance_rate", "scope": "team", "target": 0.85},
            {"metric": "first_contact_resolution_rate", "target": 0.6, "stretch": 0.75},
            {"metric": "first_response_time_median", "target": 3_600, "stretch": 1_800},
            {"metric": "service_level", "target": 0.8},
            {"metric": "abandonment_rate", "target": 0.1},
            {"metric": "csat", "target": 0.65, "stretch": 0.8},
            {"metric": "csat", "scope": "team", "target": 0.65},
            {
                "metric": "csat",
                "scope": "team",
                "scope_value": "Billing",
                "target": 0.75,
                "valid_from": TRAINING.on,
            },
            {"metric": "nps", "target": 10, "stretch": 30},
            {"metric": "detractor_follow_up_rate", "target": 0.5},
            {"metric": "churn_rate", "period": "month", "target": 0.02},
            {"metric": "agent_utilisation", "target": 0.1, "target_to": 0.3},
        ],
    )
