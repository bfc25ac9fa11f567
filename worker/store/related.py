"""Articles that are near another without being it: look-alikes, shared background, other languages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.identity.keys import AliasKey, tombstone_keys
from worker.identity.near import NEAR_VERSION
from worker.identity.near.reasons import told
from worker.identity.urls import host_of, registrable_domain
from worker.model.ingest import Fate, Stored
from worker.model.nearness import Nearness, Why
from worker.store.declared import source
from worker.store.nearby import nearness
from worker.store.schema import alias, article, entry

_PUBLISHER = source.c.declared["publisher"].as_string().label("publisher")
_APART = [Nearness.EDITION.value, Nearness.RELATED.value]


def near_by(article_uuid: str) -> sa.ScalarSelect[Any]:
    """The ids of the articles near one, found from either side."""
    this = sa.select(article.c.id).where(article.c.uuid == article_uuid).scalar_subquery()
    found = nearness.c.verdict.in_(_APART)
    ours = (
        sa.select(nearness.c.of_article.label("id"))
        .join(entry, entry.c.id == nearness.c.entry_id)
        .where(entry.c.article_id == this, found)
    )
    theirs = (
        sa.select(entry.c.article_id.label("id"))
        .join(nearness, nearness.c.entry_id == entry.c.id)
        .where(nearness.c.of_article == this, found)
    )
    both = ours.union(theirs).subquery()
    return sa.select(both.c.id).where(both.c.id != this).scalar_subquery()


def write_translations(connection: Connection, stored: Sequence[Stored], now: datetime) -> None:
    """Note of new articles which known ones they say are the same in another language. Only a publisher's own pages
    count, on either side: a stranger's word, or its claim to be such a page, would put its article beside ours."""
    wanted = {key.digest: item for item in stored if _begins(item) for key in _translations(item)}
    if not wanted:
        return
    houses = _publishers(connection, {item.identified.prepared.origin.source_id for item in wanted.values()})
    query = (
        sa.select(alias.c.key, entry.c.id, entry.c.article_id, _PUBLISHER)
        .join(entry, entry.c.id == alias.c.entry_id)
        .join(source, source.c.id == entry.c.source_id)
        .where(alias.c.key.in_(list(wanted)), entry.c.removed_at.is_(None))
        .order_by(entry.c.id)
    )
    rows: dict[int, dict[str, object]] = {}
    for row in connection.execute(query):
        item = wanted[row.key]
        ours = row.publisher == houses.get(item.identified.prepared.origin.source_id)
        if ours and row.article_id != item.article:
            rows.setdefault(item.entry, _row(item.entry, row.id, row.article_id, now))
    if rows:
        connection.execute(sa.insert(nearness), list(rows.values()))


def _publishers(connection: Connection, sources: Collection[int]) -> dict[int, str]:
    """Whose sources these are."""
    rows = connection.execute(sa.select(source.c.id, _PUBLISHER).where(source.c.id.in_(sources)))
    return {row.id: row.publisher for row in rows}


def _begins(item: Stored) -> bool:
    identified = item.identified
    return identified.fate is Fate.NEW and identified.verdict is None


def _translations(item: Stored) -> Iterator[AliasKey]:
    prepared = item.identified.prepared
    document = prepared.entry
    host = host_of(document.link) if document.link else None
    is_own = prepared.link is not None or (host is not None and host.removeprefix("www.") == prepared.host)
    own = _domain(document.link) if is_own else None
    for _, address in document.translations:
        if own and _domain(address) == own:
            yield from (key for key in tombstone_keys(address) if key.kind == "link")


def _domain(link: str | None) -> str | None:
    host = host_of(link) if link else None
    return registrable_domain(host) if host else None


def _row(entry_id: int, other: int, other_article: int, now: datetime) -> dict[str, object]:
    return {
        "entry_id": entry_id,
        "verdict": Nearness.RELATED.value,
        "of_entry": other,
        "of_article": other_article,
        "jaccard": 0.0,
        "containment": 0.0,
        "evidence": told([Why("translation")]),
        "version": NEAR_VERSION,
        "at": now,
    }
