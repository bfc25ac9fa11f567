"""What hangs on the grants that end soon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.catalog import Use
from worker.store import holds
from worker.store.schema import article, decision

_GOES = (Use.FULL_TEXT.value, Use.EXCERPT.value, Use.LINK_ONLY.value)


def hanging(connection: Connection, ends: Mapping[str, datetime], now: datetime) -> dict[str, int]:
    """How many live articles go, or went, anywhere under each of these grants, by key; ``ends`` is when they do. A
    decision under a grant that ends says so itself, so that the index on that finds them."""
    if not ends:
        return {}
    query = (
        sa.select(decision.c.grant_key, sa.func.count(decision.c.article_id.distinct()))
        .join(article, article.c.id == decision.c.article_id)
        .where(
            decision.c.valid_until > now,
            decision.c.valid_until <= max(ends.values()),
            decision.c.grant_key.in_(sorted(ends)),
            decision.c.use.in_(_GOES),
            article.c.state == "live",
            holds.is_newest(decision.c),
        )
        .group_by(decision.c.grant_key)
    )
    return {**dict.fromkeys(ends, 0), **dict(connection.execute(query).all())}
