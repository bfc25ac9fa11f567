"""Figures over a span of days: what came in, what went out, how long it took."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum


class Dimension(StrEnum):
    """By what figures are told apart."""

    PUBLISHER = "publisher"
    SOURCE = "source"
    DESTINATION = "destination"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    DAY = "day"


@dataclass(slots=True)
class Count:
    """Figures of one group. What came in: entries that made an article (``new``), later revisions, entries that joined
    an article we had (``duplicate``). What was decided: ``held`` for a person, ``rejected``, ``dropped`` because nobody
    decided in time. What became of deliveries: accepted by their destination (``published``, ``updated``,
    ``retracted``), or ``parked``, ``superseded``, ``cancelled``, ``rehearsed``, ``withheld``, ``waiting``.
    """

    new: int = 0
    revised: int = 0
    duplicate: int = 0
    held: int = 0
    rejected: int = 0
    dropped: int = 0
    published: int = 0
    updated: int = 0
    retracted: int = 0
    parked: int = 0
    superseded: int = 0
    cancelled: int = 0
    rehearsed: int = 0
    withheld: int = 0
    waiting: int = 0

    @property
    def sent(self) -> int:
        return self.published + self.updated + self.retracted

    def add(self, outcome: str, number: int) -> None:
        setattr(self, outcome, getattr(self, outcome) + number)

    def plain(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in OUTCOMES}


OUTCOMES: tuple[str, ...] = tuple(one.name for one in fields(Count))


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of ``zone``, both included."""

    first: date
    last: date
    zone: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One group. ``group`` has a value for each dimension, empty where it does not apply (what came in was for no
    destination yet). Latency is from the end of the fetch to acceptance, in milliseconds, to two digits."""

    group: tuple[str, ...]
    count: Count
    latency_p50_ms: int | None = None
    latency_p95_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A report: its rows in order, and the same figures in all. ``names`` are what people call the keys of a
    dimension."""

    span: Span
    by: tuple[Dimension, ...]
    rows: tuple[ReportRow, ...]
    total: ReportRow
    at: datetime
    names: dict[Dimension, dict[str, str]] = field(default_factory=dict)
