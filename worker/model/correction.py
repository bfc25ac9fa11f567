"""What people correct in an article. It stands over whatever its source says, until somebody undoes it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fixes:
    """The corrections of one article; None: as its source says.

    ``author`` names one or several, with 、 or ; between them; empty, the text names nobody. ``published`` is aware
    UTC. ``category`` takes the place of all that the source gives. ``original_link`` is an http(s) address.
    """

    source: str | None = None
    author: str | None = None
    title: str | None = None
    published: datetime | None = None
    category: str | None = None
    original_link: str | None = None

    def __bool__(self) -> bool:
        return self != NONE


NONE = Fixes()
FIELDS = tuple(field.name for field in fields(Fixes))


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One correction as it was made; ``value`` is text (a time in RFC 3339). ``lifted_at``: undone, or replaced by a
    later one."""

    field: str
    value: str
    at: datetime
    by: str
    note: str | None
    lifted_at: datetime | None
