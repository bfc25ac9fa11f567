"""One delivery by hand: render, sign and send as the deliver stage does, and keep what was said for people to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from worker.destinations import RemoteKind
from worker.model.delivery import Action, Answer, Parcel
from worker.model.fetch import Outcome, Request

MASK = "••••"
_PRIVATE = ("authorization", "cookie", "token", "secret", "password", "api-key", "apikey")
_SHOWN = 4000  # characters of a body

Fetch = Callable[[Request], Outcome]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it would be sent, secrets masked."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str

    def lines(self) -> list[str]:
        """As people are shown it."""
        headers = (f"{name}: {value}" for name, value in self.headers.items())
        return [f"{self.method} {self.url}", *headers, *self.body.splitlines()]


@dataclass(frozen=True, slots=True)
class Exchanged(Asked):
    """One request as it was sent, and what came back. ``elapsed`` in seconds."""

    status: int | None
    error: str | None
    detail: str
    answer_headers: Mapping[str, str]
    answer_body: str
    elapsed: float


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one test delivery. ``outcome`` is the last exchange's, None when nothing was sent."""

    action: Action
    exchanges: tuple[Exchanged, ...]
    answer: Answer
    outcome: Outcome | None


@dataclass(slots=True)
class Secrets:
    """Resolves references and remembers what they hid, so that it can be hidden again."""

    resolve: Callable[[str], str]
    known: list[str] = field(default_factory=list)

    def __call__(self, reference: str) -> str:
        value = self.resolve(reference)
        self.known += [part for part in (value, value.removeprefix("whsec_")) if len(part) >= 4]
        return value

    def mask(self, text: str) -> str:
        for value in self.known:
            text = text.replace(value, MASK)
        return text


def try_out(kind: RemoteKind, parcel: Parcel, fetch: Fetch) -> Tried:
    """Make the conversation of one delivery. ``parcel.resolve`` should be a ``Secrets``, or nothing is masked but
    headers that are private by name."""
    mask = _mask_of(parcel)
    exchanges: list[Exchanged] = []
    outcome: Outcome | None = None
    conversation = kind.send(parcel)
    try:
        request = next(conversation)
        while True:
            outcome = fetch(request)
            exchanges.append(_exchanged(request, outcome, mask))
            request = conversation.send(outcome)
    except StopIteration as end:
        return Tried(parcel.action, tuple(exchanges), end.value, outcome)


def asked(kind: RemoteKind, parcel: Parcel) -> Asked | Answer:
    """The first request of a delivery, or the answer that it has without one. Nothing is sent."""
    conversation = kind.send(parcel)
    try:
        request = next(conversation)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    conversation.close()
    return _masked(request, _mask_of(parcel))


def _mask_of(parcel: Parcel) -> Callable[[str], str]:
    return parcel.resolve.mask if isinstance(parcel.resolve, Secrets) else str


def _masked(request: Request, mask: Callable[[str], str]) -> Asked:
    body = mask(_text(request.body or b""))
    return Asked(request.method, mask(request.url), _headers(request.headers, mask), body)


def _exchanged(request: Request, outcome: Outcome, mask: Callable[[str], str]) -> Exchanged:
    said = _masked(request, mask)
    return Exchanged(
        method=said.method,
        url=said.url,
        headers=said.headers,
        body=said.body,
        status=outcome.status,
        error=outcome.error.value if outcome.error else None,
        detail=outcome.detail,
        answer_headers=_headers(outcome.headers, mask),
        answer_body=mask(_text(outcome.body)),
        elapsed=(outcome.finished - outcome.started).total_seconds(),
    )


def _headers(headers: Mapping[str, str], mask: Callable[[str], str]) -> dict[str, str]:
    return {name: _header(name, mask(value)) for name, value in headers.items()}


def _header(name: str, value: str) -> str:
    """A signature stays: it is no secret, and what a receiver's own is compared with."""
    private = any(part in name.lower() for part in _PRIVATE)
    scheme, space, rest = value.partition(" ")
    return (f"{scheme} {MASK}" if space and rest else MASK) if private else value


def _text(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"
