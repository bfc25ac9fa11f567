"""Poll: ask due hosts politely, keep what is new.

Claims hosts while slots are free, for a window of 20 s. Each host is one lane: one request in flight, its pace between
two. Outcomes are committed in batches; a host is released as it drains, so a slow one delays only itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from random import Random
from secrets import token_hex
from typing import Protocol
from urllib.parse import urljoin

from worker import schedule
from worker.http.guard import check_url
from worker.identity.urls import host_of
from worker.model.fetch import Lane, Outcome, Phase, Request
from worker.model.polling import DueResource, Fetched, HostClaim, HostResult, NewSnapshot, Polled
from worker.ports import Clock, Hints, Http

WINDOW = 20.0
DEADLINE = 30.0
LEASE = 60.0
SLOTS = 64
PER_HOST = 50
REDIRECTED = (301, 302, 303, 307, 308)
REDIRECTS_MAX = 5
LONGEST_URL = 2000
LONGEST_ETAG = 1000  # a longer one is not kept: cut, it would be another
LONGEST_DATE = 200
LONGEST_HOST = 253
ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


class PollStore(Protocol):
    def claim(self, now: datetime, *, limit: int, lease: str, until: datetime, per_host: int) -> list[HostClaim]: ...

    def record(self, results: Sequence[HostResult], *, lease: str) -> list[NewSnapshot]: ...

    def release(self, lease: str) -> None: ...


@dataclass(slots=True)
class Tally:
    """What one run did, for its one-line result."""

    outcomes: dict[str, int] = field(default_factory=dict)

    def count(self, polled: Polled) -> None:
        word = polled.outcome.split(":", 1)[0]
        self.outcomes[word] = self.outcomes.get(word, 0) + 1

    def __str__(self) -> str:
        parts = [f"{count} {word}" for word, count in sorted(self.outcomes.items())]
        return ", ".join(parts) or "nothing was due"


@dataclass(slots=True)
class _Claimed:
    claim: HostClaim
    left: int
    polled: list[Polled] = field(default_factory=list)


class Poller:
    """One run of the poll stage. ``rng`` spreads due times; ``window`` in seconds."""

    def __init__(
        self,
        store: PollStore,
        http: Http,
        hints: Hints,
        clock: Clock,
        rng: Random,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.store, self.http, self.hints, self.clock, self.rng = store, http, hints, clock, rng
        self.stopping = stopping
        self.lease = token_hex(16)
        self.tally = Tally()
        self._claims: dict[int, _Claimed] = {}
        self._dues: dict[int, tuple[_Claimed, DueResource]] = {}

    def run(self, *, window: float = WINDOW) -> Tally:
        """Poll what is due until nothing is left or the window closes; every lease is given back."""
        closes = time.monotonic() + window
        try:
            for outcomes in self.http.stream(lambda free: self._refill(free, closes), slots=SLOTS):
                self._record(outcomes)
        finally:
            self.store.release(self.lease)
        return self.tally

    def _refill(self, free: int, closes: float) -> list[Lane]:
        if time.monotonic() >= closes or self.stopping():
            return []
        now = self.clock()
        claims = self.store.claim(
            now, limit=free, lease=self.lease, until=now + timedelta(seconds=LEASE), per_host=PER_HOST
        )
        return [self._lane(claim, closes) for claim in claims]

    def _lane(self, claim: HostClaim, closes: float) -> Lane:
        claimed = _Claimed(claim, len(claim.resources))
        self._claims[claim.id] = claimed
        for due in claim.resources:
            self._dues[due.id] = (claimed, due)
        return Lane(tuple(make_request(due) for due in claim.resources), pace=claim.pace, not_after=closes)

    def _record(self, outcomes: Sequence[Outcome]) -> None:
        touched: dict[int, _Claimed] = {}
        for outcome in outcomes:
            claimed, due = self._dues.pop(outcome.tag)
            claimed.left -= 1
            touched[claimed.claim.id] = claimed
            if outcome.phase is Phase.NOT_SENT and outcome.error == "closed":
                continue
            polled = judge(due, outcome, self.rng)
            self.tally.count(polled)
            claimed.polled.append(polled)
        now = self.clock()
        results = [self._result(claimed, now) for claimed in touched.values()]
        for snapshot in self.store.record(results, lease=self.lease):
            self.hints.ingest(snapshot.id, snapshot.source)

    def _result(self, claimed: _Claimed, now: datetime) -> HostResult:
        claim = claimed.claim
        result = HostResult(
            host=claim.id,
            domain=claim.domain,
            polled=tuple(claimed.polled),
            next_request_at=now + timedelta(seconds=claim.pace),
            release=claimed.left == 0,
        )
        claimed.polled.clear()
        if claimed.left == 0:
            del self._claims[claim.id]
        return result


def make_request(due: DueResource) -> Request:
    """The conditional request for a resource: validators byte for byte as they came."""
    headers = {"Accept": ACCEPT}
    if due.etag is not None:
        headers["If-None-Match"] = due.etag
    if due.last_modified is not None:
        headers["If-Modified-Since"] = due.last_modified
    return Request(tag=due.id, url=due.url, headers=headers, deadline=DEADLINE, follow=REDIRECTS_MAX)


def judge(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    """What one outcome changes in its resource's row. Pure but for ``rng``, which spreads the next due time."""
    if outcome.phase is not Phase.ANSWERED or outcome.status is None:
        return _failed(
            due, outcome, f"{outcome.error}: {outcome.detail}" if outcome.detail else f"{outcome.error}", rng
        )
    if outcome.status == 304:
        return _settled(due, outcome, "unchanged: 304", None, due.body_hash, rng)
    if outcome.status in REDIRECTED:
        return _redirected(due, outcome, rng)
    if outcome.status != 200 or len(outcome.url) > LONGEST_URL:
        why = f"HTTP {outcome.status}" if outcome.status != 200 else "redirected to an address too long to keep"
        return _failed(due, outcome, f"refused: {why}", rng)
    body_hash = blake2b(outcome.body, digest_size=16).digest()
    if body_hash == due.body_hash:
        return _settled(due, outcome, "unchanged: same body", None, body_hash, rng)
    fetched = Fetched(
        url=outcome.url,
        content_type=outcome.headers.get("content-type", "")[:200] or None,
        headers=_evidence(outcome.headers),
        body=outcome.body,
        at=outcome.finished,
    )
    return _settled(due, outcome, f"new body: {len(outcome.body)} bytes", fetched, body_hash, rng)


