"""Which deliveries are due, and who sends them: leasing destinations, taking back what a dead sender left in flight.

A claim leases the destination and marks its deliveries SENDING before any byte leaves, so that a death shows as a
lease that ended without a result. Statements are built once, at import: they are repeated for every batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.delivery import DeliveryState, Result
from worker.model.dispatch import DestinationClaim, DueDelivery, Gate
from worker.model.stops import Stopped
from worker.store import orders, passing, turns
from worker.store.columns import UtcDateTime
from worker.store.declared import destination
from worker.store.engine import among
from worker.store.schema import delivery

DEATHS_TO_PARK = 3
SPARED = timedelta(minutes=1)
DUE, SENDING = DeliveryState.DUE.value, DeliveryState.SENDING.value

_NOW = turns.NOW


def _some_due(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The destination has a due delivery of ``conditions``, which name one priority. Asked for the oldest: a planner
    that expects to find any at once would read the whole table where there is none."""
    return (
        sa.select(delivery.c.id)
        .where(
            delivery.c.destination_id == destination.c.id,
            delivery.c.state == DUE,
            delivery.c.due_at <= _NOW,
            *conditions,
        )
        .correlate(destination)
        .order_by(delivery.c.due_at)
        .limit(1)
        .scalar_subquery()
        .is_not(None)
    )


def _has_due(*, looks: bool) -> sa.ColumnElement[bool]:
    """There is something to send, or something that a dead claimer left in flight. Held, disabled and retired
    destinations still get their retractions, nothing else. Priorities are asked for one by one, so that the index is
    walked to ``now`` in each and not through all that waits for tomorrow."""
    takes = sa.and_(destination.c.state == "active", destination.c.retired_at.is_(None), passing.of_destination())
    in_time = sa.or_(destination.c.next_send_at.is_(None), destination.c.next_send_at <= _NOW)
    text = (passing.of_text(),) if looks else ()
    urgent, *others = (_some_due(delivery.c.priority == priority, *text) for priority in turns.PRIORITIES)
    due = sa.or_(_some_due(turns.RETRACTION), sa.and_(takes, sa.or_(urgent, sa.and_(in_time, sa.or_(*others)))))
    stranded = sa.exists().where(delivery.c.destination_id == destination.c.id, delivery.c.state == SENDING)
    return sa.or_(due, sa.and_(stranded, destination.c.lease.is_not(None)))


def _new_retraction() -> sa.ColumnElement[bool]:
    """A retraction that was never tried: breakers do not hold it up, but a partner that is down is not asked more than
    once a minute for it."""
    long_ago = destination.c.served_at <= sa.bindparam("spared", type_=UtcDateTime)
    return sa.and_(
        sa.or_(destination.c.served_at.is_(None), long_ago),
        _some_due(turns.RETRACTION, delivery.c.attempts == 0),
    )


def _claimable(*, looks: bool) -> sa.ColumnElement[bool]:
    return sa.and_(
        sa.or_(destination.c.lease_until.is_(None), destination.c.lease_until < _NOW),
        sa.or_(destination.c.opened_at.is_(None), destination.c.probe_at <= _NOW, _new_retraction()),
        _has_due(looks=looks),
    )


_DESTINATION = (
    *(destination.c.id, destination.c.key, destination.c.state, destination.c.retired_at, destination.c.failures),
    *(destination.c.opened_at, destination.c.probes, destination.c.singly, destination.c.lease),
    *(destination.c.next_send_at, destination.c.probe_at),
)


def _to_claim(*, looks: bool) -> sa.Select[Any]:
    """``first``, then those that were served least recently: whoever ran dry or was given back waits its turn.

    SQLite knows no FOR UPDATE and needs none: its writers are one at a time.
    """
    return (
        sa.select(*_DESTINATION)
        .where(destination.c.key.not_in(sa.bindparam("local", expanding=True)), _claimable(looks=looks))
        .order_by(destination.c.key != sa.bindparam("first", type_=sa.String))
        .order_by(destination.c.served_at.is_not(None), destination.c.served_at)
        .limit(sa.bindparam("limit", type_=sa.Integer))
        .with_for_update(skip_locked=True)
    )


