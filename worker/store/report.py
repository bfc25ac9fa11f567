"""What came in and went out over a span of days, counted by the database and told apart as asked.

Every delivery is counted once: on the day it ended, or was written down if it has not. The days are a zone's own, which
a database cannot tell by itself: the span is cut where the zone's clock changes, and within a cut a day is 24 hours.
Latencies come as counts of two-digit figures, so that a million of them are a few hundred rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState, Reason
from worker.model.report import OUTCOMES, Count, Dimension, Reckoned, ReportRow, Span
from worker.store.declared import channel, destination, publisher, source, subscriber
from worker.store.engine import Database
from worker.store.schema import article, decision, delivery, entry, placement, revision, version

DAY = 86400
SKEW = timedelta(minutes=2)  # by which ids and times of decisions may be out of step

_ENDED = {
    DeliveryState.PARKED.value: "parked",
    DeliveryState.SUPERSEDED.value: "superseded",
    DeliveryState.CANCELLED.value: "cancelled",
    DeliveryState.REHEARSED.value: "rehearsed",
    DeliveryState.WITHHELD.value: "withheld",
    DeliveryState.DUE.value: "waiting",
    DeliveryState.SENDING.value: "waiting",
}
_UNENDED = tuple(
    one.value for one in (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.WITHHELD, DeliveryState.REHEARSED)
)
_ACCEPTED = {Action.PUBLISH.value: "published", Action.UPDATE.value: "updated", Action.RETRACT.value: "retracted"}


@dataclass(frozen=True, slots=True)
class Cut:
    """Days of 24 hours, or a single longer or shorter one: from ``begin`` until ``end`` (exclusive)."""

    first: date
    begin: datetime
    end: datetime
    days: int


def cuts(span: Span) -> Iterator[Cut]:
    """``span`` cut where its zone's clock changes."""
    zone, day = ZoneInfo(span.zone), span.first
    while day <= span.last:
        begin, end, days = _midnight(day, zone), _midnight(day + timedelta(days=1), zone), 1
        while end - begin == days * timedelta(days=1) and day + timedelta(days=days) <= span.last:
            longer = _midnight(day + timedelta(days=days + 1), zone)
            if longer - end != timedelta(days=1):
                break
            end, days = longer, days + 1
        yield Cut(day, begin, end, days)
        day += timedelta(days=days)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A destination, and the ids of its channels, deepest first."""

    id: int
    key: str
    channels: tuple[int, ...]


class Reports:
    """Figures for people, over days."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def reckon(self, span: Span, by: Sequence[Dimension], now: datetime) -> Reckoned:
        """The figures of ``span``, told apart by the dimensions ``by``, in the order of their values."""
        with self.database.read() as connection:
            counting = _Counting(connection, span, tuple(by), sqlite=self.database.sqlite)
            counting.entries()
            counting.deliveries()
            counting.decisions()
            return counting.done(now)


