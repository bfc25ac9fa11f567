"""How many articles the channels took, and which."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.store.declared import channel
from worker.store.schema import article, placement


def counts(connection: Connection, since: datetime) -> dict[str, int]:
    """Live articles that came since then, by the key of their channels."""
    query = (
        sa.select(channel.c.key, sa.func.count())
        .join(placement, placement.c.channel_id == channel.c.id)
        .join(article, article.c.id == placement.c.article_id)
        .where(article.c.created_at >= since, article.c.state == "live")
        .group_by(channel.c.key)
    )
    return dict(connection.execute(query).all())


def newest(connection: Connection, key: str, limit: int) -> list[int]:
    """Ids of the newest live articles in the channel ``key``, newest first."""
    query = (
        sa.select(placement.c.article_id)
        .join(channel, channel.c.id == placement.c.channel_id)
        .join(article, article.c.id == placement.c.article_id)
        .where(channel.c.key == key, article.c.state == "live")
        .order_by(placement.c.article_id.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
