"""What waits for a person's word: newest decisions that hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.catalog import Use
from worker.model.delivery import Reason
from worker.model.overview import DecisionRow, HeldRow
from worker.store.declared import destination, source
from worker.store.schema import article, decision, entry
from worker.store.stories import read_decision

BOUND = 10_000  # holds looked at, newest first


def held_pairs(limit: int = BOUND) -> sa.Subquery:
    """Article and destination of the newest decisions that hold and still count, at most ``limit``, newest first."""
    newer = decision.alias("newer")
    return (
        sa.select(decision.c.id, decision.c.article_id, decision.c.destination_id)
        .join(article, article.c.id == decision.c.article_id)
        .join(destination, destination.c.id == decision.c.destination_id)
        .where(
            decision.c.use == Use.HOLD.value,
            ~decision.c.reasons.startswith(Reason.GRANT_ENDED.value),  # no person's word changes that
            article.c.state == "live",
            destination.c.retired_at.is_(None),
            ~sa.exists().where(
                newer.c.article_id == decision.c.article_id,
                newer.c.destination_id == decision.c.destination_id,
                newer.c.id > decision.c.id,
            ),
        )
        .order_by(decision.c.id.desc())
        .limit(limit)
        .subquery()
    )


def held(connection: Connection, limit: int, only: str | None = None) -> list[HeldRow]:
    """What waits, newest first; ``only`` at one destination."""
    waiting = held_pairs()
    query = (
        sa.select(decision, article.c.uuid, article.c.title, source.c.key.label("source"), destination.c.key)
        .join(waiting, waiting.c.id == decision.c.id)
        .join(article, article.c.id == decision.c.article_id)
        .join(entry, entry.c.id == article.c.lead_id)
        .join(source, source.c.id == entry.c.source_id)
        .join(destination, destination.c.id == decision.c.destination_id)
        .order_by(decision.c.id.desc())
        .limit(limit)
    )
    if only is not None:
        query = query.where(destination.c.key == only)
    return [
        HeldRow(
            article=UUID(row.uuid),
            title=row.title,
            source=row.source,
            destination=row.key,
            version=row.version,
            decision=read_decision(row),
            decided_at=row.decided_at,
        )
        for row in connection.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class HeldCounts:
    """How many articles are held: in all, by the id of the source that leads them, by the id of the destination."""

    articles: int
    by_source: dict[int, int]
    by_destination: dict[int, int]


def held_counts(connection: Connection) -> HeldCounts:
    """What waits, counted; at most ``BOUND`` holds are looked at."""
    waiting = held_pairs()
    rows = connection.execute(
        sa.select(waiting.c.article_id, waiting.c.destination_id, entry.c.source_id)
        .select_from(waiting)
        .join(article, article.c.id == waiting.c.article_id)
        .join(entry, entry.c.id == article.c.lead_id)
    ).all()
    leads = {row.article_id: row.source_id for row in rows}
    return HeldCounts(len(leads), Counter(leads.values()), Counter(row.destination_id for row in rows))


def decisions(connection: Connection, article_id: int, limit: int) -> list[DecisionRow]:
    """Everything decided about an article, newest first."""
    rows = connection.execute(
        sa.select(decision, destination.c.key)
        .join(destination, destination.c.id == decision.c.destination_id)
        .where(decision.c.article_id == article_id)
        .order_by(decision.c.id.desc())
        .limit(limit)
    )
    return [DecisionRow(row.key, row.version, read_decision(row), row.decided_at) for row in rows]
