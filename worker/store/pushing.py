"""Pushing: what waits of one article goes now, past its schedule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.delivery import Action, DeliveryState
from worker.model.dispatch import Pushed
from worker.store import orders
from worker.store.declared import destination
from worker.store.schema import article, delivery


def push(connection: Connection, article_id: int, keys: Sequence[str] | None, now: datetime) -> list[Pushed]:
    """See ``Deliveries.push``."""
    due = delivery.c.state == DeliveryState.DUE.value
    dropped = sa.and_(delivery.c.state == DeliveryState.CANCELLED.value, delivery.c.result == orders.DROPPED)
    query = (
        sa.select(
            *(delivery.c.id, delivery.c.uuid, delivery.c.due_at, destination.c.key),
            *(article.c.uuid.label("article_uuid"), article.c.version, dropped.label("dropped")),
        )
        .join(destination, destination.c.id == delivery.c.destination_id)
        .join(article, article.c.id == delivery.c.article_id)
        .where(delivery.c.article_id == article_id, destination.c.retired_at.is_(None))
        .where(delivery.c.action != Action.RETRACT.value, sa.or_(due, dropped), ~orders.has_successor())
        .order_by(destination.c.position)
    )
    rows = [row for row in connection.execute(query) if keys is None or row.key in keys]
    newest = rows[0].version if rows else 0
    connection.execute(
        sa.update(delivery)
        # A sender may have taken it meanwhile.
        .where(delivery.c.id.in_([row.id for row in rows]), sa.or_(due, dropped))
        .values(
            # What was dropped missed the versions since.
            version=sa.case((delivery.c.result == orders.DROPPED, newest), else_=delivery.c.version),
            state=DeliveryState.DUE.value,
            due_at=now,
            urgent=True,
            priority=0,
            finished_at=None,
            result=sa.case((delivery.c.result == orders.DROPPED, None), else_=delivery.c.result),
            detail=None,
        )
    )
    return [Pushed(UUID(row.uuid), UUID(row.article_uuid), row.key, row.due_at, bool(row.dropped)) for row in rows]
