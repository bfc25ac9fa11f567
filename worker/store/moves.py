"""Entries of a source by what a move is recognised by; names they are given later; what is held back with a flood."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.identity.moves import seen_of
from worker.model.feed import ParsedEntry, Role
from worker.model.flood import HeldBack, Standing
from worker.model.polling import ResourceState
from worker.store.bulk import Insert, Update
from worker.store.declared import source
from worker.store.pack import unpack
from worker.store.polling import touch_hosts
from worker.store.schema import alias, article, article_key, entry, resource, revision

MOST_NAMES = 16  # a feed that makes up ids at every poll would name its entries for ever
_CHUNK = 500
_MOVED = "moved: its article is read at another address"
_ADD_NAMES = Insert(alias, "source_id", "key", "entry_id", or_ignore=True)
_ADD_KEYS = Insert(article_key, "key", "article_id", or_ignore=True)
_ADOPT = Update(entry, "content_digest", "terms_digest", "id")
_MARK = Update(resource, "flood_line", "source_id", "key", keys=2)


class StoredMoves:
    """Within the open transaction of ingest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last_read(self, source_id: int) -> datetime | None:
        newest = sa.select(entry.c.first_seen_at).where(entry.c.source_id == source_id)
        newest = newest.order_by(entry.c.first_seen_at.desc()).limit(1)
        contacted = sa.select(source.c.contacted_at).where(source.c.id == source_id)
        found: datetime | None = self._connection.execute(newest).scalar_one_or_none()
        return found or self._connection.execute(contacted).scalar_one_or_none()

    def standing(self, source_id: int, limit: int) -> list[Standing]:
        rows = self._connection.execute(
            sa.select(entry.c.id, entry.c.article_id, revision.c.document)
            .join(revision, sa.and_(revision.c.entry_id == entry.c.id, revision.c.number == entry.c.revision))
            .where(entry.c.source_id == source_id)
            .order_by(entry.c.first_seen_at.desc())
            .limit(limit)
        )
        return [Standing(row.id, seen_of(unpack(ParsedEntry, row.document), row.article_id)) for row in rows]

    def known(self, source_id: int, keys: Collection[bytes]) -> set[bytes]:
        wanted, found = list(keys), set[bytes]()
        for at in range(0, len(wanted), _CHUNK):
            some = wanted[at : at + _CHUNK]
            names = sa.select(alias.c.key).where(alias.c.source_id == source_id, alias.c.key.in_(some))
            pages = sa.select(resource.c.key).where(resource.c.source_id == source_id, resource.c.key.in_(some))
            found.update(self._connection.execute(names.union(pages)).scalars())
        return found

    def documents(self, entries: Iterable[int]) -> dict[int, ParsedEntry]:
        rows = self._connection.execute(
            sa.select(entry.c.id, revision.c.document)
            .join(revision, sa.and_(revision.c.entry_id == entry.c.id, revision.c.number == entry.c.revision))
            .where(entry.c.id.in_(list(entries)))
        )
        return {row.id: unpack(ParsedEntry, row.document) for row in rows}

    def name(self, names: Sequence[tuple[int, bytes, int]], *, instead: bool = False) -> None:
        named = {entry_id for _, _, entry_id in names}
        counts = sa.select(alias.c.entry_id).where(alias.c.entry_id.in_(named)).group_by(alias.c.entry_id)
        full = set(self._connection.execute(counts.having(sa.func.count() >= MOST_NAMES)).scalars())
        if instead and full:
            self._connection.execute(sa.delete(alias).where(alias.c.entry_id.in_(full)))
        _ADD_NAMES.run(self._connection, [one for one in names if instead or one[2] not in full])

    def adopt(self, digests: Sequence[tuple[int, bytes, bytes]]) -> None:
        _ADOPT.run(self._connection, [(content, terms, entry_id) for entry_id, content, terms in digests])

    def file(self, keys: Sequence[tuple[bytes, int]]) -> None:
        live = sa.select(article.c.id).where(
            article.c.id.in_([home for _, home in keys]), article.c.state == "live", article.c.merged_into.is_(None)
        )
        homes = set(self._connection.execute(live).scalars()) if keys else set()
        _ADD_KEYS.run(self._connection, [one for one in keys if one[1] in homes])

    def begin(self, resource_id: int, line: datetime) -> None:
        self._connection.execute(sa.update(resource).where(resource.c.id == resource_id).values(flood_line=line))

    def mark(self, source_id: int, lines: Mapping[bytes, datetime]) -> None:
        _MARK.run(self._connection, [(line, source_id, key) for key, line in lines.items()])

    def end_pages(self, source_id: int, keys: Collection[bytes], *, but: int) -> None:
        mine = sa.and_(
            *(resource.c.source_id == source_id, resource.c.key.in_(list(keys))),
            *(resource.c.role == Role.ARTICLE.value, resource.c.id != but, resource.c.due_at.is_not(None)),
        )
        hosts = set(self._connection.execute(sa.select(resource.c.host_id).where(mine)).scalars())
        if hosts:
            self._connection.execute(sa.update(resource).where(mine).values(due_at=None, outcome=_MOVED))
            touch_hosts(self._connection, sorted(hosts))

    def remark(self, source_id: int, words: str) -> None:
        mine = sa.and_(source.c.id == source_id, source.c.attention.is_(None))
        self._connection.execute(sa.update(source).where(mine).values(attention=words[:500]))

    def missing(self, source_id: int, since: datetime) -> tuple[int, int]:
        lost = sa.select(sa.func.count()).where(entry.c.source_id == source_id, entry.c.missing_at >= since)
        asked = sa.or_(resource.c.due_at.is_not(None), resource.c.state == ResourceState.MISSING.value)
        followed = sa.select(sa.func.count()).where(
            resource.c.source_id == source_id, resource.c.role == Role.ARTICLE.value, asked
        )
        return self._connection.execute(lost).scalar_one(), self._connection.execute(followed).scalar_one()

    def removed(self, source_id: int, since: datetime) -> int:
        gone = sa.select(sa.func.count()).where(entry.c.source_id == source_id, entry.c.removed_at >= since)
        return self._connection.execute(gone).scalar_one()

    def let_go(self, articles: Collection[int]) -> list[int]:
        """Take these off what is held back; those that were on it."""
        waiting = sa.and_(entry.c.article_id.in_(list(articles)), entry.c.held_at.is_not(None))
        found = sorted(set(self._connection.execute(sa.select(entry.c.article_id).where(waiting)).scalars()))
        self._connection.execute(sa.update(entry).where(waiting).values(held_at=None))
        return found


def held_back(connection: Connection, key: str) -> list[HeldBack]:
    """The articles of a source that are held back with a flood and on the road by no other way, newest first. Not those
    that another source began: to let go what one reprints would publish the other's archive."""
    begun = entry.alias("begun")
    rows = connection.execute(
        sa.select(entry.c.article_id, entry.c.held_at, revision.c.document)
        .join(source, source.c.id == entry.c.source_id)
        .join(article, article.c.id == entry.c.article_id)
        .join(begun, sa.and_(begun.c.id == article.c.lead_id, begun.c.source_id == entry.c.source_id))
        .join(revision, sa.and_(revision.c.entry_id == entry.c.id, revision.c.number == entry.c.revision))
        .where(
            *(source.c.key == key, entry.c.held_at.is_not(None), entry.c.removed_at.is_(None)),
            *(article.c.state == "live", article.c.version == 0),
        )
        .order_by(entry.c.id.desc())
    )
    found: dict[int, HeldBack] = {}
    for row in rows:
        seen = seen_of(unpack(ParsedEntry, row.document))
        found.setdefault(row.article_id, HeldBack(row.article_id, seen.title or "", seen.date, row.held_at))
    return list(found.values())
