"""Why texts were or were not joined, for people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.errors import NotFound
from worker.identity.near.furniture import Furniture
from worker.identity.recognise import site_of
from worker.model.feed import ParsedEntry
from worker.model.nearness import EntryText, Nearness, NearRow
from worker.store.declared import source
from worker.store.near import StoredNearby
from worker.store.nearby import nearness
from worker.store.pack import unpack
from worker.store.schema import article, entry, revision

_THIS, _THAT = entry.alias("this"), entry.alias("that")


def of_article(connection: Connection, article_id: int, limit: int = 50) -> list[NearRow]:
    """What entries of an article were found to be, and entries of others against it; newest first."""
    other, other_source = article.alias("other"), source.alias("other_source")
    # Each side by an index of its own: asked for either at once, a planner reads all that was ever found.
    own = sa.select(entry.c.id).where(entry.c.article_id == article_id)
    theirs = sa.select(nearness.c.entry_id).where(nearness.c.of_article == article_id)
    query = (
        sa.select(
            nearness,
            *(article.c.uuid, source.c.key.label("source"), _THIS.c.revision),
            *(other.c.uuid.label("other_uuid"), other_source.c.key.label("other_source")),
            _THAT.c.revision.label("other_revision"),
        )
        .join(_THIS, _THIS.c.id == nearness.c.entry_id)
        .join(article, article.c.id == _THIS.c.article_id)
        .join(source, source.c.id == _THIS.c.source_id)
        .join(_THAT, _THAT.c.id == nearness.c.of_entry)
        .join(other, other.c.id == _THAT.c.article_id)
        .join(other_source, other_source.c.id == _THAT.c.source_id)
        .where(nearness.c.entry_id.in_(own.union(theirs)))
        .order_by(nearness.c.entry_id.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    titles = _titles(connection, [pair for row in rows for pair in _revisions(row)])
    names = _names(connection, {one for row in rows for one in _also(row.evidence)})
    return [_row(row, titles, names) for row in rows]


def _also(evidence: Mapping[str, Any]) -> list[int]:
    found: list[int] = evidence.get("also", [])
    return found


def _names(connection: Connection, articles: Collection[int]) -> dict[int, str]:
    """Public ids."""
    query = sa.select(article.c.id, article.c.uuid).where(article.c.id.in_(articles))
    return {row.id: row.uuid for row in connection.execute(query)} if articles else {}


def _revisions(row: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    return (row.entry_id, row.revision), (row.of_entry, row.other_revision)


def _titles(connection: Connection, wanted: Iterable[tuple[int, int]]) -> dict[int, str | None]:
    pairs = sorted(set(wanted))
    query = sa.select(revision.c.entry_id, revision.c.document).where(
        sa.tuple_(revision.c.entry_id, revision.c.number).in_(pairs)
    )
    return {row.entry_id: unpack(ParsedEntry, row.document).title for row in connection.execute(query)} if pairs else {}


def _row(row: Any, titles: dict[int, str | None], names: dict[int, str]) -> NearRow:
    evidence = dict(row.evidence)
    if "also" in evidence:
        evidence["also"] = [names[one] for one in _also(evidence) if one in names]
    return NearRow(
        entry=row.entry_id,
        source=row.source,
        title=titles.get(row.entry_id),
        article=UUID(row.uuid),
        nearness=Nearness(row.verdict),
        other=row.of_entry,
        other_source=row.other_source,
        other_title=titles.get(row.of_entry),
        other_article=UUID(row.other_uuid),
        jaccard=row.jaccard,
        containment=row.containment,
        evidence=evidence,
        at=row.at,
    )


def text(connection: Connection, entry_id: int) -> EntryText:
    """An entry's text. Raises NotFound."""
    declared = source.c.declared
    query = (
        sa.select(revision.c.document, declared["url"].as_string(), declared["language"].as_string())
        .join(entry, sa.and_(entry.c.id == revision.c.entry_id, entry.c.revision == revision.c.number))
        .join(source, source.c.id == entry.c.source_id)
        .where(entry.c.id == entry_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"there is no entry {entry_id}; newsroad article show lists an article's copies with their ids")
    packed, url, language = row
    document = unpack(ParsedEntry, packed)
    return EntryText(document, site_of(document, url or ""), language)


def furniture(connection: Connection, hosts: Iterable[str]) -> Furniture:
    """What was learnt of these hosts."""
    return StoredNearby(connection).furniture(hosts)
