"""Ingest: snapshots into entries, entries into articles, articles into deliveries.

Snapshots are leased several at once, each is read by itself, with limits of its own, before BEGIN; identify → decide
runs 50 entries at a time, in transactions of up to 200, which snapshots of different sources share. With a transaction
of its own, one with one new entry costs half as much again, and one with fifty an eighth: their keys fall anywhere in
the indexes, and a page that four of them change is written once.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Protocol

from worker.errors import LeaseLost, StoreError, TooSlow
from worker.model.catalog import Source
from worker.model.feed import ParsedFeed
from worker.model.ingest import Prepared, ReadSnapshot
from worker.model.polling import LeasedSnapshot, SnapshotClaim
from worker.pipeline.flood import is_suspect
from worker.pipeline.prepare import make_ready
from worker.pipeline.rings import Rings
from worker.pipeline.screen import screen
from worker.pipeline.take import Report, Taking
from worker.pipeline.view import View
from worker.ports import Clock, Hints, Work, Works

CHUNK = 50  # entries identified and written together
TRANSACTION = 4 * CHUNK
TOGETHER = 16  # snapshots leased at once
GATHER = 1.0  # seconds after which those that were read wait for no others
LEASE = 60.0
WINDOW = 20.0  # with the 30 s of CPU that one snapshot may spend, less than a task's hard limit
LEASE_LOST = "its lease was lost; whoever holds it now goes on"

Reader = Callable[[SnapshotClaim, Source], ParsedFeed]
"""How a kind of source reads a snapshot (``worker.sources.KINDS``)."""


class SnapshotStore(Protocol):
    def claim(
        self, now: datetime, *, lease: str, until: datetime, limit: int = 1, snapshot_id: int | None = None
    ) -> list[LeasedSnapshot]: ...

    def release(self, leased: Sequence[LeasedSnapshot]) -> None: ...

    def put_off(self, claim: SnapshotClaim, reason: str, now: datetime) -> None: ...

    def quarantine(self, claim: SnapshotClaim, reason: str) -> None: ...


def _no() -> bool:
    return False


class Ingester:
    """One run of the ingest stage. ``view`` is asked anew for each transaction, with the version of the catalogue that
    its snapshots were claimed under; ``before`` runs ahead of each snapshot (it raises the process limits that a
    hostile document may spend)."""

    def __init__(
        self,
        snapshots: SnapshotStore,
        works: Works,
        view: Callable[[int | None], View],
        readers: Mapping[str, Reader],
        hints: Hints,
        clock: Clock,
        before: Callable[[], None] | None = None,
    ) -> None:
        self.snapshots, self.works, self.view, self.readers = snapshots, works, view, readers
        self.hints, self.clock, self.before = hints, clock, before
        self.lease = token_hex(15)  # the store adds a sign where a lease is shared
        self._goes_on = _no
        self._ahead: deque[LeasedSnapshot] = deque()  # leased, not read yet
        self._mine: dict[int, LeasedSnapshot] = {}  # leased and not ended, by id
        self._drained = False  # nothing more waited when last asked
        self._rings = Rings()

    def run(self, snapshot_id: int | None = None) -> Report | None:
        """Ingest ``snapshot_id``, or the oldest that waits. None when there was nothing to do: another has it."""
        return next(iter(self.drain(snapshot_id, window=0.0)), None)

    def drain(
        self, snapshot_id: int | None = None, *, window: float = WINDOW, stopping: Callable[[], bool] = _no
    ) -> list[Report]:
        """Ingest ``snapshot_id``, unless another has it, and whatever else waits, oldest first, for ``window`` seconds:
        a message costs as much as a small snapshot does. The next ones are leased by the commit that ends those before.

        What raises keeps its lease, whose end makes it a suspect; it harms none of those that were leased with it.
        """
        closes = time.monotonic() + window
        self._goes_on = lambda: not stopping() and time.monotonic() < closes
        self._drained = False
        reports: list[Report] = []
        try:
            self._claim(snapshot_id)
            for group in self._groups(reports):
                try:
                    reports += self._write(group)
                finally:
                    self._ring()
        finally:
            self._goes_on = _no
            self._ahead.clear()
            if self._mine:  # not begun, or an error came between
                mine, self._mine = list(self._mine.values()), {}
                self.snapshots.release(mine)
        return reports

    def _claim(self, snapshot_id: int | None = None) -> None:
        now = self.clock()
        until = now + timedelta(seconds=LEASE)
        limit = TOGETHER if self._goes_on() else 1
        found = self.snapshots.claim(now, lease=self.lease, until=until, limit=limit, snapshot_id=snapshot_id)
        self._have(found)

    def _have(self, leased: Sequence[LeasedSnapshot]) -> None:
        self._ahead += leased
        self._mine.update((one.id, one) for one in leased)
        self._drained = not leased

    def _groups(self, reports: list[Report]) -> Iterator[list[ReadSnapshot]]:
        """What is leased, read, in groups that fit into one transaction; what cannot be read is put into ``reports``.
        One that raises while it is read does so when those read before it are written."""
        group: list[ReadSnapshot] = []
        since = time.monotonic()
        while self._more(begun=bool(reports or group)):
            leased = self._ahead.popleft()
            try:
                read = self._read(leased)
            except Exception as error:
                if group:
                    yield group
                if not isinstance(error, StoreError):
                    self._mine.pop(leased.id, None)
                raise
            if isinstance(read, Report):
                reports.append(read)
            else:
                if group and not _fits(group, read):
                    yield group
                    group, since = [], time.monotonic()
                group.append(read)
            if group and (not self._ahead or time.monotonic() - since > GATHER):
                yield group
                group, since = [], time.monotonic()
        if group:
            yield group

    def _more(self, *, begun: bool) -> bool:
        """Whether there is one to read next. After the window only the first of all is, if none was begun."""
        goes_on = self._goes_on()
        if not self._ahead and not self._drained and goes_on:
            self._claim()
        return bool(self._ahead) and (goes_on or not begun)

    def _read(self, leased: LeasedSnapshot) -> ReadSnapshot | Report:
        """The snapshot with all that needs no database, or why it was set aside."""
        if self.before is not None:
            self.before()
        claim = leased.unpack()
        view = self.view(claim.catalogue)
        source = view.sources.get(claim.source)
        if source is None:
            return self._set_aside(claim, "its source has left the catalogue")
        feed = self.readers[source.kind.value](claim, source)
        if not feed.format:
            return self._set_aside(claim, "; ".join(feed.warnings) or "this is no feed")
        return make_ready(claim, source, feed, view)

    def _set_aside(self, claim: SnapshotClaim, reason: str) -> Report:
        self.snapshots.quarantine(claim, reason)
        self._mine.pop(claim.id, None)
        return Report(claim.source, problem=reason)

    def _write(self, group: list[ReadSnapshot]) -> list[Report]:
        """Write a group; when that raises, one after the other, so that only the guilty one is left out. Raises its
        error after the others are written."""
        try:
            return self._commit(group)
        except Exception as error:
            if isinstance(error, StoreError) and not isinstance(error, TooSlow):
                raise
            if len(group) == 1 or not self._goes_on():
                self._suspect(group, error)
                raise
        reports: list[Report] = []
        failures: list[Exception] = []
        for read in group:
            try:
                reports += self._commit([read])
            except Exception as failure:
                if isinstance(failure, StoreError) and not isinstance(failure, TooSlow):
                    raise
                self._suspect([read], failure)
                failures.append(failure)
        if failures:
            raise failures[0]
        return reports

    def _suspect(self, group: Sequence[ReadSnapshot], error: Exception) -> None:
        """Their lease is left to end without a result. One that the database gave up alone is put off, since many could
        die of its load within minutes."""
        for read in group:
            if isinstance(error, TooSlow) and len(group) == 1:
                self.snapshots.put_off(read.claim, error.said, self.clock())
            self._mine.pop(read.claim.id, None)

    def _commit(self, group: list[ReadSnapshot]) -> list[Report]:
        """Write a group in as many transactions as its entries need."""
        group = [self._screened(read) for read in group]
        view = self.view(group[0].claim.catalogue)
        reports = {read.claim.id: Report(read.claim.source) for read in group}
        held: frozenset[int] = frozenset()
        entries = [item for read in group for item in read.entries]
        parts = _cut(entries, TRANSACTION) or [[]]
        rings = Rings()
        try:
            for number, part in enumerate(parts, 1):
                with self._transaction(last=number == len(parts)) as work:
                    held = work.held([read.claim for read in group])
                    taking = Taking(work, view, self.clock(), reports, rings)
                    for chunk in _cut([item for item in part if item.origin.snapshot in held], CHUNK):
                        taking.take(chunk)
                    if number == len(parts):
                        taking.finish([read for read in group if read.claim.id in held])
        except LeaseLost:
            if len(group) > 1:
                raise
            held = frozenset()
        for read in group:
            self._mine.pop(read.claim.id, None)
            if read.claim.id not in held:
                reports[read.claim.id].problem = LEASE_LOST
        self._rings.add(rings)
        return list(reports.values())

    def _screened(self, read: ReadSnapshot) -> ReadSnapshot:
        """A document with much that is new, looked at before any of it is written."""
        if not is_suspect(read):
            return read
        with self.works.open() as work:
            return screen(work, read) if work.held([read.claim]) else read

    @contextmanager
    def _transaction(self, *, last: bool) -> Iterator[Work]:
        """The ``last`` one of a group leases the next snapshots as well, when nothing is left of those before and there
        is time for it: after the commit nothing is asked before they are begun."""
        asked, leased = False, list[LeasedSnapshot]()
        with self.works.open() as work:
            yield work
            if last and not self._ahead and self._goes_on():
                asked, now = True, self.clock()
                until = now + timedelta(seconds=LEASE)
                leased = work.claim_next(now, lease=self.lease, until=until, limit=TOGETHER)
        if asked:
            self._have(leased)

    def _ring(self) -> None:
        rings, self._rings = self._rings, Rings()
        rings.ring(self.hints)


def _cut(entries: Sequence[Prepared], size: int) -> list[Sequence[Prepared]]:
    return [entries[at : at + size] for at in range(0, len(entries), size)]


def _fits(group: Sequence[ReadSnapshot], read: ReadSnapshot) -> bool:
    """Whether a snapshot may share the transaction of ``group``. Those with deletions have one of their own: what they
    take away is settled before another copy of the same text is looked at."""
    together = [*group, read]
    weight = sum(len(one.entries) + len(one.feed.found) for one in together)
    return weight <= TRANSACTION and not any(one.feed.tombstones for one in together)
