"""Much of a known source new at once: what is compared, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What a move is recognised by, of an entry or of an address that leads to one. ``date`` is when it says it was
    published, else changed (aware UTC), ``by_day`` that it names the day alone; ``language`` is as declared, ``text``
    what it is written in; ``article`` the id of the article with its text, where there is one."""

    title: str | None = None
    link: str | None = None
    date: datetime | None = None
    by_day: bool = False
    language: str | None = None
    text: str = ""
    article: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One entry of a source as it stands, by its id."""

    entry: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class Flood:
    """What is to become of a document's newcomers, each by its place among them. ``moved`` are entries the source had
    (ids); ``held`` go nowhere by themselves; the rest goes on as ever. ``of`` is how much the document holds in all,
    ``line`` the time up to which a date is old. Not ``sure``: neither dates nor titles say so, there are only too many
    to tell."""

    line: datetime
    of: int
    newcomers: int
    moved: Mapping[int, int]
    held: frozenset[int]
    sure: bool = True

    @property
    def passed(self) -> int:
        return self.newcomers - len(self.moved) - len(self.held)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An article that was held back with a flood. Times are aware UTC."""

    article: int
    title: str
    date: datetime | None
    held_at: datetime
