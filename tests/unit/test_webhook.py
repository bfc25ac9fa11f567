"""Signatures and payload of the webhook, checked with the reference library of Standard Webhooks."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

import worker
from tests.fakes import CREDIT, NOON, FakeSecrets, a_release, a_withdrawal, an_english_release
from worker.destinations.payload import payload
from worker.destinations.webhook import Webhook, WebhookOptions, key_of, message_id
from worker.errors import SecretError
from worker.model.article import AuthorState
from worker.model.delivery import Parcel, Release, Withdrawal
from worker.model.feed import Person
from worker.model.fetch import Request

OLD, NEW = (f"whsec_{base64.b64encode(bytes([seed]) * 32).decode()}" for seed in (7, 8))
SECRETS = FakeSecrets({"env:OLD": OLD, "env:NEW": NEW})
DELIVERY = UUID("8b6f5d1a-3c2e-4a57-9f10-0a1b2c3d4e5f")


def first_request(subject: Release | Withdrawal | None = None, now: datetime | None = None, **options: Any) -> Request:
    chosen = WebhookOptions.model_validate(
        {"url": "https://partner.example/hook?a=%2C", "secret": "env:NEW", **options}
    )
    parcel = Parcel(DELIVERY, 1, "a", subject or a_release(), chosen, SECRETS, now or datetime.now(UTC))
    return next(Webhook().send(parcel))


def verify(request: Request, secret: str = NEW, body: bytes | None = None) -> Any:
    return Verifier(secret).verify(request.body if body is None else body, dict(request.headers))


def test_the_reference_library_accepts_it() -> None:
    data = verify(first_request())
    assert data["type"] == "article.published"
    assert data["data"]["title"] == "江城代表团赴高原州对接教育协作"


def test_one_flipped_bit_anywhere_is_refused() -> None:
    request = first_request()
    assert request.body is not None
    for position in range(0, len(request.body) * 8, 97):
        broken = bytearray(request.body)
        broken[position // 8] ^= 1 << position % 8
        with pytest.raises((WebhookVerificationError, UnicodeDecodeError)):
            verify(request, body=bytes(broken))


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_changed_headers_are_refused(header: str) -> None:
    request = first_request()
    value = request.headers[header]
    # Not the very end: the last digit of base64 has bits that say nothing.
    changed = value[:-6] + ("0" if value[-6] != "0" else "1") + value[-5:]
    with pytest.raises(WebhookVerificationError):
        verify(replace(request, headers={**request.headers, header: changed}))


def test_while_keys_change_either_verifies() -> None:
    request = first_request(secrets_previous=["env:OLD"])
    assert len(request.headers["webhook-signature"].split()) == 2
    verify(request, NEW)
    verify(request, OLD)
    with pytest.raises(WebhookVerificationError):
        verify(first_request(), OLD)


@pytest.mark.parametrize("age", [-301, 301])
def test_a_stale_timestamp_is_refused(age: int) -> None:
    with pytest.raises(WebhookVerificationError):
        verify(first_request(now=datetime.fromtimestamp(time.time() - age, UTC)))


def test_the_id_is_the_delivery_and_stays_over_retries() -> None:
    early, late = first_request(now=NOON), first_request(now=NOON.replace(hour=9))
    assert early.headers["webhook-id"] == late.headers["webhook-id"] == f"msg_{DELIVERY.hex}" == message_id(DELIVERY)
    assert early.headers["webhook-timestamp"] != late.headers["webhook-timestamp"]
    assert early.body == late.body


def test_the_address_is_sent_as_written() -> None:
    assert first_request().url == "https://partner.example/hook?a=%2C"


@pytest.mark.parametrize("length", [24, 32, 64])
def test_secrets_of_the_right_length_are_taken(length: int) -> None:
    assert len(key_of("whsec_" + base64.b64encode(b"k" * length).decode())) == length


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_c2hvcnQ=", "whsec_" + "A" * 88, "whsec_not base64!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
)
def test_weak_or_odd_secrets_are_refused_with_a_recipe_and_never_repeated(secret: str) -> None:
    with pytest.raises(SecretError, match="whsec_ followed by") as refusal:
        key_of(secret)
    assert len(secret) < 8 or secret not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/",
        "https://",
        "x.example/hook",
        "https://user:pw@x.example/",
        "https://x.example/a b",
        "https://x\n.example/",
    ],
)
def test_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="must"):
        WebhookOptions(url=url, secret="env:NEW")


@pytest.mark.parametrize("timeout", [0, 31])
def test_the_timeout_has_bounds(timeout: float) -> None:
    with pytest.raises(ValidationError):
        WebhookOptions(url="https://x.example/", secret="env:NEW", timeout=timeout)


def test_a_withdrawal_carries_no_text() -> None:
    body = payload(a_withdrawal(1), "a").decode()
    assert json.loads(body)["type"] == "article.withdrawn"
    assert "代表团" not in body


def test_stand_ins_are_not_sent_as_authors() -> None:
    credit = replace(CREDIT, author_state=AuthorState.PLACEHOLDER, authors=(Person("admin"),))
    data = json.loads(payload(a_release(credit=credit), "a"))["data"]
    assert data["credit"]["authors"] == []
    assert data["credit"]["author_state"] == "placeholder"


def test_an_authors_mail_address_stays_here() -> None:
    assert b"ida@gazette.example" not in payload(an_english_release(), "a")


def test_lone_surrogates_and_control_characters_do_not_stop_a_delivery() -> None:
    body = payload(replace(a_release(), title="a\ud800b\x00c"), "a")
    assert json.loads(body)["data"]["title"] == "a?b\x00c"


def test_the_schema_refuses_a_payload_without_its_credit() -> None:
    schema = json.loads((Path(worker.__file__).parent / "static" / "webhook-payload.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    good = json.loads(payload(a_release(), "a"))
    validator.validate(good)
    for part in ("credit", "original", "notice", "operator"):
        broken = {**good, "data": {key: value for key, value in good["data"].items() if key != part}}
        assert not validator.is_valid(broken)
    for line in ("", None):
        assert not validator.is_valid(
            {**good, "data": {**good["data"], "credit": {**good["data"]["credit"], "line": line}}}
        )
    assert not validator.is_valid({**good, "type": "article.withdrawn"})
    assert not validator.is_valid({**good, "type": "article.updated"})


def test_the_receiver_in_the_docs_tells_genuine_from_forged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_A_SECRET", NEW)
    page = (Path(worker.__file__).parents[1] / "docs" / "destinations" / "webhook.md").read_text("utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    receiver: dict[str, Any] = {"__name__": "receiver"}
    exec(code, receiver)
    request = first_request()
    assert request.body is not None
    assert receiver["genuine"](request.headers, request.body)
    assert not receiver["genuine"](request.headers, request.body + b" ")
    assert not receiver["genuine"](first_request(now=NOON).headers, request.body)
