"""What tests need to start a server on loopback."""

from __future__ import annotations

import socket
from email.message import Message as Mail

from aiosmtpd.handlers import Message


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mailbox(Message):
    """What a mail server on loopback received."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Mail] = []

    def handle_message(self, message: Mail) -> None:
        self.mails.append(message)
