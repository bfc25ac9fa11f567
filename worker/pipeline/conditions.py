"""What needs a person, read off the figures of one look. Pure: values and a clock in, concerns out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from worker.model.alerts import (
    AlertKind,
    Concern,
    DestinationFigure,
    Disk,
    Episode,
    Figures,
    Habit,
    SourceFigure,
    Turn,
    WithheldUpdate,
)
from worker.model.catalog import Alerts, Catalogue
from worker.openings import Workdays
from worker.pipeline.alert_words import Words, gigabytes
from worker.pipeline.habit import waking
from worker.rights.endings import WARN_DAYS, ending_grants

FAILURES = 3  # polls in a row before a source's failing is told
TICK_STALE = timedelta(minutes=2)
UNCONFIRMED_AFTER = timedelta(minutes=10)
WITHHELD_SHOWN = timedelta(days=1)
ENDED_SHOWN = timedelta(days=7)
LOOKED_BACK = 30  # days, for the last workday
EASED = 0.8  # of the bound for holds, under which they are fine again
ROOMY = 1.1  # of the bound for free space

SETTLES: Mapping[AlertKind, timedelta] = {
    AlertKind.SOURCE_FAILING: timedelta(minutes=10),
    AlertKind.DESTINATION_FAILING: timedelta(minutes=5),
    AlertKind.TICK_DEAD: timedelta(minutes=2),
}
"""How long it must be well before an episode is over, for what flaps; for all others at once."""

NO_ALL_CLEAR = frozenset({AlertKind.UPDATE_WITHHELD})
"""Kinds whose end is no news: what was to be done was to be done by a person."""

Key = tuple[AlertKind, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """What the figures are judged by: the rules in force, the words, the habits of the sources that are quiet, the
    volumes, and which concerns are open already (their bounds are wider)."""

    catalogue: Catalogue
    words: Words
    workdays: Workdays = field(default_factory=Workdays)
    habits: Mapping[str, Habit | None] = field(default_factory=dict)
    disks: tuple[Disk, ...] = ()
    open: frozenset[Key] = frozenset()

    @property
    def rules(self) -> Alerts:
        return self.catalogue.alerts


def concerns(figures: Figures, scene: Scene) -> tuple[Concern, ...]:
    """Everything that needs a person at this moment."""
    return (
        *(one for source in figures.sources for one in of_source(source, figures, scene)),
        *(one for place in figures.destinations for one in of_destination(place, figures, scene)),
        *of_holds(figures, scene),
        *not_published(figures, scene),
        *tick_dead(figures, scene),
        *of_disks(scene),
        *unconfirmed(figures, scene),
        *withheld(figures, scene),
        *of_grants(figures, scene),
    )


def of_source(source: SourceFigure, figures: Figures, scene: Scene) -> Iterator[Concern]:
    """It waits for a person, fails again and again, or is silent beyond its habit: the first of these."""
    facts = {"key": source.key, "name": source.name}
    if source.key in figures.stopped.sources:
        return
    if source.trouble is not None:
        words = scene.words.say("source_trouble", **facts, trouble=source.trouble)
        yield Concern(AlertKind.SOURCE_FAILING, source.key, words)
    elif source.failures >= FAILURES:
        words = scene.words.say("source_failing", **facts, failures=source.failures, outcome=source.outcome or "–")
        yield Concern(AlertKind.SOURCE_FAILING, source.key, words)
    elif not figures.stopped.everything and (silence := silent_for(source, figures.now, scene)) is not None:
        habit = scene.habits[source.key]
        assert habit is not None, "silence is measured by a habit"
        words = scene.words.say(
            "source_silent", **facts, span=scene.words.span(silence), usual=scene.words.span(habit.gap)
        )
        yield Concern(AlertKind.SOURCE_SILENT, source.key, words)


def silent_for(source: SourceFigure, now: datetime, scene: Scene) -> float | None:
    """Seconds since it last brought something, if that is beyond its habit."""
    habit = scene.habits.get(source.key)
    if habit is None or source.newest_at is None:
        return None
    bound = habit.gap * scene.rules.silence
    quiet = waking(source.newest_at, now, habit.awake, scene.words.zone, scene.workdays.__contains__, bound)
    return (now - source.newest_at).total_seconds() if quiet > bound else None


def of_destination(place: DestinationFigure, figures: Figures, scene: Scene) -> Iterator[Concern]:
    """It is stopped, or has been failing for too long."""
    words = scene.words
    facts = {
        "key": place.key,
        "subscriber": place.subscriber,
        "contact": words.contact(place.contact),
        "reason": words.clause(place.reason),
    }
    if place.state in ("held", "disabled"):
        told = words.say("destination_stopped", **facts, state=place.state)
        yield Concern(AlertKind.DESTINATION_STOPPED, place.key, told)
    elif place.failing_since is not None and (
        figures.now - place.failing_since >= timedelta(seconds=scene.rules.failing)
        or (AlertKind.DESTINATION_FAILING, place.key) in scene.open
    ):
        since = words.at(place.failing_since)
        told = words.say("destination_failing", **facts, since=since, waiting=place.waiting)
        yield Concern(AlertKind.DESTINATION_FAILING, place.key, told)


def of_holds(figures: Figures, scene: Scene) -> Iterator[Concern]:
    limit = scene.rules.holds
    bound = limit * EASED if (AlertKind.HOLDS, "") in scene.open else limit
    if figures.holds > bound:
        yield Concern(AlertKind.HOLDS, "", scene.words.say("holds", count=figures.holds, limit=limit))


def last_deadline(now: datetime, scene: Scene) -> tuple[datetime, datetime] | None:
    """The newest ``published_by`` of a workday that has passed, and when its day began; None without such a rule."""
    if scene.rules.published_by is None:
        return None
    by = time.fromisoformat(scene.rules.published_by)
    today = now.astimezone(scene.words.zone).date()
    for back in range(LOOKED_BACK):
        day = today - timedelta(days=back)
        moment = _local(day, by, scene)
        if day in scene.workdays and moment <= now:
            return moment, _local(day, time(), scene)
    return None


def _local(day: date, clock: time, scene: Scene) -> datetime:
    return datetime.combine(day, clock, tzinfo=scene.words.zone).astimezone(UTC)


def not_published(figures: Figures, scene: Scene) -> Iterator[Concern]:
    """Nothing has gone out since the last workday began whose deadline has passed. Lasts until something does."""
    passed = last_deadline(figures.now, scene)
    if passed is None or figures.stopped.everything:
        return
    if figures.published_at is None or figures.published_at < passed[1]:
        day = passed[0].astimezone(scene.words.zone).strftime("%m-%d")
        words = scene.words.say("not_published", day=day, by=scene.rules.published_by)
        yield Concern(AlertKind.NOT_PUBLISHED, "", words)


def tick_dead(figures: Figures, scene: Scene) -> Iterator[Concern]:
    """There was no tick although this look is not the first after a pause: then everything is only just starting."""
    now = figures.now
    if figures.watched_at is None or now - figures.watched_at > TICK_STALE:
        return
    if figures.tick_at is None:
        yield Concern(AlertKind.TICK_DEAD, "", scene.words.say("tick_never"))
    elif now - figures.tick_at > TICK_STALE:
        yield Concern(AlertKind.TICK_DEAD, "", scene.words.say("tick_dead", since=scene.words.at(figures.tick_at)))


def of_disks(scene: Scene) -> Iterator[Concern]:
    for disk in scene.disks:
        limit = scene.rules.disk
        bound = limit * ROOMY if (AlertKind.DISK_LOW, disk.path) in scene.open else limit
        if disk.free < bound:
            words = scene.words.say("disk_low", path=disk.path, free=gigabytes(disk.free), limit=gigabytes(limit))
            yield Concern(AlertKind.DISK_LOW, disk.path, words)


def unconfirmed(figures: Figures, scene: Scene) -> Iterator[Concern]:
    words = scene.words
    for one in figures.unconfirmed:
        if figures.now - one.since >= UNCONFIRMED_AFTER:
            told = words.say(
                "retraction_unconfirmed",
                title=one.title,
                subscriber=one.subscriber,
                destination=one.destination,
                since=words.at(one.since),
                contact=words.contact(one.contact),
                delivery=str(one.delivery)[:8],
            )
            yield Concern(AlertKind.RETRACTION_UNCONFIRMED, str(one.delivery), told)


def withheld(figures: Figures, scene: Scene) -> Iterator[Concern]:
    for one in figures.withheld:
        if figures.now - one.since < WITHHELD_SHOWN:
            yield Concern(AlertKind.UPDATE_WITHHELD, str(one.delivery), _withheld_words(one, scene.words))


def _withheld_words(one: WithheldUpdate, words: Words) -> str:
    return words.say(
        "update_withheld",
        title=one.title,
        subscriber=one.subscriber,
        destination=one.destination,
        contact=words.contact(one.contact),
        delivery=str(one.delivery)[:8],
    )


def of_grants(figures: Figures, scene: Scene) -> Iterator[Concern]:
    """Grants that end within 60, 30, 7 days, each step told once; and for a week those that did."""
    words = scene.words
    publishers = {one.key: one.name for one in scene.catalogue.publishers}
    for ending in ending_grants(scene.catalogue, figures.now):
        grant = ending.grant
        end = ending.ends.astimezone(words.zone).strftime("%Y-%m-%d %H:%M")
        name = publishers.get(grant.publisher, grant.publisher)
        told = words.say("grant_ending", key=grant.key, publisher=name, end=end, days=ending.days)
        yield Concern(AlertKind.GRANT_ENDING, grant.key, told, level=WARN_DAYS.index(ending.step) + 1)
    for grant in scene.catalogue.grants:
        open_now = (AlertKind.GRANT_ENDING, grant.key) in scene.open
        end_at = grant.valid_until
        if open_now and end_at is not None and end_at <= figures.now < end_at + ENDED_SHOWN:
            end = end_at.astimezone(words.zone).strftime("%Y-%m-%d %H:%M")
            name = publishers.get(grant.publisher, grant.publisher)
            told = words.say("grant_ended", key=grant.key, publisher=name, end=end)
            yield Concern(AlertKind.GRANT_ENDING, grant.key, told, level=len(WARN_DAYS) + 1)


def compare(episodes: Sequence[Episode], found: Sequence[Concern], now: datetime) -> Turn:
    """What ``found`` changes about the open ``episodes``."""
    there: dict[Key, Concern] = {}
    for concern in found:
        there.setdefault((concern.kind, concern.target), concern)
    known = {(one.kind, one.target): one for one in episodes}
    both = [(episode, there[key]) for key, episode in known.items() if key in there]
    return Turn(
        began=tuple(one for key, one in there.items() if key not in known),
        worse=tuple(pair for pair in both if pair[1].level > pair[0].level),
        last=tuple(pair for pair in both if pair[1].level <= pair[0].level),
        over=tuple(
            one
            for key, one in known.items()
            if key not in there and now - one.seen_at >= SETTLES.get(one.kind, timedelta())
        ),
    )
