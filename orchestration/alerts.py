"""Alerts: what the newest snapshot says that somebody should hear, and who is told.

Whether a rule rings is decided by the models (scorecard.fct_alerts); here it is read and passed on. Each
alert is told once; one that could not be delivered is tried again at the next publication.
"""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import duckdb

from orchestration.settings import Alerts, Email, Settings

TIMEOUT_SECONDS = 20


class DeliveryError(RuntimeError):
    """Nobody could be told; the message is one line."""


@dataclass(frozen=True)
class Alert:
    """An alert of a period that ended lately; `rows_query` finds the rows behind it in the published file."""

    alert_key: str
    metric: str
    period: str
    period_start: str
    scope: str
    scope_value: str
    kind: str
    value: float
    expected: float
    message: str
    rows_query: str

    @property
    def rule(self) -> str:
        """The rule that rings, as its asset check is named."""
        return rule_name(self.metric, self.period, self.scope, self.kind)


def rule_name(metric: str, period: str, scope: str, kind: str) -> str:
    """Return the name of the asset check of a rule."""
    return "_".join(("alert", metric, period, scope, kind))


def recent_alerts(settings: Settings) -> list[Alert]:
    """Return the alerts of periods that ended in the last days before as_of, the newest first.

    A change for the better is none, though scorecard.fct_alerts has it.
    """
    with duckdb.connect(str(settings.published_database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        rows = connection.execute(
            """
            select
                alert_key, metric, period, strftime(period_start, '%Y-%m-%d'), scope, scope_value, kind,
                value, expected, message, rows_query
            from scorecard.fct_alerts
            where coalesce(is_worse, true)
                and period_end > (
                    select cast(timezone(reporting_timezone, as_of_at) as date) - cast(? as integer)
                    from scorecard.dim_company
                )
            order by period_end desc, metric, scope, scope_value, kind
            """,
            [settings.company.alerts.days],
        ).fetchall()
    return [Alert(*row) for row in rows]


def tell(settings: Settings, alerts: Sequence[Alert]) -> int:
    """Tell those whom the company file names of the alerts they have not heard of; return how many.

    Raises `DeliveryError` where one of them could not be reached; they are then all told again.
    """
    channels = settings.company.alerts
    if channels.webhook is None and channels.email is None:
        return 0
    told = settings.alerts_told
    known = set(told.read_text(encoding="utf-8").split()) if told.is_file() else set()
    new = [alert for alert in alerts if alert.alert_key not in known]
    if not new:
        return 0
    _deliver(channels, settings, new)
    told.parent.mkdir(parents=True, exist_ok=True)
    with told.open("a", encoding="utf-8") as file:
        file.writelines(f"{alert.alert_key}\n" for alert in new)
    return len(new)


def _deliver(channels: Alerts, settings: Settings, alerts: Sequence[Alert]) -> None:
    company = settings.company.name
    text = "\n\n".join(f"{alert.message}\n{alert.rows_query}" for alert in alerts)
    if channels.webhook is not None:
        content = {
            "text": f"{company}\n\n{text}",
            "company": company,
            "alerts": [asdict(each) for each in alerts],
        }
        _post(channels.webhook, content)
    if channels.email is not None:
        _mail(
            channels.email, f"{company}: {_in_short(alerts)}", f"{text}\n\nin {settings.published_database}\n"
        )


def _in_short(alerts: Sequence[Alert]) -> str:
    others = f", and {len(alerts) - 1} more" if len(alerts) > 1 else ""
    return f"{alerts[0].metric} {alerts[0].period_start}{others}"


def _post(url: str, content: object) -> None:
    request = urllib.request.Request(
        url, json.dumps(content).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
            pass
    except (http.client.HTTPException, OSError) as error:
        host = urlsplit(url).hostname
        raise DeliveryError(f"alerts.webhook: {host} did not take the alerts: {error}") from None


def _mail(email: Email, subject: str, text: str) -> None:
    server = urlsplit(email.server)
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, email.sender, ", ".join(email.to)
    message.set_content(text)
    host, port, trusted = server.hostname or "", server.port or 0, ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=trusted)
            if server.scheme == "smtps"
            else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        ) as client:
            client.ehlo()
            is_secret = server.scheme == "smtps"
            if not is_secret and client.has_extn("starttls"):
                client.starttls(context=trusted)
                is_secret = True
            if server.username and not is_secret:
                raise DeliveryError(f"alerts.email: {host} offers no TLS; the password was not sent")
            if server.username:
                client.login(unquote(server.username), unquote(server.password or ""))
            client.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        reason = " ".join(str(error).split())
        raise DeliveryError(f"alerts.email: {server.hostname} did not take the alerts: {reason}") from None
