"""Numbers for monitoring, read off the database. Gauges are as of now; counters count what happened since this process
began, each time only what is new since the last reading."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.errors import StoreError
from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState
from worker.model.measures import Family, Labels, Sample
from worker.store import people_reviews
from worker.store.declared import destination, source
from worker.store.engine import Database
from worker.store.people_overview import NEWEST, destination_state
from worker.store.pulse import last_beat
from worker.store.schema import decision, delivery, entry, receipt, resource, revision, snapshot
from worker.store.telling import alert

SETTLED: Final = timedelta(seconds=30)  # after which what was done then is surely written down
MOST_LABELS: Final = 200  # sources and destinations that are named; the worst of the rest is ``other``
EDGES: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)

_OPEN: Final = (DeliveryState.DUE.value, DeliveryState.SENDING.value, DeliveryState.PARKED.value)
_STATES: Final = {"active": 0.0, "open": 1.0}  # of a breaker; 2 is stopped until a person resumes it
_FILTERED: Final = {Use.HOLD.value: "filtered", Use.REJECT.value: "rejected"}
_HISTOGRAMS: Final = {
    "delivery_latency_seconds": "From a delivery's being written down to its acceptance.",
    "delivery_end_to_end_seconds": "From the end of the fetch to acceptance.",
    "takedown_propagation_seconds": "From a takedown to the partner's confirmation, by retraction.",
}


class Histogram:
    """Counts by edge, cumulated when shown."""

    def __init__(self) -> None:
        self.counts, self.sum = [0] * (len(EDGES) + 1), 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(EDGES, seconds)] += 1
        self.sum += seconds

    def samples(self, labels: Labels) -> Iterator[Sample]:
        below = 0
        for edge, count in zip((*map(str, EDGES), "+Inf"), self.counts, strict=True):
            below += count
            yield Sample(below, (*labels, ("le", edge)), "_bucket")
        yield Sample(self.sum, labels, "_sum")
        yield Sample(below, labels, "_count")


class Measures:
    """Reads everything at once. Not for several threads: whoever asks holds a lock of its own."""

    def __init__(self, database: Database, version: str) -> None:
        self.database, self.version = database, version
        self._counted_to: datetime | None = None
        self._ids: dict[str, int] = {}
        self._attempts: Counter[tuple[str, str, str]] = Counter()
        self._items: Counter[tuple[str, str]] = Counter()
        self._waits: dict[tuple[str, str], Histogram] = {}

    def read(self, now: datetime) -> tuple[Family, ...]:
        """Every family, as of ``now``. When the database does not answer, only that it does not."""
        info = Family("build_info", "gauge", "The version that runs.", (Sample(1, (("version", self.version),)),))
        try:
            with self.database.read() as connection:
                found = (*_gauges(connection, now), *self._counters(connection, now))
        except (StoreError, sa.exc.SQLAlchemyError):
            return info, _one("db_up", "Whether the database answers.", 0)
        return info, _one("db_up", "Whether the database answers.", 1), *found

    def _counters(self, connection: Connection, now: datetime) -> Iterator[Family]:
        self._count(connection, now - SETTLED)
        yield Family(
            "items_total",
            "counter",
            "Entries by what they were, decisions that kept one from a destination by their first reason.",
            tuple(Sample(number, _labels(outcome=one, reason=why)) for (one, why), number in self._items.items()),
        )
        yield Family(
            "delivery_attempts_total",
            "counter",
            "Attempts to deliver, by kind of destination, outcome and class of the HTTP status.",
            tuple(
                Sample(number, _labels(kind=kind, outcome=outcome, status_class=status))
                for (kind, outcome, status), number in self._attempts.items()
            ),
        )
        for name, words in _HISTOGRAMS.items():
            samples = (
                sample
                for (of, kind), histogram in self._waits.items()
                if of == name
                for sample in histogram.samples(_labels(kind=kind))
            )
            yield Family(name, "histogram", words, tuple(samples))

    def _count(self, connection: Connection, until: datetime) -> None:
        """Count what happened since the last reading and up to ``until``; the first reading only begins."""
        since, self._counted_to = self._counted_to, until
        if since is None:
            for table in (entry, receipt, decision):
                self._ids[table.name] = _last(connection, table)
            return
        if since >= until:
            self._counted_to = since
            return
        kinds = {row.id: row.kind for row in connection.execute(sa.select(destination.c.id, destination.c.kind))}
        self._count_entries(connection, since, until)
        self._count_attempts(connection, kinds)
        self._count_waits(connection, kinds, since, until)

    def _new(self, connection: Connection, table: sa.Table) -> tuple[int, int]:
        """The ids that are new: from (exclusive), to (inclusive)."""
        since, self._ids[table.name] = self._ids[table.name], _last(connection, table)
        return since, self._ids[table.name]

    def _count_entries(self, connection: Connection, since: datetime, until: datetime) -> None:
        low, high = self._new(connection, entry)
        joined = entry.c.joined_by.is_not(None)
        query = sa.select(joined.label("joined"), sa.func.count().label("number"))
        for row in connection.execute(query.where(entry.c.id > low, entry.c.id <= high).group_by(joined)):
            self._items["dup" if row.joined else "new", ""] += row.number
        revised = (
            sa.select(sa.func.count())
            .select_from(revision)
            .where(revision.c.number > 1, revision.c.seen_at > since, revision.c.seen_at <= until)
        )
        self._items["updated", ""] += connection.execute(revised).scalar_one()
        low, high = self._new(connection, decision)
        kept = sa.select(decision.c.use, decision.c.reasons, sa.func.count().label("number")).where(
            decision.c.use.in_(tuple(_FILTERED)), decision.c.id > low, decision.c.id <= high
        )
        for row in connection.execute(kept.group_by(decision.c.use, decision.c.reasons)):
            self._items[_FILTERED[row.use], row.reasons.partition(",")[0]] += row.number

    def _count_attempts(self, connection: Connection, kinds: Mapping[int, str]) -> None:
        low, high = self._new(connection, receipt)
        family = (receipt.c.status // 100).label("family")
        query = (
            sa.select(delivery.c.destination_id, receipt.c.result, family, sa.func.count().label("number"))
            .join(delivery, delivery.c.id == receipt.c.delivery_id)
            .where(receipt.c.id > low, receipt.c.id <= high)
            .group_by(delivery.c.destination_id, receipt.c.result, family)
        )
        for row in connection.execute(query):
            status = "none" if row.family is None else f"{row.family}xx"
            self._attempts[kinds.get(row.destination_id, "other"), row.result, status] += row.number

    def _count_waits(self, connection: Connection, kinds: Mapping[int, str], since: datetime, until: datetime) -> None:
        query = sa.select(
            *(delivery.c.destination_id, delivery.c.action, delivery.c.created_at),
            *(delivery.c.visible_at, delivery.c.finished_at),
        ).where(
            delivery.c.destination_id.in_(list(kinds)),
            delivery.c.finished_at > since,
            delivery.c.finished_at <= until,
            # Not by the index on (destination, state), which would bring all that ever went.
            sa.func.coalesce(delivery.c.state, "") == DeliveryState.ACCEPTED.value,
        )
        for row in connection.execute(query):
            kind = kinds[row.destination_id]
            waited = (row.finished_at - row.created_at).total_seconds()
            if row.action == Action.RETRACT.value:
                self._wait("takedown_propagation_seconds", kind, waited)
                continue
            self._wait("delivery_latency_seconds", kind, waited)
            if row.visible_at is not None:
                self._wait("delivery_end_to_end_seconds", kind, (row.finished_at - row.visible_at).total_seconds())

    def _wait(self, name: str, kind: str, seconds: float) -> None:
        self._waits.setdefault((name, kind), Histogram()).add(max(0.0, seconds))


def _gauges(connection: Connection, now: datetime) -> Iterator[Family]:
    schema = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    yield _one("migration_version", "The number of the database's schema.", float(schema or 0))
    tick = last_beat(connection, "tick")
    if tick is not None:
        yield _one("dispatcher_last_tick_timestamp_seconds", "When the last tick was.", tick.timestamp())
    yield _staleness(connection, now)
    yield from _outbox(connection, now)
    yield _breakers(connection)
    aside = sa.select(sa.func.count()).select_from(snapshot).where(snapshot.c.state == "quarantined")
    yield _one("quarantine_items", "Snapshots set aside.", connection.execute(aside).scalar_one())
    yield _one("holds", "Articles that wait for a person.", people_reviews.held_counts(connection).articles)
    kinds = connection.execute(
        sa.select(alert.c.kind, sa.func.count()).where(alert.c.closed_at.is_(None)).group_by(alert.c.kind)
    )
    samples = tuple(Sample(number, _labels(kind=kind)) for kind, number in kinds)
    yield Family("alerts_open", "gauge", "Open alerts.", samples)


def _staleness(connection: Connection, now: datetime) -> Family:
    rows = connection.execute(
        sa.select(source.c.key, NEWEST.label("newest"))
        .join(resource, sa.and_(resource.c.source_id == source.c.id, resource.c.key.is_(None)))
        .where(source.c.retired_at.is_(None), source.c.paused_at.is_(None))
    )
    ages = {row.key: (now - row.newest).total_seconds() for row in rows if row.newest is not None}
    words = "Seconds since a source last brought something new."
    return Family("source_staleness_seconds", "gauge", words, _capped("source", ages))


def _outbox(connection: Connection, now: datetime) -> Iterator[Family]:
    rows = connection.execute(
        sa.select(delivery.c.state, sa.func.count().label("number"), sa.func.min(delivery.c.due_at).label("oldest"))
        .where(delivery.c.state.in_(_OPEN))
        .group_by(delivery.c.state)
    ).all()
    counts = {row.state: row.number for row in rows}
    samples = tuple(Sample(counts.get(state, 0), _labels(state=state)) for state in _OPEN)
    yield Family("outbox_pending", "gauge", "Deliveries that have not ended, and those given up.", samples)
    oldest = next((row.oldest for row in rows if row.state == DeliveryState.DUE.value), None)
    age = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
    yield _one("outbox_oldest_age_seconds", "How long the oldest delivery has been due.", age)


def _breakers(connection: Connection) -> Family:
    asked = (destination.c.key, destination.c.state, destination.c.opened_at, destination.c.retired_at)
    query: sa.Select[Any] = sa.select(*asked).where(destination.c.retired_at.is_(None))
    states = {row.key: _STATES.get(destination_state(row), 2.0) for row in connection.execute(query)}
    words = "Of a destination: 0 sends, 1 its breaker is open, 2 stopped until a person resumes it."
    return Family("target_breaker_state", "gauge", words, _capped("target", states))


def _capped(label: str, values: Mapping[str, float]) -> tuple[Sample, ...]:
    """The worst by name, the worst of all others as ``other``."""
    ordered = sorted(values.items(), key=lambda pair: -pair[1])
    named = [Sample(value, ((label, key),)) for key, value in ordered[:MOST_LABELS]]
    rest = [Sample(value, ((label, "other"),)) for _, value in ordered[MOST_LABELS : MOST_LABELS + 1]]
    return (*named, *rest)


def _last(connection: Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one_or_none() or 0


def _labels(**labels: Any) -> Labels:
    return tuple(labels.items())


def _one(name: str, words: str, value: float) -> Family:
    return Family(name, "gauge", words, (Sample(value),))
