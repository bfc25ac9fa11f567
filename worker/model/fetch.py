"""Asking a publisher's host for a resource: requests, the lanes they queue in, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP exchange to make. ``url`` is sent byte for byte as given (never re-encoded).

    ``deadline`` bounds connect, headers and body together, in seconds. ``max_bytes`` bounds the decoded body.
    ``follow`` is how many redirects within the same host (``name:port`` and scheme) may be followed; 0 on every write.
    ``tag`` is the caller's own id, handed back in the outcome.
    """

    tag: int
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    deadline: float = 30.0
    max_bytes: int = 10 * 1024 * 1024
    follow: int = 0


@dataclass(frozen=True, slots=True)
class Lane:
    """Requests that run one after the other, ``pace`` seconds from the start of one to the start of the next.

    Lanes run side by side. ``not_after`` (monotonic seconds, as ``time.monotonic``) is the last moment a request of
    this lane may still start; later ones come back as ``NOT_SENT`` with error ``lane closed``, and so do those after
    an outcome that ``ends`` the lane (called on the loop's thread: pure and quick). ``cut_at`` (likewise) is when what
    is in flight is cut short of its deadline and comes back as ``UNKNOWN`` with the same error: that says nothing of
    the host.
    """

    requests: tuple[Request, ...]
    pace: float = 0.0
    not_after: float | None = None
    cut_at: float | None = None
    ends: Callable[[Outcome], bool] | None = None


class Phase(StrEnum):
    """How far an exchange came. What was not sent is safe to repeat; what is unknown is not."""

    NOT_SENT = "not_sent"  # failed before the first byte of the request was written (DNS, refused, guard, TLS)
    UNKNOWN = "unknown"  # written, but no complete answer (reset, timeout, oversized, broken encoding)
    ANSWERED = "answered"  # a complete answer arrived


class FetchError(StrEnum):
    """Why there is no usable answer."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    GUARD = "guard"  # the address is one we refuse to talk to
    TIMEOUT = "timeout"
    RESET = "reset"  # connection lost or protocol broken
    TOO_LARGE = "too_large"
    RATIO = "ratio"  # decompressed more than 100:1
    ENCODING = "encoding"  # an unasked, stacked or corrupt Content-Encoding
    BAD_URL = "bad_url"
    REDIRECTS = "redirects"  # more redirects within the host than allowed
    CLOSED = "closed"  # the lane ended before this request could start, or was cut while it was in flight


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request.

    ``url`` is the address that answered (after redirects within the host). ``hops`` are ``(status, location)`` of
    every redirect followed. ``headers`` have lower-case names, repeated ones joined with ``", "``. ``body`` is decoded
    (gzip removed); ``packed`` is the same as it came, where that was one stream of gzip and shorter. A redirect to
    another host, or any 3xx with ``follow=0``, is an ANSWERED outcome with that 3xx status. ``error`` is None exactly
    when phase is ANSWERED. ``started`` and ``finished`` are aware UTC.
    """

    tag: int
    url: str
    phase: Phase
    status: int | None
    headers: Mapping[str, str]
    body: bytes
    error: FetchError | None
    detail: str
    started: datetime
    finished: datetime
    hops: tuple[tuple[int, str], ...] = ()
    remote_address: str | None = None
    packed: bytes | None = None
