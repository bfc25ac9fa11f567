"""When each part last said it lives."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.store.engine import Database
from worker.store.schema import heartbeat


def beat(database: Database, connection: Connection, name: str, at: datetime) -> None:
    """Note that ``name`` lived at ``at``."""
    upsert = database.upsert(heartbeat).values(name=name, at=at)
    connection.execute(upsert.on_conflict_do_update(index_elements=["name"], set_={"at": at}))


def last_beat(connection: Connection, name: str) -> datetime | None:
    """When ``name`` last lived; None when it never did."""
    return connection.execute(sa.select(heartbeat.c.at).where(heartbeat.c.name == name)).scalar_one_or_none()


class Pulse:
    """``worker.ports.Heartbeats`` on the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def beat(self, name: str, at: datetime) -> None:
        with self.database.write() as connection:
            beat(self.database, connection, name, at)

    def last(self) -> dict[str, datetime]:
        """Names and moments (aware UTC). Raises StoreError when the database does not answer."""
        with self.database.read() as connection:
            return {row.name: row.at for row in connection.execute(sa.select(heartbeat))}
