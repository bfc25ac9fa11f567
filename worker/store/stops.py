"""Stops: rows that keep deliveries back while they are in force, and what waits behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.errors import NotFound, Refused
from worker.model.delivery import Action, DeliveryState
from worker.model.stops import Behind, Letting, Scope, Stop, Stopped
from worker.store import acts, orders, passing
from worker.store.columns import UtcDateTime
from worker.store.declared import channel, destination, source
from worker.store.engine import INGEST_LOCK, Database, among
from worker.store.schema import article, delivery, recheck, stop

_KEYED = {Scope.SOURCE: source, Scope.CHANNEL: channel, Scope.DESTINATION: destination}
_IN_FORCE = (
    sa.select(stop.c.id, stop.c.scope, stop.c.key, stop.c.at, stop.c.until, stop.c.by, stop.c.reason)
    .where(stop.c.lifted_at.is_(None))
    .order_by(stop.c.id)
)

_LIFT = (
    sa.update(stop)
    .where(stop.c.id == sa.bindparam("b_id"), stop.c.lifted_at.is_(None))
    .values(lifted_at=sa.bindparam("b_now"), lifted_by=sa.bindparam("b_by"))
)
# What has come due and would have gone but for the stops ``mine``; ``free``: no other keeps it.
_BEHIND = (
    sa.select(
        *(delivery.c.id, delivery.c.action, destination.c.key, article.c.created_at),
        sa.and_(passing.of_destination("left_"), passing.of_text("left_")).label("free"),
    )
    .join(destination, destination.c.id == delivery.c.destination_id)
    .join(article, article.c.id == delivery.c.article_id)
    .where(
        delivery.c.state == DeliveryState.DUE.value,
        delivery.c.action != Action.RETRACT.value,
        delivery.c.due_at <= sa.bindparam("now", type_=UtcDateTime),
        sa.not_(sa.and_(passing.of_destination("mine_"), passing.of_text("mine_"))),
    )
)
_DROP = (
    sa.update(delivery)
    .where(among(delivery.c.id, "ids"), delivery.c.state == DeliveryState.DUE.value)
    .values(
        state=DeliveryState.CANCELLED.value,
        result=orders.DROPPED,
        finished_at=sa.bindparam("b_now"),
        detail=sa.bindparam("b_detail"),
    )
)
_UPDATED = sa.select(delivery.c.article_id).where(among(delivery.c.id, "ids"), delivery.c.action == Action.UPDATE.value)
CHUNK = 500


def unlifted(connection: Connection) -> tuple[Stop, ...]:
    """The stops that nobody has lifted, run out or not, oldest first."""
    return tuple(_stop(row) for row in connection.execute(_IN_FORCE))


def read(connection: Connection, now: datetime) -> tuple[Stop, ...]:
    """The stops in force at ``now``, oldest first. Cheap: whoever sends asks every second."""
    return tuple(one for one in unlifted(connection) if one.until is None or now < one.until)


def _stop(row: Any) -> Stop:
    return Stop(row.id, Scope(row.scope), row.key, row.at, row.until, row.by, row.reason)


class Stops:
    """Stopping and letting go, by people."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def in_force(self, now: datetime) -> tuple[Stop, ...]:
        """The stops in force at ``now``, oldest first."""
        with self.database.read() as connection:
            return read(connection, now)

    def pause(
        self, scope: Scope, key: str, *, by: str, reason: str, until: datetime | None, now: datetime
    ) -> tuple[Stop, ...]:
        """Stop ``key`` (empty for all); returns all that is in force then. Audited.

        Raises NotFound for a key that the catalogue does not have, Refused where it is stopped already.
        """
        with self.database.write() as connection:
            _check(connection, scope, key)
            same = [one for one in read(connection, now) if (one.scope, one.key) == (scope, key)]
            if same:
                raise Refused(f"{named(scope, key)} is stopped already, by {same[0].by}: {same[0].reason}")
            connection.execute(
                sa.insert(stop).values(scope=scope.value, key=key, at=now, until=until, by=by, reason=reason)
            )
            after = {"state": "stopped", "until": until.isoformat() if until else None}
            detail = {"before": {"state": "open"}, "after": after}
            acts.record(connection, by=by, verb="pause", target=named(scope, key), note=reason, now=now, detail=detail)
            return read(connection, now)

    def behind(self, lifted: Stopped, left: Stopped, letting: Letting, now: datetime) -> Behind:
        """What lifting the stops that ``lifted`` is made of would do, while those of ``left`` stay in force."""
        with self.database.read() as connection:
            return _behind(connection, lifted, left, letting, now)[0]

    def resume(
        self,
        stops: Sequence[Stop],
        lifted: Stopped,
        left: Stopped,
        letting: Letting,
        *,
        by: str,
        note: str | None,
        now: datetime,
    ) -> Behind:
        """Lift ``stops``, having dropped what ``letting`` drops of what waited behind them. Audited."""
        with self.database.write(lock=INGEST_LOCK) as connection:
            found, dropped = _behind(connection, lifted, left, letting, now)
            for at in range(0, len(dropped), CHUNK):
                some = dropped[at : at + CHUNK]
                connection.execute(_DROP, {"ids": some, "b_now": now, "b_detail": _words(by, note)})
                # Dropped or not: where less may be shown than is out there, it is said.
                updated = sorted(set(connection.execute(_UPDATED, {"ids": some}).scalars()))
                if updated:
                    again = [{"article_id": one} for one in updated]
                    connection.execute(self.database.insert_ignore(recheck), again)
            after = {"state": "open", "went": found.go, "dropped": found.dropped, "stayed": found.staying}
            for one in stops:
                connection.execute(_LIFT, {"b_id": one.id, "b_now": now, "b_by": by})
                what = named(one.scope, one.key)
                until = one.until.isoformat() if one.until else None
                before = {"state": "stopped", "by": one.by, "reason": one.reason, "until": until}
                detail = {"before": before, "after": after}
                acts.record(connection, by=by, verb="resume", target=what, note=note, now=now, detail=detail)
            return found


def _words(by: str, note: str | None) -> str:
    return f"dropped by {by} when a stop was lifted" + (f": {note}" if note else "")


def _behind(
    connection: Connection, lifted: Stopped, left: Stopped, letting: Letting, now: datetime
) -> tuple[Behind, list[int]]:
    """What waits behind ``lifted``, and the ids of the deliveries that are to be dropped."""
    parameters = {**passing.parameters(lifted, "mine_"), **passing.parameters(left, "left_"), "now": now}
    going: dict[str, int] = {}
    dropped: list[int] = []
    staying = 0
    for row in connection.execute(_BEHIND, parameters):
        old = letting.oldest is not None and row.action == Action.PUBLISH and row.created_at < letting.oldest
        if not row.free:
            staying += 1
        elif letting.drop or old:
            dropped.append(row.id)
        else:
            going[row.key] = going.get(row.key, 0) + 1
    return Behind(going, len(dropped), staying), dropped


def named(scope: Scope, key: str) -> str:
    """``everything``, ``source alpha``: as people and the audit call what is stopped."""
    return "everything" if scope is Scope.ALL else f"{scope.value} {key}"


def _check(connection: Connection, scope: Scope, key: str) -> None:
    if scope is Scope.ALL:
        return
    table = _KEYED[scope]
    if connection.execute(sa.select(table.c.id).where(table.c.key == key)).first() is None:
        raise NotFound(f"no {scope.value} is called {key}; keys are those of the catalogue")
