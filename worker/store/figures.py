"""One look at the whole installation, in a few cheap queries: what alerts are judged by, and what waits for people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.alerts import DestinationFigure, Figures, SourceFigure, Unconfirmed, WithheldUpdate
from worker.model.delivery import Action, DeliveryState
from worker.model.stops import roughly
from worker.store import orders, people_reviews, stops
from worker.store.declared import destination, publisher, source, subscriber
from worker.store.engine import Database
from worker.store.people_overview import NEWEST, STATE_WORDS, destination_state
from worker.store.pulse import last_beat
from worker.store.schema import article, delivery, entry, receipt, resource

MOST = 500  # unconfirmed retractions and withheld updates that are looked at, oldest first

_DUE, _SENDING = DeliveryState.DUE.value, DeliveryState.SENDING.value
_OPEN = (_DUE, _SENDING, DeliveryState.PARKED.value)
_SOURCES = (
    sa.select(
        *(source.c.key, source.c.attention, resource.c.state, resource.c.failures, resource.c.outcome),
        source.c.declared["publisher"].as_string().label("publisher"),
        NEWEST.label("newest_at"),
    )
    .join(resource, sa.and_(resource.c.source_id == source.c.id, resource.c.key.is_(None)))
    .where(source.c.retired_at.is_(None), source.c.paused_at.is_(None))
    .order_by(source.c.position)
)


class FigureStore:
    """Reads figures; writes nothing."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def look(
        self,
        now: datetime,
        *,
        watched_at: datetime | None,
        published_since: datetime | None,
        withheld_since: datetime,
        by_hand: Collection[str],
    ) -> Figures:
        """The figures as of ``now``. Publications are looked for from ``published_since`` on (None: not at all),
        withheld updates from ``withheld_since`` on and at the destinations ``by_hand`` only."""
        with self.database.read() as connection:
            partners = _partners(connection)
            return Figures(
                now=now,
                sources=tuple(_sources(connection)),
                destinations=tuple(_destinations(connection, partners)),
                unconfirmed=tuple(_unconfirmed(connection, partners)),
                withheld=tuple(_withheld(connection, partners, withheld_since, by_hand)) if by_hand else (),
                holds=people_reviews.held_counts(connection).articles,
                published_at=None if published_since is None else _published_at(connection, published_since),
                tick_at=last_beat(connection, "tick"),
                watched_at=watched_at,
                stopped=roughly(stops.read(connection, now)),
            )

    def arrivals(self, key: str, since: datetime) -> list[datetime]:
        """When the source brought its entries, from ``since`` on."""
        query = (
            sa.select(entry.c.first_seen_at)
            .join(source, source.c.id == entry.c.source_id)
            .where(source.c.key == key, entry.c.first_seen_at >= since)
            .distinct()
        )
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def withheld(self, since: datetime, by_hand: Collection[str]) -> list[WithheldUpdate]:
        """Updates since then that were not sent to the destinations ``by_hand``, the newest of each article, oldest
        first, at most 500."""
        with self.database.read() as connection:
            return _withheld(connection, _partners(connection), since, by_hand)

    def unconfirmed(self, articles: Collection[UUID] | None = None) -> list[Unconfirmed]:
        """Retractions that their destination has not confirmed, oldest first, at most 500; of these ``articles`` only
        (None: of all)."""
        with self.database.read() as connection:
            return _unconfirmed(connection, _partners(connection), articles)

    def parked(self) -> int:
        """How many deliveries were given up and wait for a person."""
        query = sa.select(sa.func.count()).select_from(delivery).where(delivery.c.state == DeliveryState.PARKED.value)
        with self.database.read() as connection:
            return connection.execute(query).scalar_one()


def _partners(connection: Connection) -> dict[str, tuple[str, str | None]]:
    """Name and contact by key, retired partners included: their retractions go on."""
    rows = connection.execute(sa.select(subscriber.c.key, subscriber.c.declared))
    return {row.key: (row.declared["name"], row.declared.get("contact")) for row in rows}


def _sources(connection: Connection) -> list[SourceFigure]:
    names = {row.key: row.declared["name"] for row in connection.execute(sa.select(publisher))}
    return [
        SourceFigure(
            key=row.key,
            name=names.get(row.publisher, row.publisher),
            failures=row.failures,
            outcome=row.outcome,
            trouble=row.attention or STATE_WORDS.get(row.state),
            newest_at=row.newest_at,
        )
        for row in connection.execute(_SOURCES)
    ]


