"""Sources and destinations as people look at them: states, counts within a window, what waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from worker.model.delivery import Action, DeliveryState
from worker.model.feed import ParsedEntry, Role
from worker.model.overview import DestinationRow, Overview, PollState, SnapshotRow, SourceRow, SourceState
from worker.model.polling import ResourceState, SnapshotClaim
from worker.store import people_reviews
from worker.store.declared import destination, source
from worker.store.pack import unpack, unpack_body
from worker.store.people_reviews import HeldCounts
from worker.store.pulse import last_beat
from worker.store.schema import delivery, entry, resource, revision, snapshot

SILENT_AFTER = timedelta(days=7)
SAMPLE = 5_000  # accepted deliveries from which latency is told

DUE, SENDING, PARKED = DeliveryState.DUE.value, DeliveryState.SENDING.value, DeliveryState.PARKED.value
ACCEPTED = DeliveryState.ACCEPTED.value


STATE_WORDS = {
    ResourceState.CHALLENGED: "it answers with a challenge for browsers; ask the publisher to put our address or "
    "User-Agent on its allow-list",
    ResourceState.FORBIDDEN: "its robots.txt keeps Newsroad out, so nothing is fetched; ask the publisher to allow it",
}
NEWEST = sa.type_coerce(
    sa.select(sa.func.max(entry.c.first_seen_at)).where(entry.c.source_id == source.c.id).scalar_subquery(),
    entry.c.first_seen_at.type,
)
"""When a source last brought something new."""

# Of what a source declares only this: to unpack all of it takes longer than the query.
TOLD = (
    *(source.c.key, source.c.contacted_at, source.c.paused_at, source.c.attention),
    source.c.declared["publisher"].as_string().label("publisher"),
    source.c.declared["every"].as_integer().label("every"),
)
ASKED = (
    *(resource.c.source_id, resource.c.url, resource.c.polls, resource.c.failures, resource.c.outcome),
    *(resource.c.polled_at, resource.c.changed_at, resource.c.due_at, resource.c.state),
)


def overview(connection: Connection, now: datetime, since: datetime) -> Overview:
    """The whole installation, as of ``now``; what is counted by time begins at ``since``."""
    tick = last_beat(connection, "tick")
    held = people_reviews.held_counts(connection)
    places = destinations(connection, since, held=held)
    aside = sa.select(sa.func.count()).select_from(snapshot).where(snapshot.c.state == "quarantined")
    return Overview(
        at=now,
        since=since,
        sources=tuple(sources(connection, now, since, held=held)),
        destinations=tuple(one for one in places if one.state != "retired" or one.waiting),
        held=held.articles,
        quarantined=connection.execute(aside).scalar_one(),
        tick_at=tick,
        dropped=people_reviews.dropped(connection, since, now),
    )


def sources(
    connection: Connection, now: datetime, since: datetime, only: str | None = None, held: HeldCounts | None = None
) -> list[SourceRow]:
    """The sources that are polled, in catalogue order; ``only`` one of them. ``held`` if it was counted already."""
    query: sa.Select[Any] = (
        sa.select(*TOLD, *ASKED)
        .join(resource, sa.and_(resource.c.source_id == source.c.id, resource.c.key.is_(None)))
        .where(source.c.retired_at.is_(None))
        .order_by(source.c.position)
    )
    if only is not None:
        query = query.where(source.c.key == only)
    rows = connection.execute(query).all()
    counts = _entry_counts(connection, since)
    revised = _revised(connection, since)
    held = held or people_reviews.held_counts(connection)
    aside = _quarantined(connection)
    return [_source_row(row, now, counts.get(row.source_id, (0, 0)), revised, held.by_source, aside) for row in rows]


def polled(connection: Connection, key: str) -> PollState | None:
    """How a source's polls stand; None when it is not polled."""
    row = connection.execute(
        sa.select(resource.c.polls, resource.c.outcome, resource.c.due_at, source.c.paused_at)
        .join(source, source.c.id == resource.c.source_id)
        .where(source.c.key == key, source.c.retired_at.is_(None), resource.c.key.is_(None))
    ).one_or_none()
    return None if row is None else PollState(row.polls, row.outcome, row.due_at, row.paused_at)


