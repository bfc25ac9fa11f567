"""When a rehearsal ends, what still waits of it goes: nobody at the destination has, or expects, what was rehearsed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from worker.model.catalog import Catalogue
from worker.model.delivery import Action, DeliveryState, Result
from worker.store import orders, reach
from worker.store.declared import destination
from worker.store.engine import among
from worker.store.schema import delivery

DETAIL = "decided while its destination rehearsed"
WAITING = (DeliveryState.DUE.value, DeliveryState.SENDING.value)
CHUNK = 500

_AT = delivery.c.destination_id.in_(sa.select(destination.c.id).where(destination.c.key == sa.bindparam("b_key")))
_ARTICLES = sa.select(delivery.c.article_id).where(
    _AT, delivery.c.state.in_(WAITING), delivery.c.action != Action.RETRACT.value
)
_DELIVERIES = sa.select(delivery).where(_AT, among(delivery.c.article_id, "ids")).order_by(delivery.c.sequence)
_DROP = (
    sa.update(delivery)
    .where(among(delivery.c.id, "ids"))
    .values(
        state=DeliveryState.CANCELLED.value,
        result=Result.NOT_SENT.value,
        detail=DETAIL,
        finished_at=sa.bindparam("b_now"),
        lease=None,
    )
)


def end(connection: Connection, before: Catalogue, after: Catalogue, now: datetime) -> None:
    """Cancel what waits for destinations that go live with ``after``, unless they really have the article."""
    rehearsing = {one.key: one for one in before.destinations}
    for one in after.destinations:
        if not reach.goes_live(rehearsing.get(one.key), one):
            continue
        articles = sorted(set(connection.execute(_ARTICLES, {"b_key": one.key}).scalars()))
        for at in range(0, len(articles), CHUNK):
            some = {"b_key": one.key, "ids": articles[at : at + CHUNK]}
            found: dict[int, list[Row[Any]]] = {}
            for row in connection.execute(_DELIVERIES, some):
                found.setdefault(row.article_id, []).append(row)
            gone = [row.id for rows in found.values() if not _is_there(rows) for row in rows if _waits(row)]
            if gone:
                connection.execute(_DROP, {"ids": sorted(gone), "b_now": now})


def _waits(row: Row[Any]) -> bool:
    return row.state in WAITING and row.action != Action.RETRACT


def _is_there(rows: list[Row[Any]]) -> bool:
    """Whether the article is, or may be, at the destination. What a sender holds while it rehearses was not sent."""
    return orders.pair_of("", [row for row in rows if row.state != DeliveryState.SENDING]).is_there
