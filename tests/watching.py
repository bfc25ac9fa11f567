"""The watch in one process: figures as a test wishes them, real stores for episodes, a clock that tests set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from worker.model.alerts import Disk, Figures, Message, Told
from worker.model.catalog import Alerts, Catalogue, Operator
from worker.model.report import Count, Dimension, Reckoned, ReportRow, Span
from worker.openings import Workdays
from worker.pipeline.alert_words import Words
from worker.pipeline.conditions import Scene
from worker.pipeline.watch import Watch
from worker.store.alerts import AlertStore
from worker.store.engine import Database

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
"""08:00 in Shanghai, a Tuesday."""

OPERATOR = Operator(name="北辰转载平台", contact="rights@beichen.example")


def a_catalogue(**changes: Any) -> Catalogue:
    """An operator and ``[alerts]`` with one e-mail address, or what ``changes`` make of it."""
    return replace(Catalogue(operator=OPERATOR, alerts=Alerts(emails=("值班@beichen.example",))), **changes)


def a_scene(catalogue: Catalogue | None = None, language: str = "zh", **changes: Any) -> Scene:
    return replace(Scene(catalogue or a_catalogue(), Words(language, ZONE), Workdays()), **changes)


@dataclass
class Figured:
    """A ``FigureStore`` of set figures."""

    figures: Figures
    entries: dict[str, list[datetime]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def look(self, now: datetime, **more: Any) -> Figures:
        return replace(self.figures, now=now, watched_at=more["watched_at"])

    def arrivals(self, key: str, since: datetime) -> list[datetime]:
        self.asked.append(key)
        return [one for one in self.entries.get(key, []) if one >= since]

    def parked(self) -> int:
        return 0


@dataclass
class Counted:
    """``Reports`` of set figures; remembers what it was asked for."""

    count: Count = field(default_factory=Count)
    spans: list[Span] = field(default_factory=list)

    def reckon(self, span: Span, by: Any, now: datetime) -> Reckoned:
        self.spans.append(span)
        rows = (ReportRow(("hook",), self.count),)
        names = {Dimension.DESTINATION: {"hook": "江门户"}}
        return Reckoned(span, tuple(by), rows, ReportRow((), self.count), now, names)


@dataclass
class Ears:
    """Takes what is told, or refuses it: ``refusing`` names the recipients that do."""

    names: tuple[str, ...] = ("webhook", "desk@beichen.example")
    refusing: set[str] = field(default_factory=set)
    heard: list[tuple[str, Message, UUID]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def recipients(self) -> tuple[str, ...]:
        return self.names

    def tell(self, recipient: str, message: Message, name: UUID, made_at: datetime) -> Told:
        self.before()
        if recipient in self.refusing:
            return Told(ok=False, detail="answered 503")
        self.heard.append((recipient, message, name))
        return Told(ok=True, detail="answered 200")

    def subjects(self, recipient: str = "webhook") -> list[str]:
        return [message.subject for who, message, _ in self.heard if who == recipient]


@dataclass
class Watched:
    """One installation under watch. ``pass_on`` lets time pass and looks."""

    database: Database
    catalogue: Catalogue = field(default_factory=a_catalogue)
    now: datetime = MORNING
    figured: Figured = field(default_factory=lambda: Figured(Figures(now=MORNING, tick_at=None)))
    counted: Counted = field(default_factory=Counted)
    ears: Ears = field(default_factory=Ears)
    free: int = 10**12
    tick: bool = True

    def watch(self) -> Watch:
        """A watch of its own, as another process would have it."""
        return Watch(
            self.catalogue,
            AlertStore(self.database),
            self.figured,
            self.counted,
            self.ears,
            lambda: (Disk("/var/lib/newsroad", self.free),),
            lambda: self.now,
        )

    def look(self, **figures: Any) -> str:
        """Look now; ``figures`` are so from now on."""
        at = {"tick_at": self.now} if self.tick else {}
        self.figured.figures = replace(self.figured.figures, **{**at, **figures})
        return self.watch().run()

    def pass_on(self, seconds: float = 30, **figures: Any) -> str:
        self.now += timedelta(seconds=seconds)
        return self.look(**figures)