def _destinations(connection: Connection, partners: dict[str, tuple[str, str | None]]) -> list[DestinationFigure]:
    rows = connection.execute(
        sa.select(destination).where(destination.c.retired_at.is_(None)).order_by(destination.c.position)
    ).all()
    failing = [row.id for row in rows if row.failures or row.opened_at is not None]
    first, waiting, detail = _failing(connection, failing)
    found = []
    for row in rows:
        known = [moment for moment in (row.opened_at, first.get(row.id)) if moment is not None]
        name, contact = partners.get(row.declared["subscriber"], (row.declared["subscriber"], None))
        found.append(
            DestinationFigure(
                key=row.key,
                subscriber=name,
                contact=contact,
                state=destination_state(row),
                reason=row.state_reason or detail.get(row.id),
                failing_since=min(known, default=None),
                waiting=waiting.get(row.id, 0),
            )
        )
    return found


def _failing(
    connection: Connection, ids: list[int]
) -> tuple[dict[int, datetime], dict[int, int], dict[int, str | None]]:
    """Of the destinations with these ids: when the first attempt failed at a delivery that is still due, how many are
    due, and what the newest failed attempt met."""
    if not ids:
        return {}, {}, {}
    tried = sa.and_(delivery.c.destination_id.in_(ids), delivery.c.state == _DUE, delivery.c.failures > 0)
    first: dict[int, datetime] = {}
    detail: dict[int, str | None] = {}
    for row in connection.execute(
        sa.select(delivery.c.destination_id, receipt.c.at, receipt.c.detail)
        .join(receipt, receipt.c.delivery_id == delivery.c.id)
        .where(tried)
        .order_by(receipt.c.at)
    ):
        first.setdefault(row.destination_id, row.at)
        detail[row.destination_id] = row.detail
    due = connection.execute(
        sa.select(delivery.c.destination_id, sa.func.count())
        .where(delivery.c.destination_id.in_(ids), delivery.c.state.in_((_DUE, _SENDING)))
        .group_by(delivery.c.destination_id)
    )
    return first, {row[0]: row[1] for row in due}, detail


def _titled(partners: dict[str, tuple[str, str | None]], row: Any) -> dict[str, Any]:
    """What a delivery is of and whom it concerns."""
    name, contact = partners.get(row.partner, (row.partner, None))
    return {
        "delivery": UUID(row.uuid),
        "article": UUID(row.article_uuid),
        "title": row.title,
        "destination": row.key,
        "subscriber": name,
        "contact": contact,
        "since": row.created_at,
    }


def _of_deliveries() -> sa.Select[Any]:
    return (
        sa.select(
            *(delivery.c.uuid, delivery.c.created_at, delivery.c.state, delivery.c.detail, destination.c.key),
            *(article.c.uuid.label("article_uuid"), article.c.title),
            destination.c.declared["subscriber"].as_string().label("partner"),
        )
        .join(article, article.c.id == delivery.c.article_id)
        .join(destination, destination.c.id == delivery.c.destination_id)
        .order_by(delivery.c.id)
        .limit(MOST)
    )


def _unconfirmed(
    connection: Connection, partners: dict[str, tuple[str, str | None]], articles: Collection[UUID] | None = None
) -> list[Unconfirmed]:
    """By the index on (destination, state, priority): retractions alone have priority 0."""
    ids = list(connection.execute(sa.select(destination.c.id)).scalars())
    query = _of_deliveries().where(
        delivery.c.destination_id.in_(ids),
        delivery.c.state.in_(_OPEN),
        delivery.c.priority == 0,
        delivery.c.action == Action.RETRACT.value,
    )
    if articles is not None:
        query = query.where(article.c.uuid.in_([str(one) for one in articles][:MOST]))
    return [
        Unconfirmed(**_titled(partners, row), state=row.state, detail=row.detail) for row in connection.execute(query)
    ]


def _withheld(
    connection: Connection, partners: dict[str, tuple[str, str | None]], since: datetime, keys: Collection[str]
) -> list[WithheldUpdate]:
    """Those that nothing later of the same article has taken the place of."""
    query = _of_deliveries().where(
        delivery.c.state == DeliveryState.WITHHELD.value,
        delivery.c.created_at >= since,
        destination.c.key.in_(sorted(keys)),
        ~orders.has_successor(),
    )
    return [WithheldUpdate(**_titled(partners, row)) for row in connection.execute(query)]


def _published_at(connection: Connection, since: datetime) -> datetime | None:
    """When something was published somewhere since: the first destination that has anything answers."""
    published = (
        sa.select(delivery.c.finished_at)
        .where(
            delivery.c.destination_id == sa.bindparam("b_id"),
            delivery.c.finished_at >= since,
            # Not by the index on (destination, state), which would bring all that ever went.
            sa.func.coalesce(delivery.c.state, "") == DeliveryState.ACCEPTED.value,
            delivery.c.action == Action.PUBLISH.value,
        )
        .order_by(delivery.c.finished_at.desc())
        .limit(1)
    )
    for one in connection.execute(sa.select(destination.c.id)).scalars().all():
        at: datetime | None = connection.execute(published, {"b_id": one}).scalar_one_or_none()
        if at is not None:
            return at
    return None