class _Counting:
    """One report in the making: the sums so far by group."""

    def __init__(self, connection: Connection, span: Span, by: tuple[Dimension, ...], *, sqlite: bool) -> None:
        self.connection, self.span, self.by, self.sqlite = connection, span, by, sqlite
        self.cuts = tuple(cuts(span))
        self.counts: dict[tuple[str, ...], Count] = {}
        self.latencies: dict[tuple[str, ...], Counter[int]] = {}
        self.groups: dict[tuple[object, ...], tuple[str, ...]] = {}
        self.sources = {
            row.id: (row.key, row.publisher)
            for row in connection.execute(
                sa.select(source.c.id, source.c.key, source.c.declared["publisher"].as_string().label("publisher"))
            )
        }
        self.channels = {row.id: row.key for row in connection.execute(sa.select(channel.c.id, channel.c.key))}
        self.places = tuple(_places(connection))

    def asks(self, *dimensions: Dimension) -> bool:
        return any(one in self.by for one in dimensions)

    # What is selected beside the counts.

    def _day(self, moment: sa.ColumnElement[Any], cut: Cut) -> sa.ColumnElement[Any]:
        """How many days after the cut's first ``moment`` lies."""
        if not self.asks(Dimension.DAY) or cut.days == 1:
            return sa.literal(0)
        begin = int(cut.begin.timestamp())
        if self.sqlite:  # which rounds what is less than a second, so that goes first
            whole = sa.func.substr(moment, 1, len("2026-11-24 08:30:00"))
            return (sa.cast(sa.func.strftime("%s", whole), sa.Integer) - begin) // DAY
        return sa.cast(sa.func.floor((sa.extract("epoch", moment) - begin) / DAY), sa.Integer)

    def _source(self, of: sa.Table) -> sa.ColumnElement[Any]:
        """The source whose text a delivery or decision is about: its version's, else its article's lead's."""
        if not self.asks(Dimension.SOURCE, Dimension.PUBLISHER):
            return sa.literal(0)
        sent = (
            sa.select(entry.c.source_id)
            .join(version, version.c.entry_id == entry.c.id)
            .where(version.c.article_id == of.c.article_id, version.c.number == of.c.version)
        )
        lead = (
            sa.select(entry.c.source_id)
            .join(article, article.c.lead_id == entry.c.id)
            .where(article.c.id == of.c.article_id)
        )
        return sa.func.coalesce(sent.scalar_subquery(), lead.scalar_subquery(), 0)

    def _channel(self, of: sa.Table, place: Place) -> sa.ColumnElement[Any]:
        """Which of the destination's channels, by its rank among them; -1 for none."""
        if not self.asks(Dimension.CHANNEL) or not place.channels:
            return sa.literal(-1)
        rank = sa.case({one: at for at, one in enumerate(place.channels)}, value=placement.c.channel_id)
        best = sa.select(sa.func.min(rank)).where(
            placement.c.article_id == of.c.article_id, placement.c.channel_id.in_(place.channels)
        )
        return sa.func.coalesce(best.scalar_subquery(), -1)

    def _waited(self) -> sa.ColumnElement[Any]:
        """Milliseconds from the end of the fetch to the end of the delivery, to two digits, as text: ``1.2e+03``."""
        begin, end = delivery.c.visible_at, delivery.c.finished_at
        if self.sqlite:
            spent = (sa.func.julianday(end) - sa.func.julianday(begin)) * (DAY * 1000)
            text: sa.ColumnElement[Any] = sa.func.printf("%.1e", spent)
        else:
            text = sa.func.to_char(sa.extract("epoch", end - begin) * 1000, "9.9EEEE")
        return sa.case((begin.is_(None), sa.null()), else_=text)

    # The three counts.

    def entries(self) -> None:
        """What came in; driven from ``source``, so that its index on (source, first seen) serves."""
        for cut in self.cuts:
            day, again = self._day(entry.c.first_seen_at, cut), self._day(revision.c.seen_at, cut)
            joined = entry.c.joined_by.is_not(None)
            came = (
                sa.select(source.c.id, day.label("day"), joined.label("joined"), sa.func.count().label("number"))
                .join(entry, entry.c.source_id == source.c.id)
                .where(entry.c.first_seen_at >= cut.begin, entry.c.first_seen_at < cut.end)
                .group_by(source.c.id, sa.text("day"), sa.text("joined"))
            )
            revised = (
                sa.select(entry.c.source_id.label("id"), again.label("day"), sa.func.count().label("number"))
                .join(revision, revision.c.entry_id == entry.c.id)
                .where(revision.c.number > 1, revision.c.seen_at >= cut.begin, revision.c.seen_at < cut.end)
                .group_by(entry.c.source_id, sa.text("day"))
            )
            for row in self.connection.execute(came):
                outcome = "duplicate" if row.joined else "new"
                self._add(self._group(outcome, row.id, cut.first, row.day), outcome, row.number)
            for row in self.connection.execute(revised):
                self._add(self._group("revised", row.id, cut.first, row.day), "revised", row.number)

    def deliveries(self) -> None:
        """What ended, by the index on (destination, finished); what has not, by that on (destination, state)."""
        one_by_one = self.asks(Dimension.DESTINATION, Dimension.CHANNEL)
        for place in self.places if one_by_one else (None,):
            to = [place.id] if place else [one.id for one in self.places]
            for cut in self.cuts:
                ended = (delivery.c.finished_at >= cut.begin, delivery.c.finished_at < cut.end)
                begun = (
                    *(delivery.c.state.in_(_UNENDED), delivery.c.finished_at.is_(None)),
                    *(delivery.c.created_at >= cut.begin, delivery.c.created_at < cut.end),
                )
                for moment, where in ((delivery.c.finished_at, ended), (delivery.c.created_at, begun)):
                    self._deliveries(place, cut, moment, (delivery.c.destination_id.in_(to), *where))

    def _deliveries(
        self, place: Place | None, cut: Cut, moment: sa.ColumnElement[Any], where: Iterable[sa.ColumnElement[bool]]
    ) -> None:
        accepted = delivery.c.state == DeliveryState.ACCEPTED.value
        query = sa.select(
            delivery.c.state,
            delivery.c.action,
            self._day(moment, cut).label("day"),
            self._source(delivery).label("source"),
            (self._channel(delivery, place) if place else sa.literal(-1)).label("rank"),
            sa.case((accepted, self._waited()), else_=sa.null()).label("waited"),
            sa.func.count().label("number"),
        ).where(*where)
        grouped = query.group_by(*(sa.text(str(at)) for at in range(1, 7)))
        for state, action, day, source_id, rank, waited, number in self.connection.execute(grouped):
            outcome = _ACCEPTED[action] if state == DeliveryState.ACCEPTED.value else _ENDED[state]
            group = self._group(outcome, source_id, cut.first, day, place, rank)
            self._add(group, outcome, number)
            if waited is not None:
                self.latencies.setdefault(group, Counter())[max(0, round(float(waited)))] += number

    def decisions(self) -> None:
        """What was held, rejected and dropped; by destination only where its channels are asked for, too."""
        for cut in self.cuts:
            low = first_decision(self.connection, cut.begin - SKEW)
            high = first_decision(self.connection, cut.end + SKEW)
            within = (
                *(decision.c.id >= low, decision.c.id < high),
                *(decision.c.decided_at >= cut.begin, decision.c.decided_at < cut.end),
                decision.c.use.in_((Use.HOLD.value, Use.REJECT.value)),
            )
            if not self.asks(Dimension.CHANNEL):
                self._decisions(cut, within, None)
            else:
                for place in self.places:
                    self._decisions(cut, (*within, decision.c.destination_id == place.id), place)

    def _decisions(self, cut: Cut, where: Iterable[sa.ColumnElement[bool]], place: Place | None) -> None:
        known = {one.id: one for one in self.places}
        dropped = decision.c.reasons.startswith(Reason.DEADLINE_PASSED.value)
        query = sa.select(
            decision.c.destination_id,
            sa.case((decision.c.use == Use.REJECT.value, "rejected"), (dropped, "dropped"), else_="held").label(
                "outcome"
            ),
            self._day(decision.c.decided_at, cut).label("day"),
            self._source(decision).label("source"),
            (self._channel(decision, place) if place else sa.literal(-1)).label("rank"),
            sa.func.count().label("number"),
        ).where(*where)
        for row in self.connection.execute(query.group_by(*(sa.text(str(at)) for at in range(1, 6)))):
            at = known.get(row.destination_id)
            group = self._group(row.outcome, row.source, cut.first, row.day, at, row.rank)
            self._add(group, row.outcome, row.number)

    def _group(
        self, outcome: str, source_id: int, first: date, day: int, place: Place | None = None, rank: int = -1
    ) -> tuple[str, ...]:
        """Where something is counted; worked out once for each combination."""
        known = (outcome, source_id, first, day, place, rank)
        if known not in self.groups:
            key, owner = self.sources.get(source_id, ("", ""))
            values = {
                Dimension.PUBLISHER: owner,
                Dimension.SOURCE: key,
                Dimension.DESTINATION: place.key if place else "",
                Dimension.CHANNEL: self.channels[place.channels[rank]] if place and rank >= 0 else "",
                Dimension.OUTCOME: outcome,
                Dimension.DAY: (first + timedelta(days=day)).isoformat(),
            }
            self.groups[known] = tuple(values[one] for one in self.by)
        return self.groups[known]

    def _add(self, group: tuple[str, ...], outcome: str, number: int) -> None:
        self.counts.setdefault(group, Count()).add(outcome, number)

    def done(self, now: datetime) -> Reckoned:
        total, waited = Count(), Counter[int]()
        for count in self.counts.values():
            for name in OUTCOMES:
                total.add(name, getattr(count, name))
        for counter in self.latencies.values():
            waited.update(counter)
        order = {name: at for at, name in enumerate(OUTCOMES)}
        named = [at for at, one in enumerate(self.by) if one is Dimension.OUTCOME]

        def place_of(group: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
            return tuple((order[value] if at in named else 0, value) for at, value in enumerate(group))

        rows = tuple(
            _row(group, self.counts[group], self.latencies.get(group, Counter()))
            for group in sorted(self.counts, key=place_of)
        )
        return Reckoned(self.span, self.by, rows, _row((), total, waited), now, _names(self.connection))


def _row(group: tuple[str, ...], count: Count, waited: Counter[int]) -> ReportRow:
    return ReportRow(group, count, quantile(waited, 0.5), quantile(waited, 0.95))


def quantile(counter: Counter[int], share: float) -> int | None:
    """The nearest-rank quantile of counted values."""
    left = ceil(counter.total() * share)
    for value in sorted(counter):
        left -= counter[value]
        if left <= 0:
            return value
    return None


def first_decision(connection: Connection, since: datetime) -> int:
    """The id of the first decision made at ``since`` or later, one beyond the last if none was: found by halving, for
    ids grow with time and there is no index on it."""
    low = connection.execute(sa.select(sa.func.min(decision.c.id))).scalar_one()
    if low is None:
        return 1
    high = connection.execute(sa.select(sa.func.max(decision.c.id))).scalar_one() + 1
    while low < high:
        middle = (low + high) // 2
        at = connection.execute(
            sa.select(decision.c.decided_at).where(decision.c.id >= middle).order_by(decision.c.id).limit(1)
        ).scalar_one()
        if at < since:
            low = middle + 1
        else:
            high = middle
    return int(low)


def _places(connection: Connection) -> Iterator[Place]:
    rows = connection.execute(sa.select(channel.c.id, channel.c.key, channel.c.declared, channel.c.position)).all()
    parents = {row.key: row.declared.get("parent") for row in rows}
    depth = {row.key: _depth(row.key, parents) for row in rows}
    ranked = sorted(rows, key=lambda row: (-depth[row.key], row.position))
    for row in connection.execute(sa.select(destination.c.id, destination.c.key, destination.c.declared)):
        wanted = set(row.declared["channels"])
        yield Place(row.id, row.key, tuple(one.id for one in ranked if one.key in wanted))


def _depth(key: str, parents: dict[str, str | None]) -> int:
    depth, step, seen = 0, parents.get(key), {key}
    while step is not None and step not in seen:
        depth, seen, step = depth + 1, {*seen, step}, parents.get(step)
    return depth


def _names(connection: Connection) -> dict[Dimension, dict[str, str]]:
    """What people call the keys: publishers and partners by name, channels by title, sources by their publisher."""
    publishers = {row.key: row.declared["name"] for row in connection.execute(sa.select(publisher))}
    partners = {row.key: row.declared["name"] for row in connection.execute(sa.select(subscriber))}
    owner = source.c.declared["publisher"].as_string().label("publisher")
    return {
        Dimension.PUBLISHER: publishers,
        Dimension.SOURCE: {
            row.key: publishers.get(row.publisher, row.publisher)
            for row in connection.execute(sa.select(source.c.key, owner))
        },
        Dimension.DESTINATION: {
            row.key: partners.get(row.declared["subscriber"], row.declared["subscriber"])
            for row in connection.execute(sa.select(destination.c.key, destination.c.declared))
        },
        Dimension.CHANNEL: {row.key: row.declared["title"] for row in connection.execute(sa.select(channel))},
    }
