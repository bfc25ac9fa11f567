"""The watch: look at the whole installation, tell people what needs them, once; and once a day that all is well.

What is to be told is a row before anybody is told, so that a crash loses nothing, and is claimed, so that two watches
at once tell nothing twice. A telling that fails is tried again with growing waits, per recipient in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from worker.model.alerts import (
    AlertKind,
    Concern,
    Disk,
    Episode,
    Figures,
    Habit,
    Message,
    Telling,
    Told,
    Turn,
)
from worker.model.catalog import Catalogue
from worker.model.report import Dimension, Reckoned, Span
from worker.openings import Workdays, workdays_of
from worker.pipeline.alert_words import Words
from worker.pipeline.conditions import WITHHELD_SHOWN, Key, Scene, compare, concerns, last_deadline
from worker.pipeline.habit import KEPT, LEAST_GAP, learn
from worker.pipeline.messages import Digest, Waits, alert_message, digest_message, grants_among, places_of
from worker.ports import Clock

APART = timedelta(seconds=15)  # between two looks; beat asks for one every 30 s
LEASE = timedelta(seconds=60)
WINDOW = timedelta(seconds=25)  # for telling, of the 55 s that a task may take
TOLD_KEPT = timedelta(days=180)
PATIENCE = timedelta(days=7)
WAITS = (30, 60, 120, 300, 900, 1800, 3600)  # seconds until the next attempt; the last one for all further ones


class Store(Protocol):
    """``worker.store.alerts.AlertStore``."""

    def begin(self, now: datetime, apart: timedelta) -> tuple[bool, datetime | None]: ...

    def open(self) -> tuple[Episode, ...]: ...

    def turn(
        self,
        now: datetime,
        judge: Callable[[Sequence[Episode]], Turn],
        compose: Callable[[Turn, Mapping[Key, int]], Message | None],
        recipients: Sequence[str],
    ) -> Turn: ...

    def digested_at(self) -> datetime | None: ...

    def digest(self, due_at: datetime, message: Message | None, recipients: Sequence[str], now: datetime) -> bool: ...

    def claim(self, now: datetime, *, lease: str, until: datetime) -> Telling | None: ...

    def record(self, one: Telling, told: Told, now: datetime, *, lease: str, again_at: datetime | None) -> None: ...

    def drop_others(self, recipients: Sequence[str], now: datetime) -> int: ...

    def prune(self, before: datetime, limit: int) -> int: ...


class FigureReader(Protocol):
    """``worker.store.figures.FigureStore``."""

    def look(
        self,
        now: datetime,
        *,
        watched_at: datetime | None,
        published_since: datetime | None,
        withheld_since: datetime,
        by_hand: Sequence[str],
    ) -> Figures: ...

    def arrivals(self, key: str, since: datetime) -> list[datetime]: ...

    def parked(self) -> int: ...


class Reporter(Protocol):
    """``worker.store.report.Reports``."""

    def reckon(self, span: Span, by: Sequence[Dimension], now: datetime) -> Reckoned: ...


class Teller(Protocol):
    """``worker.tellers.Tellers``."""

    def recipients(self) -> tuple[str, ...]: ...

    def tell(self, recipient: str, message: Message, name: UUID, made_at: datetime) -> Told: ...


@dataclass(slots=True)
class Habits:
    """What was learned of sources that are quiet, by key, for the newest entry it was learned up to."""

    known: dict[str, tuple[datetime, Habit | None]] = field(default_factory=dict)


def next_attempt(attempt: int, made_at: datetime, now: datetime) -> datetime | None:
    """When to tell again after ``attempt`` failed ones; None once a week is over: then it is no news."""
    if now - made_at >= PATIENCE:
        return None
    return now + timedelta(seconds=WAITS[min(attempt, len(WAITS)) - 1])


def last_digest(now: datetime, at: str, zone: ZoneInfo) -> datetime:
    """The newest moment at which a daily summary was due: ``at`` (``HH:MM``) in ``zone``, today or yesterday."""
    clock, today = time.fromisoformat(at), now.astimezone(zone).date()
    due = datetime.combine(today, clock, tzinfo=zone)
    return due if due <= now else datetime.combine(today - timedelta(days=1), clock, tzinfo=zone)


@dataclass(slots=True)
class Watch:
    """One look and what is to be told of it. ``disks`` measures our volumes."""

    catalogue: Catalogue
    store: Store
    figures: FigureReader
    reports: Reporter
    teller: Teller
    disks: Callable[[], tuple[Disk, ...]]
    clock: Clock
    habits: Habits = field(default_factory=Habits)

    def run(self) -> str:
        """Look, write down what began and what is over, tell; one line on what there was. Twice does no harm."""
        now = self.clock()
        due, watched_at = self.store.begin(now, APART)
        if not due:
            return "looked just now"
        scene = self._scene()
        figures, scene = self._look(now, watched_at, scene)
        found = concerns(figures, scene)
        turn = self._turn(found, scene, now)
        digested = self._digest(figures, found, scene, now)
        told, failed = self._tell()
        said = f"{len(found)} open, {len(turn.began)} began, {len(turn.over)} over; {told} told"
        return said + (f", {failed} failed" if failed else "") + ("; daily summary" if digested else "")

    def _scene(self) -> Scene:
        operator = self.catalogue.operator
        rules = self.catalogue.alerts
        calendar = next((one for one in self.catalogue.calendars if one.key == rules.calendar), None)
        return Scene(
            catalogue=self.catalogue,
            words=Words(operator.language, ZoneInfo(operator.zone)),
            workdays=workdays_of(calendar) if calendar is not None else Workdays(),
            disks=self.disks(),
            open=frozenset((one.kind, one.target) for one in self.store.open()),
        )

    def _look(self, now: datetime, watched_at: datetime | None, scene: Scene) -> tuple[Figures, Scene]:
        passed = last_deadline(now, scene)
        figures = self.figures.look(
            now,
            watched_at=watched_at,
            published_since=passed[1] if passed else None,
            withheld_since=now - WITHHELD_SHOWN,
            by_hand=[one.key for one in self.catalogue.destinations if one.updates == "notify"],
        )
        quiet = {
            one.key: one.newest_at
            for one in figures.sources
            if one.newest_at is not None and (now - one.newest_at).total_seconds() > LEAST_GAP
        }
        return figures, replace(scene, habits={key: self._habit(key, at, scene) for key, at in quiet.items()})

    def _habit(self, key: str, newest: datetime, scene: Scene) -> Habit | None:
        """Learned once for each silence: while a source is quiet there is nothing to learn."""
        known = self.habits.known.get(key)
        if known is None or known[0] != newest:
            moments = self.figures.arrivals(key, newest - KEPT)
            known = (newest, learn(moments, scene.words.zone, scene.workdays.__contains__))
            self.habits.known[key] = known
        return known[1]

    def _turn(self, found: Sequence[Concern], scene: Scene, now: datetime) -> Turn:
        operator = self.catalogue.operator.name

        def judge(episodes: Sequence[Episode]) -> Turn:
            return compare(episodes, found, now)

        def compose(turn: Turn, ids: Mapping[Key, int]) -> Message | None:
            return alert_message(turn, ids, operator=operator, words=scene.words, now=now)

        if not found and not scene.open:
            return Turn()
        return self.store.turn(now, judge, compose, self.teller.recipients())

    def _digest(self, figures: Figures, found: Sequence[Concern], scene: Scene, now: datetime) -> bool:
        """The summary of yesterday, once it is due. The first look of an installation only notes the time."""
        recipients, at = self.teller.recipients(), scene.rules.digest
        if at is None or not recipients:
            return False
        due_at, last = last_digest(now, at, scene.words.zone), self.store.digested_at()
        zone = scene.words.zone
        if last is not None and last.astimezone(zone).date() >= due_at.astimezone(zone).date():
            return False
        message = None if last is None else self._summary(figures, found, scene, due_at.astimezone(zone).date())
        self.store.prune(now - TOLD_KEPT, 1000)
        return self.store.digest(due_at, message, recipients, now) and message is not None

    def _summary(self, figures: Figures, found: Sequence[Concern], scene: Scene, day: date) -> Message:
        yesterday = day - timedelta(days=1)
        span = Span(yesterday, yesterday, self.catalogue.operator.zone)
        report = self.reports.reckon(span, (Dimension.DESTINATION,), figures.now)
        digest = Digest(
            day=yesterday,
            total=report.total.count,
            places=places_of(report, report.names[Dimension.DESTINATION]),
            open=tuple(one for one in self.store.open() if one.kind is not AlertKind.GRANT_ENDING),
            waits=Waits(figures.holds, self.figures.parked(), len(figures.unconfirmed), len(figures.withheld)),
            grants=grants_among(found),
        )
        return digest_message(digest, operator=self.catalogue.operator.name, words=scene.words)

    def _tell(self) -> tuple[int, int]:
        """Tell what waits, for up to 25 s; how many were told and how many failed."""
        recipients = self.teller.recipients()
        lease, end = uuid4().hex, self.clock() + WINDOW
        told = failed = 0
        while (now := self.clock()) < end and (one := self.store.claim(now, lease=lease, until=now + LEASE)):
            if one.recipient not in recipients:
                self.store.drop_others(recipients, now)
                continue
            ok = self._tell_one(one, lease)
            told, failed = told + ok, failed + (not ok)
        return told, failed

    def _tell_one(self, one: Telling, lease: str) -> bool:
        answer = self.teller.tell(one.recipient, one.message, one.id, one.made_at)
        now = self.clock()
        again_at = None if answer.ok else next_attempt(one.attempt, one.made_at, now)
        self.store.record(one, answer, now, lease=lease, again_at=again_at)
        return answer.ok
