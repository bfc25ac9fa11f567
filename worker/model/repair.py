"""What people say of which texts are one article: merging two, splitting one off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from worker.model.delivery import Action, Decision
from worker.model.feed import ParsedEntry


@dataclass(frozen=True, slots=True)
class Carrier:
    """One entry of an article with all it is known by: ``documents`` are its texts as its source had them, oldest
    first, ``aliases`` its keys within its source."""

    entry: int
    source: str
    source_id: int
    removed: bool
    estranged: bool
    documents: tuple[ParsedEntry, ...]
    aliases: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Parting:
    """What a split asks of an article beside its story: whose text each version was, by its number; how many entries it
    has, be they deleted by their sources; since when it is withdrawn, if it is."""

    leads: Mapping[int, int]
    entries: int
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one article at one destination: the delivery that is written down, if any, and why."""

    decision: Decision | None
    action: Action | None
    out: bool


@dataclass(frozen=True, slots=True)
class Place:
    """What a repair does at one destination. ``article`` is the one that stays what it is, ``other`` the one that is
    merged into it or split from it; None: nothing changes for that one there."""

    destination: str
    article: Outcome | None
    other: Outcome | None


@dataclass(frozen=True, slots=True)
class Merging:
    """``other`` becomes part of ``article``. ``entries`` are those that move, ``lost`` the fields in which ``other``
    was corrected, by name with what it was corrected to: corrections stay with their article."""

    article: UUID
    other: UUID
    entries: tuple[int, ...]
    places: tuple[Place, ...]
    lost: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Splitting:
    """``entry`` leaves ``article`` and begins ``other``. ``led``: its text was the article's. ``left``: nobody carries
    the article any more."""

    article: UUID
    other: UUID
    entry: int
    places: tuple[Place, ...]
    led: bool
    left: bool = False
