"""Deliveries as settling reads and writes them: what a destination has of an article, what is ordered for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState, Result
from worker.model.ingest import Order, Pair
from worker.store.engine import among
from worker.store.schema import delivery

DROPPED = "dropped"
"""The ``result`` of a cancelled delivery that a person let go: settling does not bring it back."""

_ENDED = (DeliveryState.ACCEPTED, DeliveryState.WITHHELD, DeliveryState.REHEARSED)
_OF_PAIR = sa.and_(
    delivery.c.article_id == sa.bindparam("b_article"), delivery.c.destination_id == sa.bindparam("b_destination")
)
_LOCK_DUE = (
    sa.select(delivery.c.id)
    .where(among(delivery.c.article_id, "ids"), delivery.c.state == DeliveryState.DUE.value)
    .order_by(delivery.c.id)
    .with_for_update()
)
_ADD = sa.insert(delivery)
_END_WAITING = sa.update(delivery).where(
    _OF_PAIR, delivery.c.sequence == sa.bindparam("b_sequence"), delivery.c.state == DeliveryState.DUE.value
)


def pair_of(key: str, rows: Sequence[Row[Any]]) -> Pair:
    """Fold a pair's deliveries, in sequence, into what is out there."""
    sequence, out, out_version, maybe, pending = 0, None, 0, False, False
    withheld: tuple[int, Use | None] = (0, None)
    rehearsed: tuple[int, Use | None] = (0, None)
    first, narrowed, updated = None, None, None
    for row in rows:
        sequence = row.sequence
        retract = row.action == Action.RETRACT
        if row.state == DeliveryState.ACCEPTED:
            out, out_version, maybe = (None, 0, False) if retract else (Use(row.use), row.version, False)
            first = first or row.finished_at
            withheld, rehearsed = (0, None), (out_version, out)
            narrowed = Use(row.use) if retract and row.use != Use.REJECT else None
        elif row.state == DeliveryState.WITHHELD:
            withheld = (row.version, Use(row.use))
        elif row.state == DeliveryState.REHEARSED:
            rehearsed = (0, None) if retract else (row.version, Use(row.use))
        elif not retract and row.attempts:
            # Of what was tried and then dropped nobody knows any more what came of it.
            maybe = maybe or row.state == DeliveryState.SENDING or row.result in (Result.UNKNOWN, None, DROPPED)
        if row.state in (DeliveryState.ACCEPTED, DeliveryState.REHEARSED):
            updated = row.finished_at if row.action == Action.UPDATE else None
        pending = row.state in (DeliveryState.DUE, DeliveryState.SENDING)
    last = rows[-1] if pending else None
    return Pair(
        destination=key,
        sequence=sequence,
        out=out,
        out_version=out_version,
        maybe=maybe,
        pending=pending,
        pending_action=Action(last.action) if last else None,
        pending_version=last.version if last else 0,
        pending_use=Use(last.use) if last else None,
        pending_urgent=bool(last.urgent) if last else False,
        dropped_version=_dropped(rows),
        rehearsed=rehearsed[1],
        rehearsed_version=rehearsed[0],
        first_released=first,
        withheld_version=withheld[0],
        withheld_use=withheld[1],
        narrowed=narrowed,
        pending_due=last.due_at if last and last.state == DeliveryState.DUE else None,
        updated_at=updated,
    )


def _dropped(rows: Sequence[Row[Any]]) -> int:
    last = rows[-1] if rows else None
    return int(last.version) if last is not None and is_dropped(last.state, last.result) else 0


def is_dropped(state: str, result: str | None) -> bool:
    """Whether a person let a delivery in ``state`` go unsent."""
    return state == DeliveryState.CANCELLED and result == DROPPED


def has_successor() -> sa.ColumnElement[bool]:
    """Of a delivery: a later one of its article is written down for its destination."""
    later = delivery.alias("later")
    return sa.exists().where(
        later.c.article_id == delivery.c.article_id,
        later.c.destination_id == delivery.c.destination_id,
        later.c.sequence > delivery.c.sequence,
    )


def write(connection: Connection, orders: Sequence[Order], ids: Mapping[str, int], now: datetime) -> None:
    """Write deliveries, superseding those of the same pair that still wait; an order that has waited takes the place
    of the row that did. ``ids`` are the destinations'."""
    older = [_pair(order, ids) | {"b_now": now} for order in orders if order.sequence > 1 and not order.waited]
    retire_due(connection, older, DeliveryState.SUPERSEDED)
    added = [_row(order, ids, now) for order in orders if not order.waited]
    if added:
        connection.execute(_ADD, added)
    for order in orders:
        if order.waited:
            known = _pair(order, ids) | {"b_sequence": order.sequence}
            connection.execute(_END_WAITING.values(**_told(order, now)), known)


def _pair(order: Order, ids: Mapping[str, int]) -> dict[str, Any]:
    return {"b_article": order.article, "b_destination": ids[order.destination]}


def _row(order: Order, ids: Mapping[str, int], now: datetime) -> dict[str, Any]:
    return {
        "uuid": str(uuid4()),
        "article_id": order.article,
        "destination_id": ids[order.destination],
        "sequence": order.sequence,
        "visible_at": order.visible_at,
        "created_at": now,
        **_told(order, now),
    }


def _told(order: Order, now: datetime) -> dict[str, Any]:
    """What an order says of its delivery."""
    done = order.state in (DeliveryState.ACCEPTED, DeliveryState.REHEARSED)
    accepted = order.state is DeliveryState.ACCEPTED
    shelved = "off the shelf" if order.action is Action.RETRACT else "on the shelf"
    words = shelved if accepted else "rehearsed: all but sent" if done else order.detail
    return {
        "action": order.action.value,
        "version": order.version,
        "use": order.use.value,
        "state": order.state.value,
        "priority": _priority(order),
        "urgent": order.urgent,
        "due_at": order.due_at,
        "finished_at": now if order.state in _ENDED else None,
        "attempts": 1 if done else 0,
        "result": ("accepted" if accepted else "not_sent") if done else None,
        "detail": words,
    }


def _priority(order: Order) -> int:
    """See ``claims.PRIORITIES``."""
    if order.urgent or order.action is Action.RETRACT:
        return 0
    return 1 if order.first else 2


def lock_due(connection: Connection, articles: Sequence[int]) -> None:
    """Keep senders from what waits of these articles until the transaction ends: what settling takes for unsent, and
    ends, must not be on its way. In the order of ids, as everybody who locks several."""
    connection.execute(_LOCK_DUE, {"ids": list(articles)})


def cancel(connection: Connection, pairs: Iterable[tuple[int, int]], detail: str, now: datetime) -> None:
    """Write off what waits for these pairs of article and destination."""
    rows = [{"b_article": article, "b_destination": place, "b_now": now} for article, place in pairs]
    retire_due(connection, rows, DeliveryState.CANCELLED, detail)


def retire_due(
    connection: Connection, pairs: Sequence[dict[str, Any]], state: DeliveryState, detail: str | None = None
) -> None:
    """End what waits for ``pairs`` (``b_article``, ``b_destination``, ``b_now``) without sending it."""
    if not pairs:
        return
    said = {"detail": detail} if detail is not None else {}
    connection.execute(
        sa.update(delivery)
        .where(_OF_PAIR, delivery.c.state == DeliveryState.DUE.value)
        .values(state=state.value, finished_at=sa.bindparam("b_now"), **said),
        list(pairs),
    )
