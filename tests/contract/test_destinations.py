"""What every destination kind owes the pipeline, run over each kind there is; for remote ones, as a conversation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from pydantic import ValidationError

import worker
from tests.fakes import (
    NOON,
    FakeSecrets,
    a_link,
    a_release,
    a_uyghur_release,
    a_withdrawal,
    an_english_release,
    an_excerpt,
)
from worker.destinations import KINDS, OPTIONS, Kind, RemoteKind, secret_fields, secret_references
from worker.model.delivery import Action, Answer, Parcel, Release, Result, Verdict, Withdrawal
from worker.model.fetch import FetchError, Outcome, Phase, Request
from worker.ports import Change
from worker.web.changes import said

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRETS = FakeSecrets({"env:PARTNER": SECRET})
DELIVERY = UUID("8b6f5d1a-3c2e-4a57-9f10-0a1b2c3d4e5f")
EXAMPLES: Mapping[str, dict[str, Any]] = {
    "feed": {"token": "env:FEED_TOKEN"},
    "portal": {},
    "pull": {"token": "env:PULL_TOKEN"},
    "webhook": {"url": "https://partner.example/hook", "secret": "env:PARTNER"},
}
REMOTE = {name: kind for name, kind in KINDS.items() if isinstance(kind, RemoteKind)}
SUBJECTS = {
    "published": a_release(),
    "updated": an_english_release(action=Action.UPDATE, sequence=2, version=2),
    "excerpt": an_excerpt(),
    "link": a_link(),
    "withdrawn": a_withdrawal(),
    "right to left": a_uyghur_release(),
}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture(params=sorted(REMOTE))
def remote(request: pytest.FixtureRequest) -> RemoteKind:
    return REMOTE[request.param]


def parcel_for(kind: Kind, subject: Release | Withdrawal, **changes: Any) -> Parcel:
    options = kind.options.model_validate(EXAMPLES[kind.name])
    return replace(Parcel(DELIVERY, 1, "partner-a", subject, options, SECRETS, NOON), **changes)


@dataclass
class Wire:
    """Answers every request alike and remembers them; the clock moves a second per exchange."""

    status: int | None = 200
    headers: Mapping[str, str] | None = None
    body: bytes = b"ok"
    phase: Phase = Phase.ANSWERED
    error: FetchError | None = None

    def run(self, kind: RemoteKind, parcel: Parcel) -> tuple[list[Request], Answer]:
        conversation, asked = kind.send(parcel), []
        try:
            request = next(conversation)
            while True:
                asked.append(request)
                request = conversation.send(self.answer(request))
        except StopIteration as end:
            return asked, end.value

    def answer(self, request: Request) -> Outcome:
        return Outcome(
            tag=request.tag,
            url=request.url,
            phase=self.phase,
            status=self.status if self.phase is Phase.ANSWERED else None,
            headers=self.headers or {},
            body=self.body,
            error=self.error,
            detail="told so",
            started=NOON,
            finished=NOON + timedelta(seconds=1),
        )


def test_a_kind_is_registered_under_its_own_name(kind: Kind) -> None:
    assert KINDS[kind.name] is kind
    assert OPTIONS[kind.name] is kind.options
    assert kind.local != isinstance(kind, RemoteKind)


def test_every_kind_has_its_page(kind: Kind) -> None:
    page = Path(worker.__file__).parents[1] / "docs" / "destinations" / f"{kind.name}.md"
    text = page.read_text(encoding="utf-8")
    for option in kind.options.model_fields:
        assert f"`{option}`" in text, f"docs/destinations/{kind.name}.md does not say what {option} is"


def test_unknown_options_are_refused(kind: Kind) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        kind.options.model_validate({**EXAMPLES[kind.name], "colour": "red"})


def test_a_literal_secret_is_refused_and_not_repeated(kind: Kind) -> None:
    for name in secret_fields(kind.options):
        several = isinstance(kind.options.model_fields[name].default, tuple)
        for literal in ("hunter2hunter2", "env:", "vault:x"):
            value = [literal] if several else literal
            with pytest.raises(ValidationError, match="env:NAME or file:PATH") as refusal:
                kind.options.model_validate({**EXAMPLES[kind.name], name: value})
            assert "hunter2" not in str(refusal.value)


def test_what_the_examples_refer_to_is_marked_as_secret(kind: Kind) -> None:
    referred = {name for name, value in EXAMPLES[kind.name].items() if str(value).startswith("env:")}
    assert referred <= secret_fields(kind.options), "an option that holds a secret is declared as one"


def test_secret_references_are_listed(kind: Kind) -> None:
    options = kind.options.model_validate(EXAMPLES[kind.name])
    given = {str(value) for name, value in EXAMPLES[kind.name].items() if name in secret_fields(kind.options)}
    assert set(secret_references(options)) == given


@pytest.mark.parametrize("subject", SUBJECTS)
def test_only_an_accepted_answer_is_delivered(remote: RemoteKind, subject: str) -> None:
    requests, answer = Wire(200).run(remote, parcel_for(remote, SUBJECTS[subject]))
    assert (answer.result, answer.verdict) == (Result.ACCEPTED, Verdict.DONE)
    assert answer.elapsed == 1.0
    assert all(request.follow == 0 for request in requests if request.method != "GET")
    assert all(request.deadline <= 30 for request in requests)


JUDGEMENTS = [
    (201, Result.ACCEPTED, Verdict.DONE),
    (204, Result.ACCEPTED, Verdict.DONE),
    (301, Result.REFUSED, Verdict.PARK),
    (308, Result.REFUSED, Verdict.PARK),
    (400, Result.REFUSED, Verdict.PARK),
    (401, Result.REFUSED, Verdict.HOLD_DESTINATION),
    (403, Result.REFUSED, Verdict.HOLD_DESTINATION),
    (404, Result.REFUSED, Verdict.PARK),
    (408, Result.REFUSED, Verdict.RETRY),
    (410, Result.REFUSED, Verdict.DISABLE_DESTINATION),
    (413, Result.REFUSED, Verdict.PARK),
    (422, Result.REFUSED, Verdict.PARK),
    (425, Result.REFUSED, Verdict.RETRY),
    (429, Result.REFUSED, Verdict.RETRY),
    (500, Result.REFUSED, Verdict.RETRY),
    (503, Result.REFUSED, Verdict.RETRY),
    (599, Result.REFUSED, Verdict.RETRY),
    (103, Result.UNKNOWN, Verdict.RETRY),
]


@pytest.mark.parametrize(("status", "result", "verdict"), JUDGEMENTS)
def test_what_a_status_means(remote: RemoteKind, status: int, result: Result, verdict: Verdict) -> None:
    _, answer = Wire(status).run(remote, parcel_for(remote, a_release()))
    assert (answer.result, answer.verdict, answer.status) == (result, verdict, status)
    assert answer.detail


@pytest.mark.parametrize("status", [404, 410])
def test_on_a_retract_gone_is_what_was_wanted(remote: RemoteKind, status: int) -> None:
    _, answer = Wire(status).run(remote, parcel_for(remote, a_withdrawal()))
    assert (answer.result, answer.verdict) == (Result.ACCEPTED, Verdict.DONE)


def test_a_redirect_names_its_target_and_the_cure(remote: RemoteKind) -> None:
    _, answer = Wire(301, {"location": "https://www.partner.example/hook"}).run(remote, parcel_for(remote, a_release()))
    assert "https://www.partner.example/hook" in answer.detail
    assert "url" in answer.detail


@pytest.mark.parametrize(
    ("phase", "error", "result"),
    [
        (Phase.NOT_SENT, FetchError.DNS, Result.NOT_SENT),
        (Phase.NOT_SENT, FetchError.GUARD, Result.NOT_SENT),
        (Phase.UNKNOWN, FetchError.TIMEOUT, Result.UNKNOWN),
        (Phase.UNKNOWN, FetchError.RESET, Result.UNKNOWN),
    ],
)
def test_a_broken_exchange_is_tried_again(remote: RemoteKind, phase: Phase, error: FetchError, result: Result) -> None:
    _, answer = Wire(phase=phase, error=error).run(remote, parcel_for(remote, a_release()))
    assert (answer.result, answer.verdict, answer.status) == (result, Verdict.RETRY, None)
    assert error.value in answer.detail


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 23 Nov 2026 04:05:00 GMT", 300.0),
        ("Mon, 23 Nov 2026 03:00:00 GMT", 0.0),
        ("999999999999", 86400.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("Mon, 99 Nov 2026 04:05:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(remote: RemoteKind, value: str, seconds: float | None) -> None:
    _, answer = Wire(429, {"retry-after": value}).run(remote, parcel_for(remote, a_release()))
    assert answer.retry_after == seconds


def test_an_unreadable_secret_holds_the_destination_and_sends_nothing(remote: RemoteKind) -> None:
    requests, answer = Wire().run(remote, parcel_for(remote, a_release(), resolve=FakeSecrets({})))
    assert requests == []
    assert (answer.result, answer.verdict) == (Result.NOT_SENT, Verdict.HOLD_DESTINATION)
    assert "env:PARTNER" in answer.detail


def test_a_long_answer_is_kept_short_for_people(remote: RemoteKind) -> None:
    _, answer = Wire(400, body="拒".encode() * 5000).run(remote, parcel_for(remote, a_release()))
    assert 0 < len(answer.excerpt.encode()) <= 2051


def test_a_retry_carries_the_same_content(remote: RemoteKind) -> None:
    first, _ = Wire(500).run(remote, parcel_for(remote, a_release()))
    later = parcel_for(remote, a_release(), attempt=2, now=NOON + timedelta(hours=1), last=Result.UNKNOWN)
    second, _ = Wire(200).run(remote, later)
    assert first[-1].body == second[-1].body


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_pulled_is_what_is_pushed(subject: str) -> None:
    (request,), _ = Wire().run(REMOTE["webhook"], parcel_for(KINDS["webhook"], SUBJECTS[subject]))
    assert request.body is not None
    pulled = json.loads(said(Change(7, "partner-a", SUBJECTS[subject])))
    assert pulled == {"seq": 7, **json.loads(request.body)}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_webhook_payloads_obey_the_published_schema(subject: str) -> None:
    schema = json.loads((Path(worker.__file__).parent / "static" / "webhook-payload.schema.json").read_text("utf-8"))
    (request,), _ = Wire().run(REMOTE["webhook"], parcel_for(KINDS["webhook"], SUBJECTS[subject]))
    assert request.body is not None
    jsonschema.Draft202012Validator(schema).validate(json.loads(request.body))
