"""The record of what people did: one row for every act, in the act's own transaction."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.review import ActFilter, ActRow
from worker.store.schema import act, article, delivery

RESTORE = "restore"


def record(
    connection: Connection,
    *,
    by: str,
    verb: str,
    target: str,
    now: datetime,
    note: str | None = None,
    detail: object = None,
) -> None:
    """One act by a named person."""
    connection.execute(sa.insert(act).values(at=now, by=by, verb=verb, target=target, note=note, detail=detail))


def floor(connection: Connection) -> int:
    """What the last restore said: sequences that partners may have seen of what the backup did not know to be sent.
    Whatever is given out for the first time is above it; 0 where nothing was ever restored."""
    query = sa.select(act.c.detail).where(act.c.verb == RESTORE).order_by(act.c.id.desc()).limit(1)
    detail = connection.execute(query).scalar()
    return int(detail["after"]["sequence"]) if detail else 0


def listed(connection: Connection, limit: int, wanted: ActFilter) -> list[ActRow]:
    """What people did, newest first."""
    query = sa.select(act).order_by(act.c.at.desc(), act.c.id.desc()).limit(limit)
    if wanted.since is not None:
        query = query.where(act.c.at >= wanted.since)
    if wanted.by is not None:
        query = query.where(act.c.by == wanted.by)
    if wanted.verb is not None:
        query = query.where(act.c.verb == wanted.verb)
    if wanted.article is not None:
        sent = sa.select(delivery.c.uuid).join(article, article.c.id == delivery.c.article_id)
        mine = sent.where(article.c.uuid == str(wanted.article))
        query = query.where(sa.or_(act.c.target == str(wanted.article), act.c.target.in_(mine)))
    return [ActRow(**row) for row in connection.execute(query).mappings()]
