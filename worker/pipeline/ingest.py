"""Ingest: one snapshot into entries, entries into articles, articles into deliveries.

Parsing, cleaning and fingerprints happen before BEGIN; identify → decide runs in one short transaction per 50 entries.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Protocol

from worker import schedule
from worker.identity.digest import content_digest, terms_digest, text_key
from worker.identity.identify import identify
from worker.identity.keys import KeyMode, alias_keys, detect_mode, tombstone_keys
from worker.identity.urls import host_of
from worker.model.catalog import Source
from worker.model.feed import ParsedEntry, ParsedFeed, Role
from worker.model.ingest import Fate, Prepared, Stored
from worker.model.media import CheckedMedia
from worker.model.polling import LeasedSnapshot, SnapshotClaim
from worker.pipeline.begin import new_stories
from worker.pipeline.removal import apply_tombstones
from worker.pipeline.settle import settle, write
from worker.pipeline.view import View
from worker.ports import Clock, Hints, Work, Works
from worker.rights.provenance import Scene, trace

CHUNK = 50
LEASE = 60.0
WINDOW = 20.0  # with the 30 s of CPU that one snapshot may spend, less than a task's hard limit
LEASE_LOST = "its lease was lost; whoever holds it now goes on"

Reader = Callable[[SnapshotClaim, Source], ParsedFeed]
"""How a kind of source reads a snapshot (``worker.sources.KINDS``)."""


class SnapshotStore(Protocol):
    def claim(
        self, now: datetime, *, lease: str, until: datetime, snapshot_id: int | None = None
    ) -> LeasedSnapshot | None: ...

    def release(self, leased: LeasedSnapshot, *, lease: str) -> None: ...

    def quarantine(self, claim: SnapshotClaim, reason: str, *, lease: str) -> None: ...


def _no() -> bool:
    return False


@dataclass(slots=True)
class Report:
    """What one snapshot brought."""

    source: str
    fates: dict[Fate, int] = field(default_factory=dict)
    withdrawn: int = 0
    orders: int = 0
    leads: int = 0
    media: int = 0
    problem: str | None = None

    def __str__(self) -> str:
        if self.problem is not None:
            return f"{self.source}: {self.problem}"
        parts = [f"{count} {fate.value}" for fate, count in self.fates.items() if count]
        if self.leads:
            parts.append(f"{self.leads} pages to read")
        if self.media:
            parts.append(f"{self.media} pictures and files to copy")
        if self.withdrawn:
            parts.append(f"{self.withdrawn} withdrawn")
        return f"{self.source}: {', '.join(parts) or 'nothing new'}; {self.orders} deliveries"


class Ingester:
    """One run of the ingest stage. ``view`` is asked anew for each snapshot, with the version of the catalogue that it
    was claimed under; ``before`` runs ahead of each one (it raises the process limits that a hostile document may
    spend)."""

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
        self.lease = token_hex(16)
        self._goes_on = _no
        self._ahead: LeasedSnapshot | None = None  # leased by the commit that ended the one before
        self._drained = False  # that commit found nothing more that waits

    def run(self, snapshot_id: int | None = None) -> Report | None:
        """Ingest ``snapshot_id``, or the oldest that waits. None when there was nothing to do: another has it."""
        leased, self._ahead, self._drained = self._ahead, None, False
        if leased is None:
            now = self.clock()
            until = now + timedelta(seconds=LEASE)
            leased = self.snapshots.claim(now, lease=self.lease, until=until, snapshot_id=snapshot_id)
        if leased is None:
            return None
        if self.before is not None:
            self.before()
        return self._ingest(leased.unpack())

    def drain(self, snapshot_id: int, *, window: float = WINDOW, stopping: Callable[[], bool] = _no) -> list[Report]:
        """Ingest ``snapshot_id``, unless another has it, and then whatever else waits, oldest first, for ``window``
        seconds: a message costs as much as a small snapshot does. The next one is leased by the commit that ends the
        one before: with a transaction of its own, a snapshot with one new item costs a fifteenth more."""
        closes = time.monotonic() + window
        self._goes_on = lambda: not stopping() and time.monotonic() < closes
        try:
            reports = [self.run(snapshot_id)]
            while self._has_more() and (report := self.run()) is not None:
                reports.append(report)
        finally:
            self._goes_on = _no
            if self._ahead is not None:  # an error came between its lease and its turn
                self.snapshots.release(self._ahead, lease=self.lease)
                self._ahead = None
        return [report for report in reports if report is not None]

    def _has_more(self) -> bool:
        return self._ahead is not None or (not self._drained and self._goes_on())

    @contextmanager
    def _write(self, claim: SnapshotClaim, *, last: bool = True) -> Iterator[Work | None]:
        """A transaction for ``claim``; None in its place when the lease was lost. The ``last`` one leases the next
        snapshot as well, when there is time for it: after the commit nothing is asked before it is begun."""
        ahead, asked = None, False
        with self.works.open() as work:
            if not work.holds(claim, self.lease):
                yield None
                return
            yield work
            if last and self._goes_on():
                now, asked = self.clock(), True
                ahead = work.claim_next(now, lease=self.lease, until=now + timedelta(seconds=LEASE))
        self._ahead, self._drained = ahead, asked and ahead is None

    def _ingest(self, claim: SnapshotClaim) -> Report:
        view = self.view(claim.catalogue)
        report = Report(claim.source)
        source = view.sources.get(claim.source)
        if source is None:
            report.problem = "its source has left the catalogue"
            self.snapshots.quarantine(claim, report.problem, lease=self.lease)
            return report
        feed = self.readers[source.kind.value](claim, source)
        if not feed.format:
            report.problem = "; ".join(feed.warnings) or "this is no feed"
            self.snapshots.quarantine(claim, report.problem, lease=self.lease)
            return report
        if claim.role is Role.PART:
            return self._keep_part(claim, feed, report)
        if feed.media is not None:
            return self._keep_media(claim, feed.media, report)
        mode = detect_mode(feed.entries, claim.guid_mode)
        scene = Scene(feed, source, view.publishers, view.catalogue.operator, view.own_domains)
        ready = oldest_first([prepare(entry, scene, mode) for entry in feed.entries])
        routable = first_contact(feed.entries, source, claim) if claim.first_contact else None
        chunks = [ready[at : at + CHUNK] for at in range(0, len(ready), CHUNK)] or [[]]
        rung: dict[str, None] = {}
        for number, chunk in enumerate(chunks, 1):
            with self._write(claim, last=number == len(chunks)) as work:
                if work is None:
                    report.problem = LEASE_LOST
                    return report
                rung.update(dict.fromkeys(self._chunk(work, claim, chunk, routable, view, report)))
                if number == len(chunks):
                    rung.update(dict.fromkeys(self._end(work, claim, feed, mode, view, report)))
        for destination in rung:
            self.hints.deliver(destination)
        if report.leads or report.media:
            self.hints.poll()
        return report

    def _keep_part(self, claim: SnapshotClaim, feed: ParsedFeed, report: Report) -> Report:
        """A later page of an article makes no entry of its own: it is kept, and the article is read again with it."""
        now = self.clock()
        with self._write(claim) as work:
            if work is None:
                report.problem = LEASE_LOST
                return report
            for part in feed.entries:
                work.keep_part(claim, part, now)
            work.finish(claim, (), claim.guid_mode, floor=0, now=now)
        report.problem = "a part of an article"
        self.hints.poll()
        return report

    def _keep_media(self, claim: SnapshotClaim, found: CheckedMedia, report: Report) -> Report:
        """A picture or file: the articles that wait for it are decided about again, whatever it turned out to be."""
        now = self.clock()
        with self._write(claim) as work:
            if work is None:
                report.problem = LEASE_LOST
                return report
            waited_for = work.keep_media(claim, found, now)
            work.finish(claim, (), claim.guid_mode, floor=0, now=now)
        report.problem = f"{found.content_type} kept" if found.reason is None else f"no picture: {found.reason}"
        if waited_for:
            self.hints.recheck()
        return report

    def _chunk(
        self,
        work: Work,
        claim: SnapshotClaim,
        chunk: Sequence[Prepared],
        routable: frozenset[bytes] | None,
        view: View,
        report: Report,
    ) -> list[str]:
        """Identify and store a chunk, settle what it touched; the remote destinations to ring."""
        identified = identify(chunk, work.known(claim.source_id, chunk))
        for item in identified:
            report.fates[item.fate] = report.fates.get(item.fate, 0) + 1
        now = self.clock()
        stored = work.write_entries(identified, source_id=claim.source_id, snapshot_id=claim.id, now=now)
        fresh = {item.article for item in stored if _is_routed(item, routable)}
        # Most of a first contact is written down and goes nowhere: its articles need not be looked at.
        moved = {item.article for item in stored if item.identified.fate is not Fate.NEW} | fresh
        begun = new_stories([item for item in stored if item.article in moved], claim.source, now)
        before = work.stories(moved.difference(story.article for story in begun))
        touched = [story for story in (*before, *begun) if not story.withdrawn]
        settlements = [
            settle(story, view, now, visible_at=claim.fetched_at)
            for story in touched
            if story.current is not None or story.article in fresh
        ]
        write(work, settlements, now)
        orders = [order for settlement in settlements for order in settlement.orders]
        report.orders += len(orders)
        report.media += sum(len(one.media.wanted) for one in settlements if one.media is not None)
        return [order.destination for order in orders if not view.is_local(order.destination)]

    def _end(
        self, work: Work, claim: SnapshotClaim, feed: ParsedFeed, mode: KeyMode, view: View, report: Report
    ) -> list[str]:
        now = self.clock()
        rung: list[str] = []
        source = view.sources[claim.source]
        if feed.found:
            report.leads = work.lead_on(claim, feed.found, source, now)
        if claim.role is Role.ARTICLE:
            rung += self._presence(work, claim, feed, view, now)
        if feed.tombstones:
            keys = [[key.digest for key in tombstone_keys(stone.ref)] for stone in feed.tombstones]
            report.withdrawn, told = apply_tombstones(work, claim, keys, view, now)
            rung += told
        cap = source.hint_cap
        floor = schedule.floor(schedule.PollHints(), hint_cap=cap, ttl_minutes=feed.ttl_minutes)
        work.finish(claim, feed.digests, mode.value, floor=floor, now=now)
        return rung

    def _presence(self, work: Work, claim: SnapshotClaim, feed: ParsedFeed, view: View, now: datetime) -> list[str]:
        """Hold what has lost its page, let go what has it back; the remote destinations to ring."""
        keys = [key.digest for key in tombstone_keys(feed.missing or claim.own_url)]
        changed = work.mark_missing(claim.source_id, keys, now if feed.missing else None)
        settlements = [settle(story, view, now) for story in work.stories(changed) if story.current is not None]
        write(work, settlements, now)
        orders = [order for settlement in settlements for order in settlement.orders]
        return [order.destination for order in orders if not view.is_local(order.destination)]


def _is_routed(item: Stored, routable: frozenset[bytes] | None) -> bool:
    """New and joined entries bring their article on the road, on first contact only the chosen ones."""
    if item.identified.fate not in (Fate.NEW, Fate.JOINED):
        return False
    return routable is None or item.identified.prepared.entry.digest in routable


def oldest_first(ready: Sequence[Prepared]) -> list[Prepared]:
    """``ready`` turned round (feeds are newest first); of repeats in one document the first, newest one stays."""
    unique = {item.aliases[:1] or (item.entry.digest,): item for item in reversed(ready)}
    return [item for item in reversed(ready) if unique[item.aliases[:1] or (item.entry.digest,)] is item]


def prepare(entry: ParsedEntry, scene: Scene, mode: KeyMode) -> Prepared:
    """Everything about an entry that needs no database."""
    aliases = alias_keys(entry, mode=mode)
    own = entry.link is not None and scene.publishers.owns(scene.source.publisher, host_of(entry.link))
    return Prepared(
        entry=entry,
        aliases=tuple(key.digest for key in aliases),
        text=text_key(entry.title, entry.content or entry.summary or ""),
        link=next((key.digest for key in aliases if key.kind == "link"), None) if own else None,
        content=content_digest(entry),
        terms=terms_digest(entry),
        credit=trace(entry, scene),
    )


def first_contact(entries: Sequence[ParsedEntry], source: Source, claim: SnapshotClaim) -> frozenset[bytes]:
    """Digests of the entries of a first poll that go out: at most so old, at most so many, newest first.

    An entry without a date counts as new where it stands: only its place in the document tells its age.
    """
    oldest = claim.fetched_at - timedelta(seconds=source.first_contact.max_age)
    dated = [(entry.published or entry.updated or claim.fetched_at, entry) for entry in entries]
    recent = sorted((pair for pair in dated if pair[0] >= oldest), key=lambda pair: pair[0], reverse=True)
    return frozenset(entry.digest for _, entry in recent[: source.first_contact.entries])
