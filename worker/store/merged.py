"""Articles that a person merged into others: what they are part of now."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.dispatch import Merged
from worker.store import stories
from worker.store.engine import among
from worker.store.schema import article

STATE = "merged"

_OTHER = article.alias("other")
_MERGED = (
    sa.select(article.c.id, _OTHER.c.id.label("other_id"), _OTHER.c.uuid.label("other_uuid"))
    .join(_OTHER, _OTHER.c.id == article.c.merged_into)
    .where(among(article.c.id, "ids"))
)


def into(connection: Connection, uuid: UUID) -> UUID | None:
    """See ``ports.Shelf.merged_into``."""
    query = sa.select(_OTHER.c.uuid).join(article, article.c.merged_into == _OTHER.c.id)
    found = connection.execute(query.where(article.c.uuid == str(uuid))).scalar_one_or_none()
    return UUID(found) if found is not None else None


def named(connection: Connection, ids: Iterable[int]) -> dict[int, Merged]:
    """What those of these articles that were merged have become part of."""
    rows = connection.execute(_MERGED, {"ids": list(ids)}).all()
    channels = stories.channels_of(connection, [row.other_id for row in rows]) if rows else {}
    return {row.id: Merged(UUID(row.other_uuid), channels.get(row.other_id, ())) for row in rows}
