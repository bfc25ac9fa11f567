"""Deliver: claim destinations with due deliveries, decide again, send, record.

Per article and destination at most one delivery is in flight, per destination at most ``concurrency``. A destination
is recorded and released as it drains, so a slow one delays only itself; a free slot goes to the one that has the
fewest in flight, in turn, so that a long queue starves no short one. Stops and schedules are read at the claim and
every second between sends. Local kinds are never claimed: their send is an upsert (``shelving``).
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from secrets import token_hex
from typing import Protocol

from worker.errors import StoreError
from worker.model.delivery import Action, Answer, DeliveryState, Parcel
from worker.model.dispatch import Attempted, DestinationChange, DestinationClaim, DueDelivery, Gate
from worker.model.fetch import Lane, Outcome, Request
from worker.model.stops import Stop
from worker.pipeline.dispatch import STOPPED, Dispatcher, after_answer, after_batch, after_fault, rehearsed
from worker.pipeline.opened import Conversation, Flying, Open
from worker.pipeline.stopping import gate
from worker.ports import Clock, Http

WINDOW = 20.0
LEASE = 60.0
SLOTS = 256
BATCH = 64
# Receipts of accepted deliveries wait for company this long, or until so many are there: a transaction costs as much
# as two deliveries. One that dies with them is unknown, and goes again under its own id.
GATHER_SECONDS = 0.05
GATHER = 64
CLAIM_SECONDS = 0.25  # between two looks for further destinations while some are open
CLAIM_MOST = 16  # of one look: another process that looks a moment later gets its part of a burst
OPEN_MOST = 64
LOOK_SECONDS = 1.0  # between two looks at stops and schedules

WELL = (DeliveryState.ACCEPTED, DeliveryState.REHEARSED)


class DeliveryStore(Protocol):
    def stops(self, now: datetime) -> tuple[Stop, ...]: ...

    def claim(
        self,
        now: datetime,
        *,
        limit: int,
        batch: int,
        lease: str,
        until: datetime,
        first: str | None = None,
        gate: Gate,
    ) -> list[DestinationClaim]: ...

    def more(
        self, keys: Sequence[str], now: datetime, *, size: int, lease: str, gate: Gate
    ) -> Mapping[str, tuple[DueDelivery, ...]]: ...

    def recalled(self, keys: Sequence[str], now: datetime, *, lease: str) -> list[str]: ...

    def retractions(
        self, keys: Sequence[str], now: datetime, *, size: int, lease: str
    ) -> Mapping[str, tuple[DueDelivery, ...]]: ...

    def replaced(self, ids: Sequence[int]) -> frozenset[int]: ...

    def put_back(self, ids: Sequence[int], now: datetime, *, lease: str) -> None: ...

    def record(
        self,
        attempted: Sequence[Attempted],
        changes: Sequence[DestinationChange],
        *,
        lease: str,
        release: Sequence[str],
        now: datetime,
    ) -> None: ...

    def leave_unknown(self, ids: Sequence[int], now: datetime, *, lease: str) -> None: ...


class RemoteKind(Protocol):
    def send(self, parcel: Parcel) -> Conversation: ...


class Deliverer:
    """One run of the deliver stage."""

    def __init__(
        self,
        store: DeliveryStore,
        dispatcher: Dispatcher,
        kinds: Mapping[str, RemoteKind],
        http: Http,
        clock: Clock,
        rng: Random,
        stopping: Callable[[], bool] = lambda: False,
        shelve: Callable[[Gate], int] = lambda _: 0,
    ) -> None:
        self.store, self.dispatcher, self.kinds, self.http = store, dispatcher, kinds, http
        self.clock, self.rng, self.stopping, self.shelve = clock, rng, stopping, shelve
        self.lease = token_hex(16)
        self.counts: Counter[tuple[str, str]] = Counter()
        self._open: dict[str, Open] = {}
        self._flying: dict[int, Flying] = {}
        self._next: deque[Lane] = deque()
        self._raised: list[Exception] = []
        self._gate = Gate()
        self._looked_at: float | None = None
        self._claimed_at = 0.0
        self._record_by = 0.0
        self._turn = 0

    def run(self, *, first: str | None = None, window: float = WINDOW) -> str:
        """Send what is due, to ``first`` before others, until nothing is left or the window closes.

        Whoever rang for one destination serves the others as well: one that hangs would hold this process for nothing.
        Raises what a conversation raised, after the others were served.
        """
        closes = time.monotonic() + window
        try:
            for outcomes in self.http.stream(lambda free: self._refill(free, closes, first), slots=SLOTS):
                self._advance(outcomes)
        finally:
            self._end()
        if self._raised:
            raise self._raised[0]
        return self._line(first)

    def _end(self) -> None:
        """Write down what came, and give everything back. Where the database cannot, or an error came between, that is
        no death of what was on its way, and its end is unknown."""
        try:
            self._record(
                list(self._open.values()), release=[key for key, opened in self._open.items() if not opened.flying]
            )
            self._leave()
        except StoreError:
            with suppress(StoreError):
                self._leave()
            raise

    def _leave(self) -> None:
        """Say of what was sent and is not written down that nobody knows its end, and put back what was not sent."""
        answered = [one.delivery for opened in self._open.values() for one in opened.answered]
        if answered or self._flying:
            self.store.leave_unknown(sorted([*answered, *self._flying]), self.clock(), lease=self.lease)
        self._put_back([due for opened in self._open.values() for due in opened.waiting])

    def _line(self, first: str | None) -> str:
        """What was done, for the one-line result."""
        if first is None:
            return _words(self.counts) or "nothing was due"
        own = {key: count for key, count in self.counts.items() if key[0] == first}
        others = _words({key: count for key, count in self.counts.items() if key[0] != first})
        line = f"{first}: {_words(own) or 'nothing was due'}"
        return f"{line}; to others: {others}" if others else line

    def _refill(self, free: int, closes: float, first: str | None) -> list[Lane]:
        """Lanes for free slots: conversations that go on, then waiting deliveries, then new claims.

        What drained is given back first, so that a destination whose deliveries go one by one is claimed again at once.
        """
        open_window = time.monotonic() < closes and not self.stopping()
        if open_window:
            self._look()
        self._record_ripe()
        self._settle_drained(open_window)
        lanes = [self._next.popleft() for _ in range(min(free, len(self._next)))]
        if open_window and len(lanes) < free:
            self._claim(first)
        while open_window and len(lanes) < free:
            ready = [opened for opened in self._open.values() if opened.ready()]
            if not ready:
                break
            opened = min(ready, key=lambda one: (one.flying, one.turn))
            self._turn += 1
            opened.turn = self._turn
            lanes.extend(self._start(opened, opened.waiting.popleft()))
        return lanes

    def _look(self) -> None:
        """Read stops and schedules anew, once a second: put back what may not go any more, let retractions go before
        all else, put on the shelves what waited for its time."""
        if self._looked_at is not None and time.monotonic() < self._looked_at + LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        now, view = self.clock(), self.dispatcher.view
        stops = self.store.stops(now)
        self._gate = gate(stops, view, now)
        self._put_back([due for key, opened in self._open.items() for due in self._kept(key, opened, stops)])
        self._take_retractions(now)
        self.counts["", "put on the shelf"] += self.shelve(self._gate)

    def _kept(self, key: str, opened: Open, stops: Sequence[Stop]) -> list[DueDelivery]:
        """What ``opened`` holds and may not be sent just now."""
        terms = self._gate.terms.get(key)
        shut = terms is not None and terms.opens is not None
        return [
            due
            for due in opened.waiting
            if (shut and not due.passes) or (stops and self.dispatcher.is_kept(key, due, stops))
        ]

    def _put_back(self, kept: Sequence[DueDelivery]) -> None:
        """Let these wait where they waited before, at once: as long as they are ours, nothing else of their articles
        goes there, not even a retraction."""
        if not kept:
            return
        gone = {due.id for due in kept}
        for opened in self._open.values():
            opened.waiting = deque(due for due in opened.waiting if due.id not in gone)
        self.store.put_back(sorted(gone), self.clock(), lease=self.lease)

    def _take_retractions(self, now: datetime) -> None:
        """Retractions do not wait for the batch to end; what they take back is not sent before them."""
        able = [key for key, one in self._open.items() if not (one.closed or one.claim.open or one.retracts())]
        keys = self.store.recalled(able, now, lease=self.lease) if able else []
        if not keys:
            return
        waiting = [due for key in keys for due in self._open[key].waiting]
        replaced = self.store.replaced([due.id for due in waiting])
        self._put_back([due for due in waiting if due.id in replaced])
        self._take(self.store.retractions(keys, now, size=BATCH, lease=self.lease))

    def _claim(self, first: str | None) -> None:
        limit = min(CLAIM_MOST, OPEN_MOST - len(self._open))
        if limit < 1 or (self._open and time.monotonic() < self._claimed_at + CLAIM_SECONDS):
            return
        self._claimed_at = time.monotonic()
        now = self.clock()
        until = now + timedelta(seconds=LEASE)
        claimed: dict[str, tuple[DueDelivery, ...]] = {}
        for claim in self.store.claim(
            now, limit=limit, batch=BATCH, lease=self.lease, until=until, first=first, gate=self._gate
        ):
            declared = self.dispatcher.destination(claim.key)
            if declared is None:
                self.store.record((), (), lease=self.lease, release=[claim.key], now=now)
                continue
            # What goes at a fixed time is one ordered batch: the partner gets it one by one.
            concurrency = 1 if declared.schedule.at else declared.concurrency
            self._open[claim.key] = Open(claim, deque(), concurrency, declared.kind)
            claimed[claim.key] = claim.deliveries
        self._take(claimed)

    def _take(self, claimed: Mapping[str, Sequence[DueDelivery]]) -> None:
        """Decide again about everything claimed, in one go; what must not go is written off at once."""
        try:
            prepared = self._prepared(claimed)
        except StoreError:
            with suppress(StoreError):
                held = [due.id for some in claimed.values() for due in some]
                self.store.put_back(held, self.clock(), lease=self.lease)
            raise
        for key, ready in prepared.items():
            first = [due for due in ready if due.action is Action.RETRACT]
            self._open[key].waiting.extendleft(reversed(first))
            self._open[key].waiting.extend(due for due in ready if due.action is not Action.RETRACT)

    def _prepared(self, claimed: Mapping[str, Sequence[DueDelivery]]) -> dict[str, list[DueDelivery]]:
        """What may go. Where deciding raises, it is done one by one, so that only the guilty one has to wait."""
        try:
            prepared = self.dispatcher.prepare(claimed, lease=self.lease)
            for key, some in claimed.items():
                self.counts[key, "decided anew"] += len(some) - len(prepared[key])
            return prepared
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - told of the guilty one
            if sum(map(len, claimed.values())) == 1:
                [(key, [due])] = [(key, some) for key, some in claimed.items() if some]
                if due.action is Action.RETRACT:
                    return {key: self.dispatcher.without_text(key, due)}
                fault = after_fault(key, due, error, self.clock(), self.rng)
                self._open[key].answered.append(fault)
                self.counts[key, "not decided by a fault of ours"] += 1
                return {key: []}
        singly = [(key, self._prepared({key: [due]})[key]) for key, some in claimed.items() for due in some]
        return {key: [due for own, ready in singly if own == key for due in ready] for key in claimed}

    def _start(self, opened: Open, due: DueDelivery) -> list[Lane]:
        flying = Flying(opened, due, self._talk(opened, due))
        opened.flying += 1
        request = self._next_request(flying)
        if request is None:
            return []
        if self.dispatcher.rehearses(opened.claim.key, due):
            flying.conversation.close()
            opened.flying -= 1
            opened.answered.append(rehearsed(opened.claim.key, due, self.clock()))
            self.counts[opened.claim.key, "rehearsed"] += 1
            return []
        return [self._lane(flying, request)]

    def _talk(self, opened: Open, due: DueDelivery) -> Conversation:
        parcel = self.dispatcher.parcel(opened.claim.key, due, self.clock())
        return (yield from self.kinds[opened.kind].send(parcel))

    def _next_request(self, flying: Flying, outcome: Outcome | None = None) -> Request | None:
        """What a conversation asks for next; None when it is over. Of one that raises, the delivery stays in flight
        until its destination's lease ends: that is its death, and the third parks it."""
        try:
            return next(flying.conversation) if outcome is None else flying.conversation.send(outcome)
        except StopIteration as stop:
            flying.opened.flying -= 1
            self._answered(flying.opened, flying.due, stop.value)
        except Exception as error:  # noqa: BLE001 - raised again at the end
            flying.opened.closed = True
            self._raised.append(error)
        return None

    def _lane(self, flying: Flying, request: Request) -> Lane:
        self._flying[flying.due.id] = flying
        return Lane((replace(request, tag=flying.due.id),))

    def _advance(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            flying = self._flying.pop(outcome.tag)
            request = self._next_request(flying, outcome)
            if request is not None:
                self._next.append(self._lane(flying, request))
        self._record_ripe()

    def _record_ripe(self) -> None:
        """Record what has waited long enough for company, and at once what may stop its destination."""
        touched = [opened for opened in self._open.values() if opened.answered]
        if not touched:
            return
        now = time.monotonic()
        self._record_by = self._record_by or now + GATHER_SECONDS
        failed = any(one.state not in WELL for opened in touched for one in opened.answered)
        if failed or now >= self._record_by or sum(len(opened.answered) for opened in touched) >= GATHER:
            self._record_by = 0.0
            self._record(touched, release=[])

    def _answered(self, opened: Open, due: DueDelivery, answer: Answer) -> None:
        table = self.dispatcher.view.timetables.get(opened.claim.key)
        attempted = after_answer(opened.claim.key, due, answer, self.clock(), self.rng, table)
        opened.answered.append(attempted)
        opened.closed = opened.closed or answer.verdict in STOPPED
        self.counts[opened.claim.key, attempted.answer.result.value] += 1

    def _record(self, touched: Sequence[Open], release: Sequence[str]) -> None:
        attempted = [one for opened in touched for one in opened.answered]
        moves = [after_batch(opened.claim, opened.answered, self.clock(), self.rng) for opened in touched]
        changes = [change for change in moves if change is not None]
        if attempted or changes or release:
            self.store.record(attempted, changes, lease=self.lease, release=release, now=self.clock())
        # Only what is written down is forgotten: what was sent must never be given back as if it had not been.
        for opened, change in zip(touched, moves, strict=True):
            opened.answered = []
            if change is not None:
                opened.become(change)

    def _settle_drained(self, open_window: bool) -> None:
        """Fetch more for destinations that ran dry; give back those with nothing left."""
        if open_window:
            self._take_more([key for key, opened in self._open.items() if opened.hungry()])
        drained = [
            opened for opened in self._open.values() if not opened.flying and (not opened.waiting or not open_window)
        ]
        if drained:
            self._record(drained, release=[opened.claim.key for opened in drained])
        for opened in drained:
            del self._open[opened.claim.key]

    def _take_more(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        more = self.store.more(keys, self.clock(), size=BATCH, lease=self.lease, gate=self._gate)
        for key in keys:
            self._open[key].dry = len(more.get(key, ())) < BATCH
        self._take(more)


def _words(counts: Mapping[tuple[str, str], int]) -> str:
    """``12 accepted, 1 refused``: counts by word, whatever the destination."""
    total: Counter[str] = Counter()
    for (_, word), count in counts.items():
        if count:
            total[word] += count
    return ", ".join(f"{count} {word}" for word, count in sorted(total.items()))
