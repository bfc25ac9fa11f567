"""What a clock that ran ahead has put off: everything that waits is a moment in a column, and one written while the
machine thought it was next year would be waited for until then.

A row that says it was worked on in the future is the proof. Leases, pauses and rests have bounds of their own, so what
lies beyond those is set back without any.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.delivery import DeliveryState
from worker.store.declared import destination
from worker.store.engine import Database
from worker.store.polling import touch_host
from worker.store.pulse import last_beat
from worker.store.schema import delivery, host, receipt, resource, snapshot
from worker.store.telling import telling

SKEW = timedelta(minutes=2)  # between the clocks of several machines
LEASED = timedelta(minutes=5)  # longer than any lease
RESTS = timedelta(days=8)  # longer than any pause that others may ask for
AT_ONCE = 5_000  # deliveries

_BOUNDS = (
    *((host.c.lease_until, LEASED), (snapshot.c.lease_until, LEASED), (destination.c.lease_until, LEASED)),
    *((telling.c.lease_until, LEASED), (telling.c.due_at, RESTS), (snapshot.c.ready_at, RESTS)),
    *((host.c.next_request_at, timedelta(days=1)), (host.c.paused_until, RESTS), (host.c.robots_until, RESTS)),
    *((destination.c.probe_at, RESTS), (destination.c.next_send_at, RESTS), (destination.c.served_at, SKEW)),
)


def set_back(database: Database, now: datetime) -> int:
    """Set to ``now``, or as far from it as was meant, what waits for a moment that only a wrong clock can have named;
    how many rows that were. None where it is our own clock that is wrong: a right one ticks every two seconds, and a
    tick ahead of us is another machine's."""
    with database.write() as connection:
        ticked = last_beat(connection, "tick")
        if ticked is not None and ticked > now + SKEW:
            return 0
        changed = sum(_bounded(connection, column, now, bound) for column, bound in _BOUNDS)
        return changed + _resources(connection, now) + _deliveries(connection, now)


def _bounded(connection: Connection, column: sa.Column[datetime], now: datetime, bound: timedelta) -> int:
    beyond = sa.update(column.table).where(column > now + bound)
    return connection.execute(beyond.values({column.name: now})).rowcount


def _resources(connection: Connection, now: datetime) -> int:
    """Asked in the future; or not yet, though whatever is found is due within the day."""
    asked = sa.or_(
        resource.c.polled_at > now + SKEW,
        sa.and_(resource.c.polled_at.is_(None), resource.c.due_at > now + timedelta(days=1)),
    )
    query = sa.select(resource.c.id, resource.c.host_id).where(resource.c.due_at > now, asked)
    rows = connection.execute(query).all()
    for row in rows:
        connection.execute(sa.update(resource).where(resource.c.id == row.id).values(due_at=now))
    for home in sorted({row.host_id for row in rows}):
        touch_host(connection, home)
    return len(rows)


def _deliveries(connection: Connection, now: datetime) -> int:
    """Written down, or last tried, in the future: they wait as long from now as they were to wait from then. What is
    set back says so by a due time that lies before that, and is not looked at again."""
    tried = sa.select(sa.func.max(receipt.c.at)).where(receipt.c.delivery_id == delivery.c.id).scalar_subquery()
    since = sa.case((tried > delivery.c.created_at, tried), else_=delivery.c.created_at)
    query = (
        sa.select(delivery.c.id, delivery.c.due_at, sa.type_coerce(since, delivery.c.created_at.type).label("since"))
        .where(delivery.c.state == DeliveryState.DUE.value, delivery.c.due_at > now + SKEW)
        .where(since > now + SKEW, since <= delivery.c.due_at)
        .limit(AT_ONCE)
    )
    rows = connection.execute(query).all()
    for row in rows:
        due_at = now + (row.due_at - row.since)
        connection.execute(sa.update(delivery).where(delivery.c.id == row.id).values(due_at=due_at))
    return len(rows)
