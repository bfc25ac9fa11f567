"""When each part last said it lives."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from worker.store.engine import Database
from worker.store.schema import heartbeat


class Pulse:
    """``worker.ports.Heartbeats`` on the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def beat(self, name: str, at: datetime) -> None:
        upsert = self.database.upsert(heartbeat).values(name=name, at=at)
        with self.database.write() as connection:
            connection.execute(upsert.on_conflict_do_update(index_elements=["name"], set_={"at": at}))

    def last(self) -> dict[str, datetime]:
        """Names and moments (aware UTC). Raises StoreError when the database does not answer."""
        with self.database.read() as connection:
            return {row.name: row.at for row in connection.execute(sa.select(heartbeat))}
