"""What people ask: where is this article, what did that destination get, what waits for me."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from worker.store.engine import Database
from worker.store.schema import receipt, snapshot


class People:
    def __init__(self, database: Database) -> None:
        self.database = database

    def prune_snapshots(self, *, done_before: datetime, quarantined_before: datetime, limit: int) -> int:
        old = (
            sa.select(snapshot.c.id)
            .where(
                sa.or_(
                    sa.and_(snapshot.c.state == "done", snapshot.c.ingested_at < done_before),
                    sa.and_(snapshot.c.state == "quarantined", snapshot.c.fetched_at < quarantined_before),
                )
            )
            .limit(limit)
        )
        with self.database.write() as connection:
            ids = list(connection.execute(old).scalars())
            connection.execute(sa.delete(snapshot).where(snapshot.c.id.in_(ids)))
        return len(ids)

    def prune_answers(self, before: datetime, limit: int) -> int:
        old = sa.select(receipt.c.id).where(receipt.c.at < before, receipt.c.excerpt.is_not(None)).limit(limit)
        with self.database.write() as connection:
            ids = list(connection.execute(old).scalars())
            connection.execute(sa.update(receipt).where(receipt.c.id.in_(ids)).values(excerpt=None))
        return len(ids)
