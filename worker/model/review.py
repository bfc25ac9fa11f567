"""What waits for a person's word, as people look at it, and the record of what they did. All times are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from worker.model.catalog import Use
from worker.model.delivery import Decision


@dataclass(frozen=True, slots=True)
class HeldFilter:
    """Which of what is held: led by ``source``, in ``channel``, at one of ``destinations``, for ``reason`` (a code),
    since before ``before``, with all of ``words`` in the title. Empty means any. ``dropped``: what nobody decided in
    time, instead of what waits."""

    source: str | None = None
    channel: str | None = None
    destinations: tuple[str, ...] = ()
    reason: str | None = None
    before: datetime | None = None
    words: tuple[str, ...] = ()
    dropped: bool = False


ANY = HeldFilter()


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One article at one destination that waits for a person, ``since`` then in this version. ``channels`` are all of
    the article's."""

    article: UUID
    title: str
    source: str
    channels: tuple[str, ...]
    destination: str
    version: int
    decision: Decision
    decided_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier version that a person let out, or that went out: what a new one is compared with. ``by`` is who
    approved it (None: it was sent), ``destination`` where."""

    version: int
    by: str | None
    destination: str
    at: datetime
    use: Use


@dataclass(frozen=True, slots=True)
class ActFilter:
    """Which acts: since then, by this person, of this verb, about this article or a delivery of it. None: any."""

    since: datetime | None = None
    by: str | None = None
    verb: str | None = None
    article: UUID | None = None


@dataclass(frozen=True, slots=True)
class ActRow:
    """One thing that a person did. ``detail`` mostly has ``before`` and ``after``."""

    id: int
    at: datetime
    by: str
    verb: str
    target: str
    note: str | None
    detail: Any