def _entry_counts(connection: Connection, since: datetime) -> dict[int, tuple[int, int]]:
    """(new, joined) by source; driven from ``source``, so that its index on (source, first seen) serves."""
    joined = sa.func.count(entry.c.joined_by)
    rows = connection.execute(
        sa.select(source.c.id, sa.func.count(entry.c.id).label("all"), joined.label("joined"))
        .join(entry, sa.and_(entry.c.source_id == source.c.id, entry.c.first_seen_at >= since))
        .group_by(source.c.id)
    )
    return {row.id: (row.all - row.joined, row.joined) for row in rows}


def _revised(connection: Connection, since: datetime) -> dict[int, int]:
    rows = connection.execute(
        sa.select(entry.c.source_id, sa.func.count())
        .join(revision, revision.c.entry_id == entry.c.id)
        .where(revision.c.number > 1, revision.c.seen_at >= since)
        .group_by(entry.c.source_id)
    )
    return dict(rows.all())


def _quarantined(connection: Connection) -> dict[int, int]:
    rows = connection.execute(
        sa.select(resource.c.source_id, sa.func.count())
        .join(snapshot, snapshot.c.resource_id == resource.c.id)
        .where(snapshot.c.state == "quarantined")
        .group_by(resource.c.source_id)
    )
    return dict(rows.all())


def _source_row(
    row: Row[Any],
    now: datetime,
    counts: tuple[int, int],
    revised: dict[int, int],
    held: dict[int, int],
    aside: dict[int, int],
) -> SourceRow:
    return SourceRow(
        key=row.key,
        publisher=row.publisher,
        state=_source_state(row, now),
        url=row.url,
        every=row.every,
        new=counts[0],
        revised=revised.get(row.source_id, 0),
        duplicate=counts[1],
        held=held.get(row.source_id, 0),
        quarantined=aside.get(row.source_id, 0),
        polls=row.polls,
        failures=row.failures,
        outcome=row.outcome,
        attention=row.attention or STATE_WORDS.get(row.state),
        polled_at=row.polled_at,
        changed_at=row.changed_at,
        due_at=row.due_at,
        paused_at=row.paused_at,
    )


def _source_state(row: Row[Any], now: datetime) -> SourceState:
    if row.paused_at is not None:
        return SourceState.PAUSED
    if row.state in (ResourceState.CHALLENGED, ResourceState.FORBIDDEN):
        return SourceState(row.state)
    if row.attention is not None:
        return SourceState.ATTENTION
    if row.polled_at is None:
        return SourceState.NEW
    if row.failures:
        return SourceState.FAILING
    fresh = row.changed_at or row.contacted_at
    return SourceState.SILENT if fresh is not None and now - fresh > SILENT_AFTER else SourceState.OK


def snapshots(connection: Connection, key: str, limit: int) -> list[SnapshotRow]:
    """The last bodies fetched for a source, newest first."""
    rows = connection.execute(
        sa.select(
            snapshot.c.id,
            snapshot.c.state,
            snapshot.c.fetched_at,
            snapshot.c.ingested_at,
            snapshot.c.content_type,
            sa.func.coalesce(sa.func.length(snapshot.c.body), 0).label("bytes"),
            snapshot.c.reason,
        )
        .join(resource, resource.c.id == snapshot.c.resource_id)
        .join(source, source.c.id == resource.c.source_id)
        .where(source.c.key == key)
        .order_by(snapshot.c.id.desc())
        .limit(limit)
    )
    return [SnapshotRow(**row) for row in rows.mappings()]


def pages(connection: Connection, key: str, limit: int) -> list[SnapshotClaim]:
    """The last article pages read for a source, newest first, as ingest was given them."""
    rows = connection.execute(
        sa.select(
            *(snapshot, resource.c.url.label("own_url"), resource.c.hint, source.c.guid_mode),
            source.c.id.label("source_id"),
        )
        .join(resource, resource.c.id == snapshot.c.resource_id)
        .join(source, source.c.id == resource.c.source_id)
        .where(source.c.key == key, resource.c.role == Role.ARTICLE.value)
        .where(snapshot.c.status == 200, snapshot.c.body.is_not(None))
        .order_by(snapshot.c.id.desc())
        .limit(limit)
    )
    return [
        SnapshotClaim(
            id=row.id,
            resource=row.resource_id,
            source=key,
            source_id=row.source_id,
            url=row.url,
            content_type=row.content_type,
            fetched_at=row.fetched_at,
            body=unpack_body(row.body),
            deaths=row.deaths,
            guid_mode=row.guid_mode,
            first_contact=False,
            role=Role.ARTICLE,
            own_url=row.own_url,
            hint=unpack(ParsedEntry, row.hint) if row.hint else None,
        )
        for row in rows
    ]


