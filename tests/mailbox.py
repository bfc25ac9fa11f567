"""A mail server on loopback that keeps what it takes: aiosmtpd, on a port of its own."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """``answers`` are given to the next messages, one by one; then they are taken. ``user`` and ``password``: who may
    hand in, under TLS only."""

    user: str | None = None
    password: str = ""
    port: int = 0
    answers: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.taken.append(found)
        self.recipients.append(envelope.rcpt_tos)
        return "250 taken"

    def check(self, server: Any, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self.logins.append(login.login.decode())
        right = (login.login.decode(), login.password.decode()) == (self.user, self.password)
        return AuthResult(success=right, handled=False)


class _OnAnyPort(Controller):
    """It asks itself whether it is up, at the port it was told; 0 is none."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mailbox(*, tls: ssl.SSLContext | None = None, user: str | None = None, password: str = "") -> Iterator[Mailbox]:
    """A mail server on 127.0.0.1, with STARTTLS when there is ``tls``."""
    box = Mailbox(user, password)
    more: dict[str, Any] = {"tls_context": tls, "require_starttls": tls is not None}
    if user is not None:
        more |= {"authenticator": box.check, "auth_required": True}
    controller = _OnAnyPort(box, hostname="127.0.0.1", port=0, **more)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()
