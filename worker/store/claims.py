"""Which deliveries are due, and who sends them: leasing destinations, taking back what a dead sender left in flight.

A claim leases the destination and marks its deliveries SENDING before any byte leaves, so that a death shows as a
lease that ended without a result. Statements are built once, at import: they are repeated for every batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState, Result
from worker.model.dispatch import DestinationClaim, DueDelivery
from worker.store.columns import UtcDateTime
from worker.store.declared import destination
from worker.store.engine import among
from worker.store.schema import article, delivery

DEATHS_TO_PARK = 3
DUE, SENDING = DeliveryState.DUE.value, DeliveryState.SENDING.value

_NOW = sa.bindparam("now", type_=UtcDateTime)


def _has_due() -> sa.ColumnElement[bool]:
    """There is something to send, or something that a dead claimer left in flight. Held, disabled and retired
    destinations still get their retractions, nothing else."""
    takes_all = sa.and_(destination.c.state == "active", destination.c.retired_at.is_(None))
    due = sa.exists().where(
        delivery.c.destination_id == destination.c.id,
        delivery.c.state == DUE,
        delivery.c.due_at <= _NOW,
        sa.or_(takes_all, delivery.c.priority == 0),
    )
    stranded = sa.exists().where(delivery.c.destination_id == destination.c.id, delivery.c.state == SENDING)
    return sa.or_(due, sa.and_(stranded, destination.c.lease.is_not(None)))


_CLAIMABLE = sa.and_(
    sa.or_(destination.c.lease_until.is_(None), destination.c.lease_until < _NOW),
    sa.or_(destination.c.opened_at.is_(None), destination.c.probe_at <= _NOW),
    _has_due(),
)
_WAITING = sa.select(destination.c.key).where(_CLAIMABLE).limit(64)
_DESTINATION = (
    *(destination.c.id, destination.c.key, destination.c.state, destination.c.retired_at, destination.c.failures),
    *(destination.c.opened_at, destination.c.probes, destination.c.singly, destination.c.lease),
)
# SQLite knows no FOR UPDATE and needs none: its writers are one at a time.
_TO_CLAIM = (
    sa.select(*_DESTINATION)
    .where(_CLAIMABLE)
    .order_by(destination.c.key != sa.bindparam("first", type_=sa.String))
    .limit(sa.bindparam("limit", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_LEASED = sa.select(*_DESTINATION).where(among(destination.c.key, "keys"), destination.c.lease == sa.bindparam("lease"))
_LEASE = (
    sa.update(destination)
    .where(destination.c.id == sa.bindparam("b_id"))
    .values(lease=sa.bindparam("b_lease"), lease_until=sa.bindparam("b_until"), singly=sa.bindparam("b_singly"))
)
_TAKE = (
    sa.update(delivery)
    .where(among(delivery.c.id, "ids"))
    .values(state=SENDING, lease=sa.bindparam("b_lease"), attempts=delivery.c.attempts + 1)
)
_RELEASED = (
    sa.select(destination.c.id)
    .where(among(destination.c.key, "keys"), destination.c.lease == sa.bindparam("b_lease"))
    .scalar_subquery()
)
_PUT_BACK = (
    sa.update(delivery)
    .where(delivery.c.destination_id.in_(_RELEASED), delivery.c.state == SENDING)
    .where(delivery.c.lease == sa.bindparam("b_lease"))
    .values(state=DUE, lease=None, attempts=delivery.c.attempts - 1)
)
_LET_GO = (
    sa.update(destination)
    .where(among(destination.c.key, "keys"), destination.c.lease == sa.bindparam("b_lease"))
    .values(lease=None, lease_until=None)
)


def _due_rows(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """A destination's due deliveries, retractions first; none of an article that is in flight there already."""
    flying = delivery.alias("flying")
    return (
        sa.select(
            *(delivery.c.id, delivery.c.uuid, delivery.c.article_id, delivery.c.sequence, delivery.c.action),
            *(delivery.c.version, delivery.c.use, delivery.c.attempts, delivery.c.failures, delivery.c.result),
            delivery.c.created_at,
            article.c.uuid.label("article_uuid"),
        )
        .join(article, article.c.id == delivery.c.article_id)
        .where(
            delivery.c.destination_id == sa.bindparam("destination"),
            delivery.c.state == DUE,
            delivery.c.due_at <= _NOW,
            ~sa.exists().where(
                flying.c.article_id == delivery.c.article_id,
                flying.c.destination_id == delivery.c.destination_id,
                flying.c.state == SENDING,
            ),
            *conditions,
        )
        .order_by(delivery.c.priority, delivery.c.due_at, delivery.c.id)
        .limit(sa.bindparam("size", type_=sa.Integer))
    )


_ALL_DUE, _RETRACTIONS_DUE = _due_rows(), _due_rows(delivery.c.priority == 0)
_FIRST_RELEASED = (
    sa.select(delivery.c.article_id, sa.func.min(delivery.c.finished_at).label("first"))
    .where(
        among(delivery.c.article_id, "ids"),
        delivery.c.destination_id == sa.bindparam("destination"),
        delivery.c.state == DeliveryState.ACCEPTED.value,
    )
    .group_by(delivery.c.article_id)
)


def waiting(connection: Connection, now: datetime) -> list[str]:
    """Keys of up to 64 destinations that could be sent to right now."""
    return list(connection.execute(_WAITING, {"now": now}).scalars())