def destinations(
    connection: Connection, since: datetime, only: str | None = None, held: HeldCounts | None = None
) -> list[DestinationRow]:
    """Every destination, in catalogue order, retired ones last; ``only`` one of them. ``held`` if counted already."""
    query = sa.select(destination).order_by(destination.c.retired_at.is_not(None), destination.c.position)
    if only is not None:
        query = query.where(destination.c.key == only)
    rows = connection.execute(query).all()
    accepted = _accepted(connection, since)
    open_now = _open_deliveries(connection)
    held = held or people_reviews.held_counts(connection)
    latencies = _latencies(connection, since)
    return [
        _destination_row(
            row,
            accepted.get(row.id, {}),
            open_now.get(row.id, {}),
            held.by_destination.get(row.id, 0),
            latencies.get(row.id, []),
        )
        for row in rows
    ]


def _accepted(connection: Connection, since: datetime) -> dict[int, dict[str, int]]:
    rows = connection.execute(
        sa.select(delivery.c.destination_id, delivery.c.action, sa.func.count().label("number"))
        .where(delivery.c.state == ACCEPTED, delivery.c.created_at >= since)
        .group_by(delivery.c.destination_id, delivery.c.action)
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.destination_id, {})[row.action] = row.number
    return found


def _open_deliveries(connection: Connection) -> dict[int, dict[str, tuple[int, datetime | None]]]:
    """By destination and state (due, sending, parked): how many, and the earliest due time."""
    rows = connection.execute(
        sa.select(
            delivery.c.destination_id,
            delivery.c.state,
            sa.func.count().label("number"),
            sa.func.min(delivery.c.due_at).label("oldest"),
        )
        .join(destination, destination.c.id == delivery.c.destination_id)
        .where(delivery.c.state.in_((DUE, SENDING, PARKED)))
        .group_by(delivery.c.destination_id, delivery.c.state)
    )
    found: dict[int, dict[str, tuple[int, datetime | None]]] = {}
    for row in rows:
        found.setdefault(row.destination_id, {})[row.state] = (row.number, row.oldest)
    return found


def _latencies(connection: Connection, since: datetime) -> dict[int, list[int]]:
    """Milliseconds from fetch to acceptance, sorted, of the newest accepted deliveries of the window."""
    rows = connection.execute(
        sa.select(delivery.c.destination_id, delivery.c.visible_at, delivery.c.finished_at)
        .where(delivery.c.state == ACCEPTED, delivery.c.created_at >= since)
        .order_by(delivery.c.created_at.desc())
        .limit(SAMPLE)
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        if row.visible_at is not None and row.finished_at is not None:
            waited = (row.finished_at - row.visible_at).total_seconds()
            found.setdefault(row.destination_id, []).append(round(waited * 1000))
    return {key: sorted(values) for key, values in found.items()}


def quantile(ordered: list[int], share: float) -> int | None:
    """The nearest-rank quantile of sorted values."""
    return ordered[ceil(len(ordered) * share) - 1] if ordered else None


def _destination_row(
    row: Row[Any],
    accepted: dict[str, int],
    open_now: dict[str, tuple[int, datetime | None]],
    held: int,
    latencies: list[int],
) -> DestinationRow:
    nothing = (0, None)
    due, sending = open_now.get(DUE, nothing), open_now.get(SENDING, nothing)
    return DestinationRow(
        key=row.key,
        kind=row.kind,
        subscriber=row.declared["subscriber"],
        channels=tuple(row.declared["channels"]),
        state=destination_state(row),
        reason=row.state_reason,
        failures=row.failures,
        opened_at=row.opened_at,
        probe_at=row.probe_at,
        published=accepted.get(Action.PUBLISH.value, 0),
        updated=accepted.get(Action.UPDATE.value, 0),
        retracted=accepted.get(Action.RETRACT.value, 0),
        waiting=due[0] + sending[0],
        parked=open_now.get(PARKED, nothing)[0],
        held=held,
        oldest_due_at=_earliest([due[1], sending[1]]),
        latency_p50_ms=quantile(latencies, 0.5),
        latency_p95_ms=quantile(latencies, 0.95),
    )


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def destination_state(row: Row[Any]) -> str:
    """active, open, held, disabled or retired."""
    if row.retired_at is not None:
        return "retired"
    if row.state != "active":
        return str(row.state)
    return "open" if row.opened_at is not None else "active"
