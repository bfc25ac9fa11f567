"""What people are shown: rows of overviews and lists, and everything about one article. All times are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from worker.model.catalog import Use
from worker.model.correction import CorrectionRow
from worker.model.delivery import Action, Decision, DeliveryState
from worker.model.ingest import Story


class SourceState(StrEnum):
    """``NEW`` was never asked · ``FAILING`` did not answer well the last time · ``SILENT`` answers, but brought nothing
    new for a week · ``ATTENTION`` waits for a person, who is told why · ``CHALLENGED`` answers with a script for
    browsers · ``FORBIDDEN`` by its robots.txt · ``PAUSED`` by a person."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    SILENT = "silent"
    ATTENTION = "attention"
    CHALLENGED = "challenged"
    FORBIDDEN = "forbidden"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source. ``new`` entries that made an article, ``revised`` later revisions, ``duplicate`` entries that joined
    an article we had: all within the window. ``held`` articles it leads that wait for a person, whenever they came."""

    key: str
    publisher: str
    state: SourceState
    url: str
    every: int
    new: int
    revised: int
    duplicate: int
    held: int
    quarantined: int
    polls: int
    failures: int
    outcome: str | None
    attention: str | None
    polled_at: datetime | None
    changed_at: datetime | None
    due_at: datetime | None
    paused_at: datetime | None


@dataclass(frozen=True, slots=True)
class PollState:
    """How often a source was asked, what its last answer was, when it is asked next."""

    polls: int
    outcome: str | None
    due_at: datetime | None
    paused_at: datetime | None


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One fetched body. ``bytes`` is its packed size; ``reason`` why it was set aside."""

    id: int
    state: str
    fetched_at: datetime
    ingested_at: datetime | None
    content_type: str | None
    bytes: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """One destination. ``published``, ``updated``, ``retracted`` and ``accepted`` (their sum) lie within the window,
    and so does the latency, fetch to acceptance in milliseconds. ``waiting`` and ``parked`` deliveries and ``held``
    articles are as of now. ``state`` is active, open (its breaker), held, disabled or retired."""

    key: str
    kind: str
    subscriber: str
    channels: tuple[str, ...]
    state: str
    reason: str | None
    failures: int
    opened_at: datetime | None
    probe_at: datetime | None
    published: int
    updated: int
    retracted: int
    waiting: int
    parked: int
    held: int
    oldest_due_at: datetime | None
    latency_p50_ms: int | None
    latency_p95_ms: int | None

    @property
    def accepted(self) -> int:
        return self.published + self.updated + self.retracted


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that ``status`` shows. Counts of the window begin at ``since``. ``held`` articles wait for a person,
    ``dropped`` ones did so for too long, within the window."""

    at: datetime
    since: datetime
    sources: tuple[SourceRow, ...]
    destinations: tuple[DestinationRow, ...]
    held: int
    quarantined: int
    tick_at: datetime | None
    dropped: int = 0

    def in_state(self, *states: SourceState) -> int:
        return sum(row.state in states for row in self.sources)


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article in a list. ``source`` is its lead's, ``merged_into`` what a person made it a part of."""

    uuid: UUID
    title: str
    state: str
    version: int
    source: str
    created_at: datetime
    merged_into: UUID | None = None


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One entry of an article, whether its source still has it or not. ``joined_by``: text, link, the
    nearness of its text, ``merge`` for a person's word, or None for the entry that made the article."""

    entry: int
    source: str
    title: str | None
    link: str | None
    first_seen: datetime
    revision: int
    joined_by: str | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionMade:
    number: int
    created_at: datetime
    entry: int
    revision: int


@dataclass(frozen=True, slots=True)
class TombstoneRow:
    at: datetime
    reason: str
    by: str
    note: str | None
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """Everything about one article. ``copies`` are all of them, earliest first; ``story.copies`` only the live ones.
    ``corrections`` in force come first."""

    story: Story
    title: str
    state: str
    created_at: datetime
    copies: tuple[CopyRow, ...]
    versions: tuple[VersionMade, ...]
    tombstones: tuple[TombstoneRow, ...]
    corrections: tuple[CorrectionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery with the article it is of. ``detail`` is what the last attempt met, in words."""

    uuid: UUID
    article: UUID
    title: str
    destination: str
    sequence: int
    action: Action
    version: int
    use: Use
    state: DeliveryState
    attempts: int
    failures: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    visible_at: datetime | None
    result: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One delivery that waits for its time."""

    uuid: UUID
    title: str
    action: Action
    due_at: datetime
    urgent: bool


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """What came back of one attempt. ``excerpt`` is the beginning of the answer's body."""

    attempt: int
    at: datetime
    result: str
    status: int | None
    elapsed_ms: int | None
    detail: str | None
    excerpt: str | None
    remote_id: str | None
    remote_url: str | None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision of the past, newest first in a list."""

    destination: str
    version: int
    decision: Decision
    decided_at: datetime