def claim(
    connection: Connection, now: datetime, *, limit: int, batch: int, lease: str, until: datetime, first: str | None
) -> list[DestinationClaim]:
    """See ``Deliveries.claim``."""
    rows = connection.execute(_TO_CLAIM, {"now": now, "first": first or "", "limit": limit}).all()
    claims = [_claim(connection, row, now, batch=batch, lease=lease, until=until) for row in rows]
    _take(connection, [one.id for claim in claims if claim is not None for one in claim.deliveries], lease)
    return [claim for claim in claims if claim is not None]


def more(
    connection: Connection, keys: Sequence[str], now: datetime, *, size: int, lease: str
) -> dict[str, tuple[DueDelivery, ...]]:
    """See ``Deliveries.more``."""
    found: dict[str, tuple[DueDelivery, ...]] = {}
    for row in connection.execute(_LEASED, {"keys": list(keys), "lease": lease}).all():
        if row.opened_at is None and not row.singly:
            found[row.key] = tuple(_due(connection, row, now, size))
    _take(connection, [one.id for due in found.values() for one in due], lease)
    return found


def release(connection: Connection, lease: str, keys: Sequence[str]) -> None:
    """Give destinations back, and what was claimed of them but never sent."""
    connection.execute(_PUT_BACK, {"keys": list(keys), "b_lease": lease})
    connection.execute(_LET_GO, {"keys": list(keys), "b_lease": lease})


def _take(connection: Connection, ids: list[int], lease: str) -> None:
    if ids:
        connection.execute(_TAKE, {"ids": ids, "b_lease": lease})


def _claim(
    connection: Connection, row: Any, now: datetime, *, batch: int, lease: str, until: datetime
) -> DestinationClaim | None:
    singly = row.singly
    if row.lease is not None:
        singly = _take_back(connection, row, now)
    size = 1 if row.opened_at is not None or singly else batch
    due = _due(connection, row, now, size)
    mine = (lease, until) if due else (None, None)
    connection.execute(
        _LEASE, {"b_id": row.id, "b_lease": mine[0], "b_until": mine[1], "b_singly": max(0, singly - len(due))}
    )
    return DestinationClaim(row.key, row.failures, row.probes, row.opened_at is not None, tuple(due)) if due else None


def _take_back(connection: Connection, row: Any, now: datetime) -> int:
    """Return what a dead claimer left in flight; how many must now go one by one."""
    mine = sa.and_(delivery.c.destination_id == row.id, delivery.c.state == SENDING)
    stranded = connection.execute(sa.select(delivery.c.id, delivery.c.deaths).where(mine)).all()
    if len(stranded) == 1:
        deaths = stranded[0].deaths + 1
        parked = deaths >= DEATHS_TO_PARK
        connection.execute(
            sa.update(delivery)
            .where(mine)
            .values(
                deaths=deaths,
                state=DeliveryState.PARKED.value if parked else DUE,
                detail=f"its sender died {deaths} times" if parked else delivery.c.detail,
                finished_at=now if parked else None,
                result=Result.UNKNOWN.value,
                lease=None,
            )
        )
        left = 0 if parked else 1
    else:
        back = {"state": DUE, "result": Result.UNKNOWN.value, "lease": None}
        connection.execute(sa.update(delivery).where(mine).values(**back))
        left = len(stranded)
    _drop_superseded(connection, row.id, now)
    return max(int(row.singly), left)


def _drop_superseded(connection: Connection, destination_id: int, now: datetime) -> None:
    """What came back from a dead claimer may have a successor by now: time only runs forward."""
    connection.execute(
        sa.update(delivery)
        .where(delivery.c.destination_id == destination_id, delivery.c.state == DUE, has_successor())
        .values(state=DeliveryState.SUPERSEDED.value, finished_at=now)
    )


def has_successor() -> sa.ColumnElement[bool]:
    """Of a delivery: a later one of its article is written down for its destination."""
    later = delivery.alias("later")
    return sa.exists().where(
        later.c.article_id == delivery.c.article_id,
        later.c.destination_id == delivery.c.destination_id,
        later.c.sequence > delivery.c.sequence,
    )


def _due(connection: Connection, row: Any, now: datetime, size: int) -> list[DueDelivery]:
    takes_all = row.state == "active" and row.retired_at is None
    wanted = {"destination": row.id, "now": now, "size": size}
    rows = connection.execute(_ALL_DUE if takes_all else _RETRACTIONS_DUE, wanted).all()
    firsts = _first_released(connection, row.id, [one.article_id for one in rows if one.sequence > 1])
    return [
        DueDelivery(
            id=one.id,
            uuid=UUID(one.uuid),
            article=one.article_id,
            article_uuid=UUID(one.article_uuid),
            sequence=one.sequence,
            action=Action(one.action),
            version=one.version,
            use=Use(one.use),
            attempts=one.attempts + 1,
            failures=one.failures,
            unknown=one.result == Result.UNKNOWN.value,
            created_at=one.created_at,
            first_released=firsts.get(one.article_id),
        )
        for one in rows
    ]


def _first_released(connection: Connection, destination_id: int, articles: list[int]) -> dict[int, datetime]:
    if not articles:
        return {}
    rows = connection.execute(_FIRST_RELEASED, {"ids": articles, "destination": destination_id})
    return {row.article_id: row.first for row in rows}
