"""Removed entries and the tombstones that keep withdrawn articles from coming back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.store import media, near
from worker.store.schema import alias, article, article_key, entry, tombstone, tombstone_key


def entries_of(connection: Connection, source_id: int, keys: Iterable[bytes]) -> dict[bytes, tuple[int, int]]:
    """(entry, article) of the source's live entries, by alias."""
    rows = connection.execute(
        sa.select(alias.c.key, entry.c.id, entry.c.article_id)
        .join(entry, entry.c.id == alias.c.entry_id)
        .where(alias.c.source_id == source_id, alias.c.key.in_(list(keys)), entry.c.removed_at.is_(None))
    )
    return {row.key: (row.id, row.article_id) for row in rows}


def live_entries(connection: Connection, source_id: int) -> int:
    query = sa.select(sa.func.count()).select_from(entry)
    return connection.execute(query.where(entry.c.source_id == source_id, entry.c.removed_at.is_(None))).scalar_one()


def remove_entries(connection: Connection, entries: Iterable[int], now: datetime) -> None:
    """Take entries out of their articles; the copied pictures of those they led go with them. Texts are not recognised
    by them any more, but by their copies by the letter, which were not filed while the first was there."""
    removed = list(entries)
    near.forget(connection, removed)
    connection.execute(sa.update(entry).where(entry.c.id.in_(removed)).values(removed_at=now))
    homes = sa.select(entry.c.article_id).where(entry.c.id.in_(removed))
    copies = sa.and_(entry.c.article_id.in_(homes), entry.c.joined_by == "text", entry.c.removed_at.is_(None))
    connection.execute(sa.update(entry).where(copies).values(near=None))
    led = sa.select(article.c.id).where(article.c.lead_id.in_(removed))
    media.forget(connection, connection.execute(led).scalars().all())


def bury(
    connection: Connection,
    article_id: int,
    *,
    reason: str,
    by: str,
    note: str | None,
    now: datetime,
    scope: int | None,
) -> None:
    """Withdraw an article and write the keys that keep it away.

    ``scope`` None (a person's takedown): its links, texts and guids are blocked for every source. A source's id (its
    own deletion): only for that source, so that a stranger who copied a text cannot bury the original with it.
    Its copied pictures and files go at once, unless another article has them too.
    """
    connection.execute(sa.update(article).where(article.c.id == article_id).values(state="withdrawn"))
    media.forget(connection, [article_id])
    made = connection.execute(
        sa.insert(tombstone).values(article_id=article_id, at=now, reason=reason, by=by, note=note)
    )
    inserted = made.inserted_primary_key
    assert inserted is not None
    keys: set[tuple[bytes, int]] = set()
    rows = connection.execute(
        sa.select(alias.c.key, alias.c.source_id)
        .join(entry, entry.c.id == alias.c.entry_id)
        .where(entry.c.article_id == article_id)
    )
    keys.update((row.key, row.source_id) for row in rows)
    everywhere = 0 if scope is None else scope
    known = connection.execute(sa.select(article_key.c.key).where(article_key.c.article_id == article_id)).scalars()
    keys.update((key, everywhere) for key in known)
    if keys:
        connection.execute(
            sa.insert(tombstone_key),
            [{"key": key, "scope": where, "tombstone_id": inserted[0]} for key, where in sorted(keys)],
        )
    connection.execute(sa.delete(article_key).where(article_key.c.article_id == article_id))
