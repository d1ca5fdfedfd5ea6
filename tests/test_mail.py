"""Alerts by mail: a password travels over TLS or not at all."""

from __future__ import annotations

import ssl

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from orchestration.alerts import Alert, DeliveryError, _deliver
from orchestration.settings import Alerts, load_settings
from tests.servers import Mailbox, free_port
from tests.test_settings import company

ALERT = Alert(
    "k", "csat", "month", "2026-05-01", "company", "company", "target", 0.5, 0.7, "CSAT fell.", "select 1"
)


@pytest.fixture
def deliver(tmp_path):
    """Sends an alert with user and password to a server on loopback; returns its mails and who logged in."""
    servers = []

    def send(**options) -> tuple[list, list]:
        mailbox, logins, port = Mailbox(), [], free_port()

        def login(server, session, envelope, mechanism, data):
            logins.append((data.login, data.password, session.ssl is not None))
            return AuthResult(success=True)

        server = Controller(
            mailbox, hostname="127.0.0.1", port=port, authenticator=login, auth_require_tls=False, **options
        )
        server.start()
        servers.append(server)
        email = {
            "server": f"smtp://user:s%20cret@localhost:{port}",
            "sender": "a@example.com",
            "to": ["b@example.com"],
        }
        settings = load_settings(company(tmp_path, alerts={"email": email}))
        _deliver(Alerts(email=email), settings, [ALERT])
        return mailbox.mails, logins

    yield send
    for server in servers:
        server.stop()


def test_the_password_goes_over_tls_where_the_server_offers_it(deliver, tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    mails, logins = deliver(tls_context=context)
    assert [mail["Subject"] for mail in mails] == ["Test: csat 2026-05-01"]
    assert logins == [(b"user", b"s cret", True)]


def test_a_server_that_nobody_vouches_for_gets_no_password(deliver):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with pytest.raises(DeliveryError, match=r"localhost did not take the alerts: .*certificate"):
        deliver(tls_context=context)


def test_a_server_without_tls_gets_no_password(deliver):
    with pytest.raises(DeliveryError, match="localhost offers no TLS; the password was not sent"):
        deliver()
