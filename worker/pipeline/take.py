"""The transaction of ingest: entries of one or several snapshots identified, stored and settled together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from worker import schedule
from worker.identity.identify import identify, new_names
from worker.identity.keys import tombstone_keys
from worker.identity.recognise import recognise
from worker.model.feed import Role
from worker.model.ingest import Copy, Fate, Finished, Origin, Prepared, ReadSnapshot, Stored, Story
from worker.model.polling import SnapshotClaim
from worker.model.words import counted
from worker.pipeline.begin import new_stories
from worker.pipeline.leading import choose_lead, credited, is_reprint_of_old
from worker.pipeline.removal import apply_tombstones, is_loss
from worker.pipeline.rings import Rings
from worker.pipeline.settle import settle_or_hold, write
from worker.pipeline.view import View
from worker.ports import Work

ROWS = 4_000  # bytes that an entry takes beside its text: keys, decisions, deliveries
LED = 12_000  # bytes that a page led to will take, as what it is read into
TOLD = timedelta(hours=1)  # of rest, from which on it is told


@dataclass(slots=True)
class Report:
    """What one snapshot brought; ``written`` is about how many bytes of database that takes."""

    source: str
    fates: dict[Fate, int] = field(default_factory=dict)
    withdrawn: int = 0
    held: int = 0
    orders: int = 0
    leads: int = 0
    media: int = 0
    written: int = 0
    problem: str | None = None

    def __str__(self) -> str:
        if self.problem is not None:
            return f"{self.source}: {self.problem}"
        parts = [f"{count} {fate.value}" for fate, count in self.fates.items() if count]
        if self.held:
            parts.append(f"{self.held} held back")
        if self.leads:
            parts.append(f"{self.leads} pages to read")
        if self.media:
            parts.append(f"{self.media} pictures and files to copy")
        if self.withdrawn:
            parts.append(f"{self.withdrawn} withdrawn")
        return f"{self.source}: {', '.join(parts) or 'nothing new'}; {counted(self.orders, 'delivery', 'deliveries')}"


@dataclass(frozen=True, slots=True)
class Taking:
    """One transaction about some snapshots: ``reports`` and ``rings`` collect what comes of it, ``reports`` by the
    snapshot's id."""

    work: Work
    view: View
    now: datetime
    reports: dict[int, Report]
    rings: Rings

    def take(self, chunk: Sequence[Prepared]) -> None:
        """Identify and store a chunk, of one or several snapshots, and settle what it touched."""
        if not chunk:
            return
        known = self.work.known(chunk)
        identified = recognise(identify(chunk, known), self.work.nearby())
        if names := new_names(identified, known):
            self.work.moves().name(names)
        for item in identified:
            fates = self._report(item.prepared.origin).fates
            fates[item.fate] = fates.get(item.fate, 0) + 1
        stored = self.work.write_entries(identified, self.now)
        for one in stored:
            prepared = one.identified.prepared
            self._report(prepared.origin).written += ROWS + 2 * len(prepared.entry.raw)
        fresh = {item.article for item in stored if _is_routed(item)}
        # Most of a first contact is written down and goes nowhere: its articles need not be looked at.
        moved = {item.article for item in stored if item.identified.fate is not Fate.NEW} | fresh
        routed = [item for item in stored if item.article in moved]
        begun = new_stories(routed, self.now, self.work.stops(self.now) if routed else ())
        before = self.work.stories(moved.difference(story.article for story in begun))
        self._remark({story.article: story for story in before if story.withdrawn}, stored)
        touched = [story for story in (*before, *begun) if not story.withdrawn]
        origins = {item.article: item.identified.prepared.origin for item in reversed(stored)}
        # What was only recorded goes on the road with a copy of it, unless that is another's old text.
        going = fresh - self._reprinted(before, [item for item in routed if _is_routed(item)])
        self._settle([story for story in touched if story.current is not None or story.article in going], origins)

    def _reprinted(self, known: Sequence[Story], joined: Sequence[Stored]) -> set[int]:
        """Articles never yet on the road whose lead is old or held back, and which only copies of others joined:
        whoever reprints an archive must not publish it in its owner's name. Where a copy credits somebody else than
        the lead does, people are asked which of them is right."""
        found = set[int]()
        for story in known:
            entries = {item.entry: item for item in joined if item.article == story.article}
            if story.withdrawn or story.current is not None or not story.carried or not entries:
                continue
            lead = choose_lead(story.copies, story.lead, self.view)
            copies = [copy for copy in story.copies if copy.entry in entries]
            if not is_reprint_of_old(lead, copies, self.view, self.now):
                continue
            found.add(story.article)
            for copy in copies:
                if credited(copy) != credited(lead):
                    source = entries[copy.entry].identified.prepared.origin.source_id
                    self.work.moves().remark(source, _old_words(copy, lead, story))
        return found

    def _remark(self, withdrawn: Mapping[int, Story], stored: Sequence[Stored]) -> None:
        """Have people asked about what stays away with a taken down article, though it is not letter for letter that:
        whoever quoted another's text in what was taken down must not keep it out unseen."""
        for item in stored:
            verdict, story = item.identified.verdict, withdrawn.get(item.article)
            if verdict is None or story is None or item.identified.fate is not Fate.JOINED:
                continue
            words = (
                f"entry {item.entry} stays away: it is near ({verdict.nearness.value}) an article that was taken down: "
                f"newsroad article explain {story.uuid}. Is it another story: newsroad article split {item.entry}"
            )
            self.work.moves().remark(item.identified.prepared.origin.source_id, words)

    def _settle(self, stories: Sequence[Story], origins: dict[int, Origin]) -> None:
        """``origins`` tells by article which entry moved it first."""
        settlements = [
            settle_or_hold(story, self.view, self.now, visible_at=origins[story.article].fetched_at)
            for story in stories
        ]
        write(self.work, settlements, self.now)
        self.rings.hear(settlements, self.view)
        for story, one in zip(stories, settlements, strict=True):
            report = self._report(origins[story.article])
            report.orders += len(one.orders)
            report.media += len(one.media.wanted) if one.media is not None else 0

    def _report(self, origin: Origin) -> Report:
        return self.reports[origin.snapshot]

    def finish(self, group: Sequence[ReadSnapshot]) -> None:
        """These snapshots are taken in whole. Raises LeaseLost."""
        self.work.finish([self._end(read) for read in group], self.now)

    def _end(self, read: ReadSnapshot) -> Finished:
        claim, feed, report = read.claim, read.feed, self.reports[read.claim.id]
        if claim.role is Role.PART:
            return self._keep_part(read, report)
        if feed.media is not None:
            return self._keep_media(read, report)
        if feed.found:
            report.leads = self.work.lead_on(claim, feed.found, read.source, self.now)
        if read.marks:
            self.work.moves().mark(claim.source_id, read.marks)
        if claim.role is Role.ARTICLE:
            self._presence(read)
        report.held = len(read.flood.held) if read.flood is not None else 0
        # A source that moved takes back what it had under its old names.
        if feed.tombstones and read.flood is None:
            keys = [[key.digest for key in tombstone_keys(stone.ref)] for stone in feed.tombstones]
            report.withdrawn, settlements = apply_tombstones(self.work, claim, keys, self.view, self.now)
            self.rings.hear(settlements, self.view)
        self.rings.poll = self.rings.poll or bool(report.leads)
        floor = schedule.floor(schedule.PollHints(), hint_cap=read.source.hint_cap, ttl_minutes=feed.ttl_minutes)
        return Finished(claim, feed.digests, read.guid_mode, floor, self._rest(claim, report))

    def _rest(self, claim: SnapshotClaim, report: Report) -> timedelta:
        """How long a feed or listing is let be after what it brought; people are told where that is long."""
        if claim.role not in (Role.FEED, Role.LISTING) or claim.first_contact:
            return timedelta()
        rest = schedule.rest(report.written + LED * report.leads)
        if rest >= TOLD:
            words = (
                f"it brought {sum(report.fates.values())} new or changed entries and {report.leads} pages at once, so "
                f"much that it is let be for {rest.total_seconds() / 3600:.0f} hours. Does it always: newsroad source "
                f"pause {claim.source}; was it once: newsroad source resume {claim.source}"
            )
            self.work.moves().remark(claim.source_id, words)
        return rest

    def _keep_part(self, read: ReadSnapshot, report: Report) -> Finished:
        """A later page of an article makes no entry of its own: it is kept, and the article is read again with it."""
        for part in read.feed.entries:
            self.work.keep_part(read.claim, part, self.now)
        report.problem = "a part of an article"
        self.rings.poll = True
        return Finished(read.claim, (), read.claim.guid_mode)

    def _keep_media(self, read: ReadSnapshot, report: Report) -> Finished:
        """A picture or file: the articles that wait for it are decided about again, whatever it turned out to be."""
        found = read.feed.media
        assert found is not None
        waited_for = self.work.keep_media(read.claim, found, self.now)
        report.problem = f"{found.content_type} kept" if found.reason is None else f"no picture: {found.reason}"
        self.rings.recheck = self.rings.recheck or waited_for
        return Finished(read.claim, (), read.claim.guid_mode)

    def _presence(self, read: ReadSnapshot) -> None:
        """Hold what has lost its page, let go what has it back."""
        missing = read.feed.missing
        if missing and is_loss(self.work, read.claim, self.now):
            return
        keys = [key.digest for key in tombstone_keys(missing or read.claim.own_url)]
        changed = self.work.mark_missing(read.claim.source_id, keys, self.now if missing else None)
        if not changed:
            return
        stories = [story for story in self.work.stories(changed) if story.current is not None]
        settlements = [settle_or_hold(story, self.view, self.now) for story in stories]
        write(self.work, settlements, self.now)
        self.rings.hear(settlements, self.view)


def _is_routed(item: Stored) -> bool:
    """New and joined entries bring their article on the road, on first contact only the chosen ones."""
    return item.identified.fate in (Fate.NEW, Fate.JOINED) and item.identified.prepared.routed


def _old_words(copy: Copy, lead: Copy, story: Story) -> str:
    return (
        f"entry {copy.entry} is not published: {lead.source} had its text before, which is old or held back: newsroad "
        f"article explain {story.uuid}. Is it this source's own: newsroad article split {copy.entry}"
    )
