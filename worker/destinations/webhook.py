"""Kind ``webhook``: signed POSTs as Standard Webhooks has them (https://www.standardwebhooks.com, spec 1.0)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import Field, field_validator

from worker.destinations.answers import judge
from worker.destinations.kind import Options, Secret, Secrets
from worker.destinations.payload import payload
from worker.destinations.signs import AnswerOptions, read_signs
from worker.errors import SecretError
from worker.model.delivery import Answer, Parcel, Result, Verdict
from worker.model.fetch import Outcome, Request

_ANSWER_BYTES = 1024 * 1024
_KEY_BYTES = range(24, 65)


class WebhookOptions(AnswerOptions):
    """``secrets_previous`` sign beside ``secret`` while a partner changes keys. ``timeout`` in seconds bounds connect,
    send and the whole answer."""

    url: str = Field(max_length=2000)
    secret: Secret
    secrets_previous: Secrets = Field(default=(), max_length=10)
    timeout: float = Field(default=20.0, ge=1, le=30)

    @field_validator("url")
    @classmethod
    def _http_only(cls, url: str) -> str:
        scheme, mark, rest = url.partition("://")
        if scheme.lower() not in {"http", "https"} or not mark or not rest.strip("/"):
            raise ValueError("must begin with https:// (or http:// inside your own network) and name a host")
        if "@" in rest.split("/", 1)[0]:
            raise ValueError("must not carry a name or password; the signature is what proves who sends")
        if any(character.isspace() or not character.isprintable() for character in url):
            raise ValueError("must not contain spaces or control characters")
        return url


def message_id(delivery: UUID) -> str:
    """``webhook-id``: one per delivery, the same on every attempt, so that a receiver can drop a repeat."""
    return f"msg_{delivery.hex}"


def key_of(secret: str) -> bytes:
    """The 24 to 64 key bytes in ``whsec_`` + base64. Raises SecretError, which never repeats the secret."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith("whsec_") or len(key) not in _KEY_BYTES:
        raise SecretError(
            "a webhook secret must be whsec_ followed by the base64 of 24 to 64 random bytes; "
            "make one with: python -c \"import base64,os;print('whsec_'+base64.b64encode(os.urandom(32)).decode())\""
        )
    return key


def sign(keys: Sequence[bytes], message: str, now: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt: ``id.timestamp.body`` under HMAC-SHA256, one ``v1`` signature per key."""
    stamp = str(int(now.timestamp()))
    signed = f"{message}.{stamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii") for key in keys)
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


@dataclass(frozen=True, slots=True)
class Webhook:
    name: str = "webhook"
    local: bool = False
    options: type[Options] = WebhookOptions

    def send(self, parcel: Parcel) -> Generator[Request, Outcome, Answer]:
        """One POST. The id is stable, so sending again after an unknown outcome is safe and needs no look before."""
        options = parcel.options
        if not isinstance(options, WebhookOptions):
            raise TypeError(f"webhook options expected, not {type(options).__name__}")
        try:
            keys = [key_of(parcel.resolve(reference)) for reference in (options.secret, *options.secrets_previous)]
        except SecretError as error:
            # Nothing was sent and nothing will be: every delivery to this destination waits for the same cure.
            return Answer(Result.NOT_SENT, Verdict.HOLD_DESTINATION, detail=str(error))
        body = payload(parcel.subject, parcel.destination)
        headers = {"content-type": "application/json", **sign(keys, message_id(parcel.delivery), parcel.now, body)}
        outcome = yield Request(0, options.url, "POST", headers, body, options.timeout, _ANSWER_BYTES)
        return read_signs(judge(outcome, parcel.action, parcel.now), outcome, options)
