"""Stops: rows that keep deliveries back while they are in force, and what waits behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.errors import NotFound, Refused
from worker.model.stops import Scope, Stop
from worker.store import acts
from worker.store.declared import channel, destination, source
from worker.store.engine import Database
from worker.store.schema import stop

_KEYED = {Scope.SOURCE: source, Scope.CHANNEL: channel, Scope.DESTINATION: destination}
_IN_FORCE = (
    sa.select(stop.c.id, stop.c.scope, stop.c.key, stop.c.at, stop.c.until, stop.c.by, stop.c.reason)
    .where(stop.c.lifted_at.is_(None))
    .order_by(stop.c.id)
)


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
            detail = {"until": until.isoformat() if until else None}
            acts.record(connection, by=by, verb="pause", target=named(scope, key), note=reason, now=now, detail=detail)
            return read(connection, now)

    def lift(
        self, stops: Sequence[Stop], *, by: str, note: str | None, detail: dict[str, object], now: datetime
    ) -> None:
        """Lift these stops. Audited, with ``detail``."""
        with self.database.write() as connection:
            for one in stops:
                connection.execute(
                    sa.update(stop)
                    .where(stop.c.id == one.id, stop.c.lifted_at.is_(None))
                    .values(lifted_at=now, lifted_by=by)
                )
                what = named(one.scope, one.key)
                acts.record(connection, by=by, verb="resume", target=what, note=note, now=now, detail=detail)


def named(scope: Scope, key: str) -> str:
    """``everything``, ``source alpha``: as people and the audit call what is stopped."""
    return "everything" if scope is Scope.ALL else f"{scope.value} {key}"


def _check(connection: Connection, scope: Scope, key: str) -> None:
    if scope is Scope.ALL:
        return
    table = _KEYED[scope]
    if connection.execute(sa.select(table.c.id).where(table.c.key == key)).first() is None:
        raise NotFound(f"no {scope.value} is called {key}; keys are those of the catalogue")