def _evidence(headers: Mapping[str, str]) -> dict[str, str]:
    """The answer's headers as evidence, bounded, without what could be a session of ours."""
    kept = [(name, value[:500]) for name, value in headers.items() if name != "set-cookie"]
    return dict(kept[:40])


def _settled(
    due: DueResource, outcome: Outcome, words: str, fetched: Fetched | None, body_hash: bytes | None, rng: Random
) -> Polled:
    """A good answer replaces both validators: by what a 200 sent or did not send, by what a 304 sent if it did."""
    unchanged = outcome.status == 304
    hints = schedule.hints(outcome.headers, outcome.finished)
    floor = schedule.floor(hints, kept=due.floor if unchanged else 0, hint_cap=due.hint_cap)
    return Polled(
        resource=due.id,
        at=outcome.finished,
        due_at=schedule.next_poll(outcome.finished, every=due.every, floor=floor, rng=rng),
        ask=due.own_url,
        etag=_kept(outcome.headers.get("etag", due.etag if unchanged else None), LONGEST_ETAG),
        last_modified=_kept(
            outcome.headers.get("last-modified", due.last_modified if unchanged else None), LONGEST_DATE
        ),
        body_hash=body_hash,
        floor=floor,
        failures=0,
        redirects=0,
        outcome=words,
        moved=host_of(due.own_url) != host_of(due.url),
        fetched=fetched,
    )


def _kept(validator: str | None, longest: int) -> str | None:
    return validator if validator is None or len(validator) <= longest else None


def _target(outcome: Outcome) -> str | None:
    """Where a redirect leads, None when that is no address to ask."""
    try:
        target = urljoin(outcome.url, outcome.headers.get("location", "").strip())
    except ValueError:
        return None
    if check_url(target) is not None or len(target) > LONGEST_URL or target == outcome.url:
        return None
    host = host_of(target)
    return target if host is not None and len(host) <= LONGEST_HOST else None


def _redirected(due: DueResource, outcome: Outcome, rng: Random) -> Polled:
    """To another host: it is asked when its own lease is held. Within the host redirects were followed already."""
    target = _target(outcome)
    if target is None or due.redirects >= REDIRECTS_MAX:
        named = outcome.headers.get("location", "")[:120] or "nowhere"
        return _failed(due, outcome, f"refused: redirect to {named} not followed", rng)
    return Polled(
        resource=due.id,
        at=outcome.finished,
        due_at=outcome.finished,
        ask=target,
        etag=due.etag,
        last_modified=due.last_modified,
        body_hash=due.body_hash,
        floor=due.floor,
        failures=due.failures,
        redirects=due.redirects + 1,
        outcome=f"redirected: to {host_of(target)}",
        moved=True,
    )


def _failed(due: DueResource, outcome: Outcome, words: str, rng: Random) -> Polled:
    """Nothing usable came: back off, keep everything else, go back to the source's own address."""
    failures = due.failures + 1
    hints = schedule.hints(outcome.headers, outcome.finished) if outcome.status in (429, 503) else None
    wait = hints.retry_after if hints is not None else None
    due_at = schedule.after_failure(
        outcome.finished, every=due.every, failures=failures, status=outcome.status, retry_after=wait, rng=rng
    )
    pause = None
    if outcome.status == 429:
        pause = schedule.pause_until(outcome.finished, wait)
    return Polled(
        resource=due.id,
        at=outcome.finished,
        due_at=due_at,
        ask=due.own_url,
        etag=due.etag,
        last_modified=due.last_modified,
        body_hash=due.body_hash,
        floor=due.floor,
        failures=failures,
        redirects=0,
        outcome=words,
        moved=host_of(due.own_url) != host_of(due.url),
        pause=pause,
    )
