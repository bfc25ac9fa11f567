"""Telling people: a message goes to a webhook, signed, or to an e-mail address. One attempt each; what came of it is a
value."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol
from uuid import UUID

from worker.destinations.webhook import key_of, sign
from worker.errors import SecretError
from worker.http.mail import compose, send
from worker.model.alerts import Message, Told
from worker.model.catalog import Alerts
from worker.model.fetch import Outcome, Request
from worker.model.mail import MailServer

WEBHOOK: Final = "webhook"
SECONDS = 10.0
ANSWER_BYTES = 64 * 1024


class Fetcher(Protocol):
    """What is needed of ``worker.http.client.Http``."""

    def fetch(self, request: Request) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Tellers:
    """Whom ``[alerts]`` names, and the means to tell them. ``server`` None: there is no mail (NEWSROAD_SMTP_URL)."""

    rules: Alerts
    http: Callable[[], Fetcher]
    resolve: Callable[[str], str]
    clock: Callable[[], datetime]
    server: MailServer | None = None
    sender: str | None = None

    def recipients(self) -> tuple[str, ...]:
        """``webhook`` and e-mail addresses, in the order of the file."""
        return (*((WEBHOOK,) if self.rules.webhook else ()), *dict.fromkeys(self.rules.emails))

    def tell(self, recipient: str, message: Message, name: UUID, made_at: datetime) -> Told:
        """One attempt. ``name`` is the message's own id for this recipient, the same on every attempt."""
        if recipient == WEBHOOK:
            return self._post(message, name, made_at)
        return self._mail(recipient, message, name, made_at)

    def _post(self, message: Message, name: UUID, made_at: datetime) -> Told:
        if self.rules.webhook is None:
            return Told(ok=False, detail="[alerts] names no webhook any more")
        body = json.dumps(
            {
                "type": message.type,
                "timestamp": made_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                "data": {"subject": message.subject, "text": message.text, **message.facts},
            },
            ensure_ascii=False,
        ).encode()
        headers = {"content-type": "application/json"}
        if self.rules.secret is not None:
            try:
                keys = [key_of(self.resolve(self.rules.secret))]
            except SecretError as error:
                return Told(ok=False, detail=str(error))
            headers |= sign(keys, f"msg_{name.hex}", self.clock(), body)
        else:
            headers["webhook-id"] = f"msg_{name.hex}"
        request = Request(0, self.rules.webhook, "POST", headers, body, SECONDS, ANSWER_BYTES)
        return _judged(self.http().fetch(request))

    def _mail(self, address: str, message: Message, name: UUID, made_at: datetime) -> Told:
        if self.server is None or self.sender is None:
            return Told(ok=False, detail="no mail server: set NEWSROAD_SMTP_URL and NEWSROAD_SMTP_FROM")
        try:
            mail = compose(
                sender=self.sender,
                to=address,
                subject=message.subject,
                text=message.text,
                name=f"{name.hex}.alerts",
                at=made_at,
            )
        except ValueError:
            return Told(ok=False, detail="NEWSROAD_SMTP_FROM or the address is no e-mail address")
        problem = send(self.server, mail)
        return Told(ok=problem is None, detail=problem or f"taken by {self.server.host}")


def _judged(outcome: Outcome) -> Told:
    if outcome.status is None:
        return Told(ok=False, detail=f"no answer: {outcome.detail}")
    return Told(ok=200 <= outcome.status < 300, detail=f"answered {outcome.status}")
