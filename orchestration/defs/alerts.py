"""Alerts: a check on the publication for each rule of `alert_rules`; none holds anything back."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import dagster as dg

from orchestration.alerts import DeliveryError, recent_alerts, rule_name, tell
from orchestration.defs.publishing import PUBLISHED_KEY
from orchestration.progress import say, step
from orchestration.settings import Settings

DELIVERY = "alerts_delivered"


def alert_checks(settings: Settings) -> dg.AssetChecksDefinition:
    """Return a check for each rule of alert_rules, and one of whether those to be told could be reached."""
    with (settings.seeds / "alert_rules.csv").open(encoding="utf-8-sig", newline="") as file:
        rules = {
            rule_name(row["metric"], row["period"], row["scope"], row["kind"]): row
            for row in csv.DictReader(file)
        }
    specs = [
        dg.AssetCheckSpec(
            name,
            asset=PUBLISHED_KEY,
            blocking=False,
            description=" ".join(row[key] for key in ("metric", "period", "scope", "kind", "threshold")),
        )
        for name, row in rules.items()
    ]
    specs.append(
        dg.AssetCheckSpec(
            DELIVERY, asset=PUBLISHED_KEY, description="Those to be told of alerts were reached."
        )
    )

    @dg.multi_asset_check(name="alerts", specs=specs)
    def alerts() -> Iterator[dg.AssetCheckResult]:
        problem = None
        with step("alerts") as remarks:
            recent = recent_alerts(settings)
            try:
                told = tell(settings, recent)
                remarks.append(f"{len(recent)} recent" + (f", {told} new ones told" if told else ""))
            except DeliveryError as error:
                problem = str(error)
                remarks.append(f"{len(recent)} recent; {problem}")
        for alert in recent:
            say(f"    {alert.message}")
        for name in rules:
            ringing = [alert for alert in recent if alert.rule == name]
            yield dg.AssetCheckResult(
                asset_key=PUBLISHED_KEY,
                check_name=name,
                passed=not ringing,
                severity=dg.AssetCheckSeverity.WARN,
                description="; ".join(alert.message for alert in ringing) or None,
                metadata={alert.alert_key: alert.rows_query for alert in ringing},
            )
        yield dg.AssetCheckResult(
            asset_key=PUBLISHED_KEY,
            check_name=DELIVERY,
            passed=problem is None,
            severity=dg.AssetCheckSeverity.WARN,
            description=problem,
        )

    return alerts