# By whether stops look at the text itself: its source, its channels.
_WAITING = {looks: sa.select(destination.c.key).where(_claimable(looks=looks)).limit(64) for looks in (False, True)}
_LOCAL = {
    looks: sa.select(*_DESTINATION).where(
        destination.c.key.in_(sa.bindparam("local", expanding=True)), _has_due(looks=looks)
    )
    for looks in (False, True)
}
_TO_CLAIM = {looks: _to_claim(looks=looks) for looks in (False, True)}
_LEASED = sa.select(*_DESTINATION).where(among(destination.c.key, "keys"), destination.c.lease == sa.bindparam("lease"))
_LEASE = (
    sa.update(destination)
    .where(destination.c.id == sa.bindparam("b_id"))
    .values(
        lease=sa.bindparam("b_lease"),
        lease_until=sa.bindparam("b_until"),
        singly=sa.bindparam("b_singly"),
        served_at=sa.bindparam("b_now"),
    )
)
# Destinations that are sent to and that a retraction waits for.
_RECALLED = _LEASED.with_only_columns(destination.c.key).where(
    destination.c.opened_at.is_(None),
    destination.c.singly == 0,
    _some_due(turns.RETRACTION),
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
# What is put back waits again, as if it had not been claimed; what has a successor by now waits no more.
_PUT_BACK = (
    sa.update(delivery)
    .where(delivery.c.state == SENDING, delivery.c.lease == sa.bindparam("b_lease"))
    .values(
        state=sa.case((orders.has_successor(), DeliveryState.SUPERSEDED.value), else_=DUE),
        finished_at=sa.case((orders.has_successor(), sa.bindparam("b_now", type_=UtcDateTime)), else_=None),
        lease=None,
        attempts=delivery.c.attempts - 1,
    )
)
_PUT_SOME_BACK = _PUT_BACK.where(among(delivery.c.id, "ids"))
_PUT_ALL_BACK = _PUT_BACK.where(delivery.c.destination_id.in_(_RELEASED))
_LET_GO = (
    sa.update(destination)
    .where(among(destination.c.key, "keys"), destination.c.lease == sa.bindparam("b_lease"))
    .values(lease=None, lease_until=None)
)


def waiting(connection: Connection, now: datetime, stopped: Stopped) -> list[str]:
    """Keys of up to 64 destinations that could be sent to right now."""
    looks = passing.looks_at_texts(stopped)
    return list(
        connection.execute(
            _WAITING[looks], {"now": now, "spared": now - SPARED, **passing.parameters(stopped)}
        ).scalars()
    )


def claim(
    connection: Connection,
    now: datetime,
    gate: Gate,
    *,
    limit: int,
    batch: int,
    lease: str,
    until: datetime,
    first: str | None,
) -> list[DestinationClaim]:
    """See ``Deliveries.claim``."""
    wanted = {"now": now, "spared": now - SPARED, "first": first or "", "limit": limit, "local": sorted(gate.local)}
    statement = _TO_CLAIM[passing.looks_at_texts(gate.stopped)]
    rows = connection.execute(statement, {**wanted, **passing.parameters(gate.stopped)}).all()
    claims = [_claim(connection, row, now, gate, batch=batch, lease=lease, until=until) for row in rows]
    _take(connection, [one.id for claim in claims if claim is not None for one in claim.deliveries], lease)
    return [claim for claim in claims if claim is not None]


def local_due(connection: Connection, now: datetime, gate: Gate, limit: int) -> list[tuple[int, str]]:
    """See ``Work.due_local``."""
    looks = passing.looks_at_texts(gate.stopped)
    keys = {"now": now, "local": sorted(gate.local), **passing.parameters(gate.stopped)}
    found: list[tuple[int, str]] = []
    for row in connection.execute(_LOCAL[looks], keys).all():
        found += [(one.article_id, row.key) for one in turns.in_terms(connection, row, now, gate, limit - len(found))]
        if len(found) >= limit:
            break
    return found


def has_local_due(connection: Connection, now: datetime, gate: Gate) -> bool:
    """See ``Deliveries.local_due``."""
    looks = passing.looks_at_texts(gate.stopped)
    keys = {"now": now, "local": sorted(gate.local), **passing.parameters(gate.stopped)}
    return bool(gate.local) and connection.execute(_LOCAL[looks].limit(1), keys).first() is not None


def more(
    connection: Connection, keys: Sequence[str], now: datetime, gate: Gate, *, size: int, lease: str
) -> dict[str, tuple[DueDelivery, ...]]:
    """See ``Deliveries.more``."""
    found: dict[str, tuple[DueDelivery, ...]] = {}
    for row in connection.execute(_LEASED, {"keys": list(keys), "lease": lease}).all():
        if row.opened_at is None and not row.singly:
            found[row.key] = tuple(turns.due(connection, row, now, gate, size))
    _take(connection, [one.id for due in found.values() for one in due], lease)
    return found


def recalled(connection: Connection, keys: Sequence[str], now: datetime, lease: str) -> list[str]:
    """See ``Deliveries.recalled``."""
    return list(connection.execute(_RECALLED, {"keys": list(keys), "lease": lease, "now": now}).scalars())


def retractions(
    connection: Connection, keys: Sequence[str], now: datetime, *, size: int, lease: str
) -> dict[str, tuple[DueDelivery, ...]]:
    """See ``Deliveries.retractions``."""
    rows = connection.execute(_LEASED, {"keys": list(keys), "lease": lease}).all()
    found = {row.key: tuple(turns.retractions(connection, row, now, size)) for row in rows}
    _take(connection, [one.id for due in found.values() for one in due], lease)
    return found


def put_back(connection: Connection, ids: Sequence[int], now: datetime, lease: str) -> None:
    """See ``Deliveries.put_back``."""
    connection.execute(_PUT_SOME_BACK, {"ids": list(ids), "b_now": now, "b_lease": lease})


def leave_unknown(connection: Connection, ids: Sequence[int], now: datetime, lease: str) -> None:
    """See ``Deliveries.leave_unknown``."""
    mine = sa.and_(delivery.c.id.in_(ids), delivery.c.state == SENDING, delivery.c.lease == lease)
    flying = sa.select(sa.func.count()).where(mine, delivery.c.destination_id == destination.c.id).scalar_subquery()
    connection.execute(sa.update(destination).where(destination.c.lease == lease, flying > 0).values(singly=flying))
    back = {"state": DUE, "result": Result.UNKNOWN.value, "lease": None}
    over = {"state": DeliveryState.SUPERSEDED.value, "result": Result.UNKNOWN.value, "lease": None, "finished_at": now}
    connection.execute(sa.update(delivery).where(mine, orders.has_successor()).values(**over))
    connection.execute(sa.update(delivery).where(mine).values(**back))


def release(connection: Connection, lease: str, keys: Sequence[str], now: datetime) -> None:
    """Give destinations back, and what was claimed of them but never sent."""
    connection.execute(_PUT_ALL_BACK, {"keys": list(keys), "b_now": now, "b_lease": lease})
    connection.execute(_LET_GO, {"keys": list(keys), "b_lease": lease})


def _take(connection: Connection, ids: list[int], lease: str) -> None:
    if ids:
        connection.execute(_TAKE, {"ids": ids, "b_lease": lease})


def _claim(
    connection: Connection, row: Any, now: datetime, gate: Gate, *, batch: int, lease: str, until: datetime
) -> DestinationClaim | None:
    singly = row.singly
    if row.lease is not None:
        singly = _take_back(connection, row, now)
    size = 1 if row.opened_at is not None or singly else batch
    due = turns.due(connection, row, now, gate, size)
    mine = {"b_lease": lease, "b_until": until} if due else {"b_lease": None, "b_until": None}
    connection.execute(_LEASE, {"b_id": row.id, **mine, "b_singly": max(0, singly - len(due)), "b_now": now})
    if not due:
        return None
    return DestinationClaim(row.key, row.failures, row.probes, row.opened_at is not None, tuple(due), row.probe_at)


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
    return max(int(row.singly), left)
