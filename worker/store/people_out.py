"""What is out: the versions that destinations were given and still have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.delivery import Action, DeliveryState
from worker.model.ingest import Current
from worker.model.scan import Out
from worker.store import stories
from worker.store.declared import destination
from worker.store.engine import Database
from worker.store.schema import article, delivery

BATCH = 500  # articles whose channels are read at once


class OutTexts:
    """Reading what is out, for ``pipeline.scan``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def out_since(self, since: datetime) -> list[Out]:
        """What was accepted at ``since`` or later and neither replaced nor taken back, newest article first."""
        with self.database.read() as connection:
            return _out_since(connection, since)

    def currents(self, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Current]:
        """The texts of versions by (article, number)."""
        with self.database.read() as connection:
            return stories.currents(connection, wanted)


def _out_since(connection: Connection, since: datetime) -> list[Out]:
    later = delivery.alias("later")
    accepted = DeliveryState.ACCEPTED.value
    query = (
        sa.select(delivery.c.article_id, article.c.uuid, delivery.c.version, destination.c.key)
        .join(article, article.c.id == delivery.c.article_id)
        .join(destination, destination.c.id == delivery.c.destination_id)
        .where(
            delivery.c.finished_at >= since,
            delivery.c.state == accepted,
            delivery.c.action != Action.RETRACT.value,
            ~sa.exists().where(
                later.c.article_id == delivery.c.article_id,
                later.c.destination_id == delivery.c.destination_id,
                later.c.sequence > delivery.c.sequence,
                later.c.state == accepted,
            ),
        )
        .order_by(delivery.c.article_id.desc(), delivery.c.version.desc(), destination.c.position)
    )
    found: dict[tuple[int, str, int], list[str]] = {}
    for row in connection.execute(query):
        found.setdefault((row.article_id, row.uuid, row.version), []).append(row.key)
    ids = sorted({key[0] for key in found})
    channels: dict[int, tuple[str, ...]] = {}
    for at in range(0, len(ids), BATCH):
        channels |= stories.channels_of(connection, ids[at : at + BATCH])
    return [
        Out(number, UUID(uuid), version, channels.get(number, ()), tuple(keys))
        for (number, uuid, version), keys in found.items()
    ]
