"""What a leased destination is given in its turn: the due deliveries that stops, windows, rate and cap let go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker import openings
from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState, Result
from worker.model.dispatch import DueDelivery, Gate, Terms
from worker.store import orders, passing
from worker.store.columns import UtcDateTime
from worker.store.declared import destination
from worker.store.engine import among
from worker.store.schema import article, delivery

DUE, SENDING = DeliveryState.DUE.value, DeliveryState.SENDING.value
PRIORITIES = (0, 1, 2)
"""Retractions and what was pushed by name; articles of sources that go first; all others."""

PUT_OFF = 500  # rows
NOW = sa.bindparam("now", type_=UtcDateTime)
RETRACTION = sa.and_(delivery.c.priority == 0, delivery.c.action == Action.RETRACT.value)


DELIVERY = (
    *(delivery.c.id, delivery.c.uuid, delivery.c.article_id, delivery.c.sequence, delivery.c.action),
    *(delivery.c.version, delivery.c.use, delivery.c.attempts, delivery.c.failures, delivery.c.result),
    *(delivery.c.created_at, delivery.c.urgent, delivery.c.priority),
    article.c.uuid.label("article_uuid"),
)


def _due_rows(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """A destination's due deliveries of one priority, oldest first; none of an article that is in flight there already.
    They stay locked for whoever takes them; what settling has locked is its own to end.

    They are read in the order of ``ix_delivery_due`` until there are enough. That a planner sees no other way, whatever
    it believes of the tables, is why they are asked for one priority at a time, and nothing is joined to them.
    """
    flying = delivery.alias("flying")
    in_flight = sa.exists().where(
        flying.c.article_id == delivery.c.article_id,
        flying.c.destination_id == delivery.c.destination_id,
        # Looked for among the few of the pair: by its state SQLite would walk all that the destination has in flight,
        # for each that is due.
        flying.c.state + "" == SENDING,
    )
    some = sa.select(delivery)
    if conditions:
        some = some.join(destination, destination.c.id == delivery.c.destination_id)
    first = (
        some.where(
            delivery.c.destination_id == sa.bindparam("destination"),
            delivery.c.state == DUE,
            delivery.c.priority == sa.bindparam("priority"),
            delivery.c.due_at <= NOW,
            ~in_flight,
            *conditions,
        )
        .order_by(delivery.c.due_at, delivery.c.id)
        .limit(sa.bindparam("size", type_=sa.Integer))
        .with_for_update(skip_locked=True, of=delivery)
        .subquery("first")
    )
    uuid = sa.select(article.c.uuid).where(article.c.id == first.c.article_id).scalar_subquery()
    return sa.select(*(first.c[column.key] for column in DELIVERY[:-1]), uuid.label(DELIVERY[-1].key)).order_by(
        first.c.due_at, first.c.id
    )


_ALL_DUE, _RETRACTIONS_DUE = _due_rows(), _due_rows(RETRACTION)
_PASSING_DUE = _due_rows(sa.or_(RETRACTION, passing.of_text()))
_SUPERSEDE = (
    sa.update(delivery)
    .where(among(delivery.c.id, "ids"))
    .values(state=DeliveryState.SUPERSEDED.value, finished_at=sa.bindparam("b_now"))
)
_REPLACED = sa.select(delivery.c.id).where(among(delivery.c.id, "ids"), orders.has_successor())


def _put_off(*conditions: sa.ColumnElement[bool]) -> sa.Update:
    """Some of a destination's due deliveries get another due time: a transaction's worth, the next look does more."""
    some = (
        sa.select(delivery.c.id)
        .where(
            delivery.c.destination_id == sa.bindparam("b_destination"),
            delivery.c.state == DUE,
            delivery.c.priority.in_(PRIORITIES[1:]),
            delivery.c.due_at <= sa.bindparam("b_now"),
            *conditions,
        )
        .limit(PUT_OFF)
        .with_for_update(skip_locked=True)
    )
    return sa.update(delivery).where(delivery.c.id.in_(some)).values(due_at=sa.bindparam("b_due"))


_REDATE = _put_off()
_REDATE_NEW = _put_off(
    delivery.c.action == Action.PUBLISH.value, delivery.c.id.not_in(sa.bindparam("kept", expanding=True))
)
_NEXT_SEND = (
    sa.update(destination).where(destination.c.id == sa.bindparam("b_id")).values(next_send_at=sa.bindparam("b_next"))
)
_TODAY = (
    sa.select(sa.func.count())
    .select_from(delivery)
    .where(
        delivery.c.destination_id == sa.bindparam("destination"),
        delivery.c.action == Action.PUBLISH.value,
    )
)
_DONE_TODAY = _TODAY.where(
    delivery.c.finished_at >= sa.bindparam("since", type_=UtcDateTime),
    delivery.c.state.in_((DeliveryState.ACCEPTED.value, DeliveryState.REHEARSED.value)),
)
_UNDER_WAY = _TODAY.where(delivery.c.state == SENDING)
_FIRST_RELEASED = (
    sa.select(delivery.c.article_id, sa.func.min(delivery.c.finished_at).label("first"))
    .where(
        among(delivery.c.article_id, "ids"),
        delivery.c.destination_id == sa.bindparam("destination"),
        delivery.c.state == DeliveryState.ACCEPTED.value,
    )
    .group_by(delivery.c.article_id)
)


def due(connection: Connection, row: Any, now: datetime, gate: Gate, size: int) -> list[DueDelivery]:
    """Up to ``size`` deliveries that the destination of ``row`` is given now."""
    return _as_given(connection, row.id, in_terms(connection, row, now, gate, size))


def retractions(connection: Connection, row: Any, now: datetime, size: int) -> list[DueDelivery]:
    """Up to ``size`` retractions that the destination of ``row`` is given now, whatever the stops and its schedule."""
    wanted = {"destination": row.id, "now": now, "size": size}
    return _as_given(connection, row.id, _newest(connection, _RETRACTIONS_DUE, wanted, PRIORITIES[:1]))


def _as_given(connection: Connection, destination_id: int, rows: Sequence[Any]) -> list[DueDelivery]:
    firsts = _first_released(connection, destination_id, [one.article_id for one in rows if one.sequence > 1])
    return [due_delivery(one, firsts.get(one.article_id)) for one in rows]


def due_delivery(row: Any, first_released: datetime | None) -> DueDelivery:
    """A row of ``DELIVERY`` with its attempt counted."""
    return DueDelivery(
        id=row.id,
        uuid=UUID(row.uuid),
        article=row.article_id,
        article_uuid=UUID(row.article_uuid),
        sequence=row.sequence,
        action=Action(row.action),
        version=row.version,
        use=Use(row.use),
        attempts=row.attempts + 1,
        failures=row.failures,
        unknown=row.result == Result.UNKNOWN.value,
        created_at=row.created_at,
        first_released=first_released,
        urgent=row.urgent,
    )


def in_terms(connection: Connection, row: Any, now: datetime, gate: Gate, size: int) -> Sequence[Any]:
    """Up to ``size`` due rows that stops and schedule let go now. What is due while the destination is closed, or
    beyond its cap, is put off to when it opens again."""
    stopped, terms = gate.stopped, gate.terms.get(row.key)
    wanted = {"destination": row.id, "now": now, "size": size, **passing.parameters(stopped)}
    shut = stopped.everything or row.key in stopped.destinations
    if shut or row.state != "active" or row.retired_at is not None:
        return _newest(connection, _RETRACTIONS_DUE, wanted, PRIORITIES[:1])
    statement = _PASSING_DUE if passing.looks_at_texts(stopped) else _ALL_DUE
    if terms is None:
        return _newest(connection, statement, wanted)
    if terms.opens is not None:
        connection.execute(_REDATE, {"b_destination": row.id, "b_now": now, "b_due": terms.opens})
        return _newest(connection, statement, wanted, PRIORITIES[:1])
    room = _room(connection, row.id, terms)
    if room == 0:
        _put_off_new(connection, row.id, terms, now, ())
    rows = _newest(connection, statement, wanted)
    passes = [one for one in rows if one.priority == 0]
    rest = _in_rate(connection, row, [one for one in rows if one.priority > 0], terms, now)
    new = [one for one in rest if one.action == Action.PUBLISH.value]
    if room is not None and len(new) > room:
        _put_off_new(connection, row.id, terms, now, [one.id for one in new[:room]])
        beyond = frozenset(one.id for one in new[room:])
        rest = [one for one in rest if one.id not in beyond]
    return [*passes, *rest]


def _newest(
    connection: Connection, query: sa.Select[Any], wanted: dict[str, Any], priorities: Sequence[int] = PRIORITIES
) -> list[Any]:
    """Up to ``wanted["size"]`` rows of ``query``, by priority, without those that a later one took the place of while a
    sender held them: these end here. Asked of these few: in the query itself it would be asked of all that is due."""
    found: list[Any] = []
    for priority in priorities:
        size = wanted["size"] - len(found)
        while size > 0:
            rows = connection.execute(query, {**wanted, "priority": priority, "size": size}).all()
            gone = replaced(connection, [one.id for one in rows])
            if gone:
                connection.execute(_SUPERSEDE, {"ids": sorted(gone), "b_now": wanted["now"]})
            found += [one for one in rows if one.id not in gone]
            if not rows or len(gone) < len(rows):
                break
    return found


def replaced(connection: Connection, ids: Sequence[int]) -> frozenset[int]:
    """Those of these deliveries that a later one of the same article and destination took the place of."""
    return frozenset(connection.execute(_REPLACED, {"ids": list(ids)}).scalars()) if ids else frozenset()


def _room(connection: Connection, destination_id: int, terms: Terms) -> int | None:
    """How many new articles may still go there today; None when there is no cap."""
    if terms.cap is None:
        return None
    today = {"destination": destination_id, "since": terms.day_began}
    done = connection.execute(_DONE_TODAY, today).scalar_one() + connection.execute(_UNDER_WAY, today).scalar_one()
    return max(0, terms.cap - int(done))


def _put_off_new(connection: Connection, destination_id: int, terms: Terms, now: datetime, kept: Sequence[int]) -> None:
    when = {"b_destination": destination_id, "b_now": now, "b_due": terms.tomorrow}
    connection.execute(_REDATE_NEW, {**when, "kept": list(kept)})


def _in_rate(connection: Connection, row: Any, rows: Sequence[Any], terms: Terms, now: datetime) -> Sequence[Any]:
    if terms.gap is None or not rows:
        return rows
    count, free_from = openings.slots(row.next_send_at, terms.gap, now, len(rows))
    connection.execute(_NEXT_SEND, {"b_id": row.id, "b_next": free_from})
    return rows[:count]


def _first_released(connection: Connection, destination_id: int, articles: list[int]) -> dict[int, datetime]:
    if not articles:
        return {}
    rows = connection.execute(_FIRST_RELEASED, {"ids": articles, "destination": destination_id})
    return {row.article_id: row.first for row in rows}


def as_due(connection: Connection, uuid: UUID) -> tuple[str, DueDelivery] | None:
    """A delivery with the key of its destination, as if it were due again; whatever became of it."""
    row = connection.execute(
        sa.select(*DELIVERY, delivery.c.destination_id, destination.c.key)
        .join(article, article.c.id == delivery.c.article_id)
        .join(destination, destination.c.id == delivery.c.destination_id)
        .where(delivery.c.uuid == str(uuid))
    ).one_or_none()
    if row is None:
        return None
    firsts = _first_released(connection, row.destination_id, [row.article_id])
    return row.key, due_delivery(row, firsts.get(row.article_id))
