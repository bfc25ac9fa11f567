"""Alerts: what a look at the whole installation sees, what of it needs a person, and what people are told of it.

All times are aware UTC, spans are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from worker.model.stops import Stopped


class AlertKind(StrEnum):
    """What may need a person."""

    SOURCE_SILENT = "source_silent"
    SOURCE_FAILING = "source_failing"
    DESTINATION_FAILING = "destination_failing"
    DESTINATION_STOPPED = "destination_stopped"
    HOLDS = "holds"
    NOT_PUBLISHED = "not_published"
    TICK_DEAD = "tick_dead"
    DISK_LOW = "disk_low"
    RETRACTION_UNCONFIRMED = "retraction_unconfirmed"
    UPDATE_WITHHELD = "update_withheld"
    GRANT_ENDING = "grant_ending"


@dataclass(frozen=True, slots=True)
class Habit:
    """How often a source brings something. ``gap`` is how long it usually takes at most (nine gaps in ten are no
    longer), counted only over its waking hours: ``awake`` has 0 to 23 for the hours of a workday in which it has
    brought something, 24 to 47 for those of a day off."""

    gap: float
    awake: frozenset[int]


@dataclass(frozen=True, slots=True)
class SourceFigure:
    """One source that is polled. ``trouble`` is why it waits for a person, in words; ``newest_at`` when it last
    brought an entry. Paused ones are not looked at."""

    key: str
    name: str
    failures: int
    outcome: str | None
    trouble: str | None
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class DestinationFigure:
    """One destination. ``state`` is active, open (its breaker), held or disabled; ``failing_since`` when what fails
    first failed, as far as it is known; ``waiting`` how many deliveries are due."""

    key: str
    subscriber: str
    contact: str | None
    state: str
    reason: str | None
    failing_since: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """One retraction that its destination has not confirmed. ``subscriber`` is the partner's name, ``contact`` whom
    to call there."""

    delivery: UUID
    article: UUID
    title: str
    destination: str
    subscriber: str
    contact: str | None
    since: datetime
    state: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class WithheldUpdate:
    """A changed article that a person tells the partner about, because its destination takes no updates."""

    delivery: UUID
    article: UUID
    title: str
    destination: str
    subscriber: str
    contact: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Disk:
    """A volume of ours, named by the folder it holds. Bytes."""

    path: str
    free: int


@dataclass(frozen=True, slots=True)
class Figures:
    """One look at the whole installation. ``watched_at`` is when it was last looked at before; ``published_at`` when
    something was last published anywhere, as far back as was asked for."""

    now: datetime
    sources: tuple[SourceFigure, ...] = ()
    destinations: tuple[DestinationFigure, ...] = ()
    unconfirmed: tuple[Unconfirmed, ...] = ()
    withheld: tuple[WithheldUpdate, ...] = ()
    holds: int = 0
    published_at: datetime | None = None
    tick_at: datetime | None = None
    watched_at: datetime | None = None
    stopped: Stopped = field(default_factory=Stopped)


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that needs a person now. ``target`` tells it from others of its ``kind``; ``words`` are in the
    operator's language; ``level`` grows as it gets worse, and each growth is told."""

    kind: AlertKind
    target: str
    words: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Episode:
    """A concern from its beginning to its end. ``seen_at`` is when it was last so; ``told_at`` and ``all_clear_at``
    when the first recipient took the news that it began, and that it is over."""

    id: int
    kind: AlertKind
    target: str
    words: str
    level: int
    opened_at: datetime
    seen_at: datetime
    closed_at: datetime | None = None
    told_at: datetime | None = None
    all_clear_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look changes: concerns that ``began``, episodes that became ``worse`` (with what they are now), that
    ``last`` (likewise) and that are ``over``."""

    began: tuple[Concern, ...] = ()
    worse: tuple[tuple[Episode, Concern], ...] = ()
    last: tuple[tuple[Episode, Concern], ...] = ()
    over: tuple[Episode, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: ``type`` and ``facts`` are what a webhook gets, ``subject`` and ``text`` what people read.
    ``began`` and ``over`` are the ids of the episodes whose beginning or end it tells."""

    type: str
    subject: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    began: tuple[int, ...] = ()
    over: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """One message for one recipient, claimed. ``recipient`` is ``webhook`` or an e-mail address; ``id`` is the same on
    every attempt; ``attempt`` counts from 1."""

    row: int
    id: UUID
    recipient: str
    message: Message
    made_at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one attempt to tell. ``detail`` is in words, without secrets."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class WaitingTelling:
    """A message that its recipient has not taken yet."""

    recipient: str
    subject: str
    made_at: datetime
    due_at: datetime
    attempts: int
    detail: str | None
