"""Looking through the texts of articles, newest first, a chunk at a time."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.overview import ArticleRow
from worker.model.text import ArticleText, TextFilter
from worker.store import stories
from worker.store.declared import source
from worker.store.schema import article, entry


def texts(connection: Connection, wanted: TextFilter, limit: int, *, below: int | None = None) -> list[ArticleText]:
    """Up to ``limit`` live, routed articles of ``wanted`` with ids ``below``, newest first."""
    query = (
        sa.select(article, source.c.key.label("source"))
        .join(entry, entry.c.id == article.c.lead_id)
        .join(source, source.c.id == entry.c.source_id)
        .where(*_conditions(wanted, below))
        .order_by(article.c.id.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    currents = stories.currents(connection, [(row.id, row.version) for row in rows])
    return [
        ArticleText(
            id=row.id,
            row=ArticleRow(
                uuid=UUID(row.uuid),
                title=row.title,
                state=row.state,
                version=row.version,
                source=row.source,
                created_at=row.created_at,
            ),
            current=currents[row.id, row.version],
        )
        for row in rows
        if (row.id, row.version) in currents
    ]


def ids(connection: Connection, wanted: TextFilter, limit: int) -> list[int]:
    """The ids of up to ``limit`` live, routed articles of ``wanted``, newest first; its source is not looked at."""
    query = sa.select(article.c.id).where(*_conditions(TextFilter(wanted.since, wanted.until), None))
    return list(connection.execute(query.order_by(article.c.id.desc()).limit(limit)).scalars())


def _conditions(wanted: TextFilter, below: int | None) -> list[sa.ColumnElement[bool]]:
    found = [article.c.state == "live", article.c.version > 0]
    if wanted.since is not None:
        found.append(article.c.created_at >= wanted.since)
    if wanted.until is not None:
        found.append(article.c.created_at < wanted.until)
    if wanted.source is not None:
        found.append(source.c.key == wanted.source)
    if below is not None:
        found.append(article.c.id < below)
    return found
