"""Poll: ask due hosts politely, keep what is new.

A host whose pages are due is first asked for its robots.txt, once a day; what that forbids is not asked at all.

Claims hosts while slots are free. Each host is one lane: one request in flight, its pace between two. Outcomes are
committed in batches; a host is released as it drains, so a slow one delays only itself.

A run ends 50 s after it began, when what was asked in its window has had its whole deadline. It goes on claiming nearly
as long: to wait for hosts that hang, and do nothing else, would cost all others more than half of the time. What hangs
at the end is cut, which changes nothing: still due, and due before all others, it is what the next run asks first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from secrets import token_hex
from typing import Protocol

from worker.model.feed import Role
from worker.model.fetch import FetchError, Lane, Outcome, Request
from worker.model.polling import DueResource, HostClaim, HostResult, NewSnapshot, Polled, RobotsRead
from worker.pipeline.judge import DEADLINE, ends_lane, judge, make_request
from worker.pipeline.judge_media import forbidden_media, judge_media
from worker.pipeline.judge_page import forbidden, judge_page
from worker.pipeline.robots import judge_robots, pace_of, robots_request, rules_of
from worker.ports import Clock, Hints, Http

WINDOW = 20.0  # seconds; what is asked in it has its whole deadline
END = WINDOW + DEADLINE
LAST = 2.0  # seconds before the end in which nothing new is asked
LEASE = 60.0
SLOTS = 64
SPARE = 256  # for hosts that hang: with one in a hundred, and 30 s each, enough for 800 polls a second
RINGS = 2  # for one batch of snapshots: whoever hears it goes on to the others
PER_HOST = 50
JUDGES = {Role.ARTICLE: judge_page, Role.PART: judge_page, Role.MEDIA: judge_media}


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
    left: int = 0
    polled: list[Polled] = field(default_factory=list)
    robots: RobotsRead | None = None


class Poller:
    """One run of the poll stage. ``rng`` spreads due times."""

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
        self._leased = False  # giving back looks at every host: not for the knocks that find nothing due
        self._dues: dict[int, tuple[_Claimed, DueResource]] = {}
        self._robots: dict[int, _Claimed] = {}

    def run(self, *, seconds: float = END) -> Tally:
        """Poll what is due until nothing is left or the time is over; every lease is given back."""
        end = time.monotonic() + seconds
        try:
            for outcomes in self.http.stream(lambda free: self._refill(free, end), slots=SLOTS, spare=SPARE):
                self._record(outcomes)
        finally:
            if self._leased:
                self.store.release(self.lease)
        return self.tally

    def _refill(self, free: int, end: float) -> list[Lane]:
        if time.monotonic() >= end - LAST or self.stopping():
            return []
        now = self.clock()
        claims = self.store.claim(
            now, limit=free, lease=self.lease, until=now + timedelta(seconds=LEASE), per_host=PER_HOST
        )
        self._leased = self._leased or bool(claims)
        claimed = [_Claimed(claim) for claim in claims]
        lanes = [self._lane(one, end, now) for one in claimed]
        self._commit([one for one in claimed if not one.left])
        return [lane for lane in lanes if lane.requests]

    def _lane(self, claimed: _Claimed, end: float, now: datetime) -> Lane:
        """A host's requests: its robots.txt alone for its pages' part when that is not known, else what it allows."""
        claim = claimed.claim
        requests: list[Request] = []
        bound = [due for due in claim.resources if due.bound]
        if bound and claim.stale:
            requests.append(robots_request(claim))
            self._robots[-claim.id] = claimed
        for due in claim.resources:
            if due.bound and claim.stale:
                continue
            if due.bound and not rules_of(claim.robots or "").allows(due.url):
                self._count(claimed, (forbidden_media if due.role is Role.MEDIA else forbidden)(due, now))
                continue
            self._dues[due.id] = (claimed, due)
            requests.append(make_request(due))
        claimed.left = len(requests)
        return Lane(tuple(requests), pace=pace_of(claim), not_after=end - LAST, cut_at=end, ends=ends_lane)

    def _count(self, claimed: _Claimed, polled: Polled) -> None:
        self.tally.count(polled)
        claimed.polled.append(polled)

    def _record(self, outcomes: Sequence[Outcome]) -> None:
        touched: dict[int, _Claimed] = {}
        for outcome in outcomes:
            claimed = self._take(outcome)
            claimed.left -= 1
            touched[claimed.claim.id] = claimed
        self._commit(list(touched.values()))

    def _take(self, outcome: Outcome) -> _Claimed:
        """Judge one outcome, robots.txt or resource; what its lane left unasked, or was cut, changes nothing."""
        closed = outcome.error is FetchError.CLOSED
        if outcome.tag < 0:
            claimed = self._robots.pop(outcome.tag)
            claimed.robots = None if closed else judge_robots(claimed.claim, outcome)
            return claimed
        claimed, due = self._dues.pop(outcome.tag)
        if not closed:
            self._count(claimed, JUDGES.get(due.role, judge)(due, outcome, self.rng))
        return claimed

    def _commit(self, touched: Sequence[_Claimed]) -> None:
        now = self.clock()
        results = [self._result(claimed, now) for claimed in touched]
        made = self.store.record(results, lease=self.lease) if results else []
        for snapshot in made[:RINGS]:
            self.hints.ingest(snapshot.id, snapshot.source)

    def _result(self, claimed: _Claimed, now: datetime) -> HostResult:
        claim = claimed.claim
        result = HostResult(
            host=claim.id,
            domain=claim.domain,
            polled=tuple(claimed.polled),
            next_request_at=now + timedelta(seconds=pace_of(claim)),
            release=claimed.left == 0,
            robots=claimed.robots,
        )
        claimed.polled.clear()
        claimed.robots = None
        return result
