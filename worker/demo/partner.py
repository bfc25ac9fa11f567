"""A partner on loopback: receives webhooks, checks their signatures (Standard Webhooks) and keeps a ledger.

The check is written here from the specification, apart from the sender's code, so that the two prove each other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from worker.demo.site import Document, LocalServer, Question

TOLERANCE = 300  # seconds a timestamp may be off, either way (Standard Webhooks, "verifying webhooks")


@dataclass(frozen=True, slots=True)
class Received:
    """One webhook: its id (``webhook-id``), its payload, whether its signature held, the status it was answered with.

    ``at`` is a Unix time in seconds.
    """

    id: str
    payload: dict[str, Any]
    signed: bool
    status: int
    at: float
    headers: Mapping[str, str]


Verify = Callable[[bytes, Mapping[str, str], Sequence[str]], bool]
"""Takes body, lower-case headers and the secrets (``whsec_…``) in force."""


def verify(body: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, now: float | None = None) -> bool:
    """Whether one of the listed ``v1`` signatures over ``id.timestamp.body`` was made with one of ``secrets``."""
    identifier, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not identifier or not stamp.isdigit() or abs((now or time.time()) - int(stamp)) > TOLERANCE:
        return False
    signed = f"{identifier}.{stamp}.".encode() + body
    given = [one.removeprefix("v1,") for one in headers.get("webhook-signature", "").split() if one.startswith("v1,")]
    for secret in secrets:
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            continue
        ours = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        if any(hmac.compare_digest(ours, one.encode()) for one in given):
            return True
    return False


class Partner(LocalServer):
    """A webhook receiver. It answers 401 to a bad signature, else ``next_answers`` one by one, else 204.

    ``ledger`` holds everything that came, oldest first.
    """

    def __init__(self, secrets: Sequence[str], *, check: Verify = verify) -> None:
        super().__init__()
        self.secrets = list(secrets)
        self.ledger: list[Received] = []
        self.next_answers: list[Document] = []
        self._check = check

    def answer(self, question: Question) -> Document:
        if question.method != "POST":
            raise LookupError(question.path)
        headers, body = question.headers, question.body
        signed = self._check(body, headers, self.secrets)
        with self.changed:
            document = self._next() if signed else Document(b"signature does not hold\n", "text/plain", status=401)
            payload = json.loads(body) if signed else {}
            arrived = Received(headers.get("webhook-id", ""), payload, signed, document.status, time.time(), headers)
            self.ledger.append(arrived)
        return document

    def _next(self) -> Document:
        return self.next_answers.pop(0) if self.next_answers else Document(b"", status=204)

    def accepted(self) -> list[Received]:
        """What was taken (2xx), oldest first, each webhook id once."""
        with self.changed:
            first = {one.id: one for one in reversed(self.ledger) if 200 <= one.status < 300}
            return sorted(first.values(), key=lambda one: one.at)
