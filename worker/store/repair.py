"""Which entries are one article, as people say: merging two articles, splitting an entry off. Under the ingest lock.

An entry joins once, on first sight. Whatever comes later goes by the keys as they are left here, so nothing automatic
undoes what a person did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.errors import NotFound
from worker.identity.near import NEAR_VERSION
from worker.model.feed import ParsedEntry
from worker.model.nearness import Filed, Nearness
from worker.model.repair import Carrier, Parting
from worker.store import media, merged, near, pushing
from worker.store.declared import source
from worker.store.engine import Database
from worker.store.nearby import near_text, nearness
from worker.store.pack import unpack
from worker.store.schema import (
    alias,
    article,
    article_key,
    entry,
    media_use,
    placement,
    recheck,
    revision,
    tombstone,
    version,
)

_APART = [one.value for one in Nearness if not one.joins]


def article_of(connection: Connection, entry_id: int) -> int:
    """The article of an entry. Raises NotFound."""
    found = connection.execute(sa.select(entry.c.article_id).where(entry.c.id == entry_id)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"there is no entry {entry_id}; newsroad article show lists an article's copies with their ids")
    return int(found)


def parting(connection: Connection, article_id: int) -> Parting:
    """What a split asks of an article beside its story."""
    leads = sa.select(version.c.number, version.c.entry_id).where(version.c.article_id == article_id)
    entries = sa.select(sa.func.count()).select_from(entry).where(entry.c.article_id == article_id)
    stones = sa.select(sa.func.max(tombstone.c.at))
    stones = stones.where(tombstone.c.article_id == article_id, tombstone.c.lifted_at.is_(None))
    return Parting(
        leads={row.number: row.entry_id for row in connection.execute(leads)},
        entries=connection.execute(entries).scalar_one(),
        withdrawn_at=connection.execute(stones).scalar_one(),
    )


class StoredRepairs:
    """``worker.ports.Repairs`` within an open transaction."""

    def __init__(self, database: Database, connection: Connection, nearby: near.StoredNearby) -> None:
        self._database, self._connection, self._nearby = database, connection, nearby

    def article_of(self, entry_id: int) -> int:
        return article_of(self._connection, entry_id)

    def parting(self, article_id: int) -> Parting:
        return parting(self._connection, article_id)

    def carriers(self, article_id: int) -> list[Carrier]:
        """Every entry of an article, the earliest first."""
        rows = self._connection.execute(
            sa.select(entry.c.id, entry.c.source_id, entry.c.removed_at, entry.c.estranged, source.c.key)
            .join(source, source.c.id == entry.c.source_id)
            .where(entry.c.article_id == article_id)
            .order_by(entry.c.first_seen_at, entry.c.id)
        ).all()
        ids = [row.id for row in rows]
        documents, aliases = self._documents(ids), self._aliases(ids)
        return [
            Carrier(
                entry=row.id,
                source=row.key,
                source_id=row.source_id,
                removed=row.removed_at is not None,
                estranged=bool(row.estranged),
                documents=tuple(documents.get(row.id, ())),
                aliases=frozenset(aliases.get(row.id, ())),
            )
            for row in rows
        ]

    def _documents(self, ids: Sequence[int]) -> dict[int, list[ParsedEntry]]:
        query = sa.select(revision.c.entry_id, revision.c.document).where(revision.c.entry_id.in_(ids))
        found: dict[int, list[ParsedEntry]] = {}
        for row in self._connection.execute(query.order_by(revision.c.entry_id, revision.c.number)):
            found.setdefault(row.entry_id, []).append(unpack(ParsedEntry, row.document))
        return found

    def _aliases(self, ids: Sequence[int]) -> dict[int, set[bytes]]:
        found: dict[int, set[bytes]] = {}
        for row in self._connection.execute(sa.select(alias.c.entry_id, alias.c.key).where(alias.c.entry_id.in_(ids))):
            found.setdefault(row.entry_id, set()).add(bytes(row.key))
        return found

    def found_by_text(self, article_id: int) -> set[int]:
        """Those of its entries whose texts later ones are recognised by."""
        query = sa.select(near_text.c.entry_id).where(near_text.c.article_id == article_id)
        return set(self._connection.execute(query).scalars())

    def merge(self, other: int, into: int, *, media_too: bool) -> None:
        """Make ``other`` a part of ``into``: its entries, keys and channels are that one's from now on, and so are its
        copied pictures with ``media_too``. Whatever was merged into ``other`` before points there as well."""
        run = self._connection.execute
        joined_by = sa.func.coalesce(entry.c.joined_by, near.MERGED)
        run(sa.update(entry).where(entry.c.article_id == other).values(article_id=into, joined_by=joined_by))
        for column in (article_key.c.article_id, near_text.c.article_id, nearness.c.of_article):
            run(sa.update(column.table).where(column == other).values({column.name: into}))
        mine = sa.select(sa.literal(into), placement.c.channel_id).where(placement.c.article_id == other)
        run(self._database.insert_ignore(placement).from_select(["article_id", "channel_id"], mine))
        if media_too:
            self.share_media(other, into)
        media.forget(self._connection, [other])
        run(sa.update(article).where(article.c.merged_into == other).values(merged_into=into))
        run(sa.update(article).where(article.c.id == other).values(state=merged.STATE, merged_into=into))
        run(sa.delete(recheck).where(recheck.c.article_id == other))

    def begin(self, entry_id: int, old: int, keys: Iterable[bytes], title: str, now: datetime) -> tuple[int, UUID]:
        """Let an entry of ``old`` begin an article of its own, which ``keys`` lead to from now on; its id and uuid."""
        run, made, uuid = self._connection.execute, self._next_id(), uuid4()
        values = {"id": made, "uuid": str(uuid), "lead_id": entry_id, "title": title[:1000], "created_at": now}
        run(sa.insert(article).values(values))
        alone = {"article_id": made, "joined_by": None, "estranged": False, "held_at": None}
        run(sa.update(entry).where(entry.c.id == entry_id).values(alone))
        wanted = sorted(keys)
        if wanted:
            theirs = sa.and_(article_key.c.article_id == old, article_key.c.key.in_(wanted))
            run(sa.update(article_key).where(theirs).values(article_id=made))
            run(self._database.insert_ignore(article_key), [{"key": key, "article_id": made} for key in wanted])
        apart = sa.and_(nearness.c.of_entry == entry_id, nearness.c.verdict.in_(_APART))
        run(sa.update(nearness).where(apart).values(of_article=made))
        return made, uuid

    def _next_id(self) -> int:
        return int(self._connection.execute(sa.select(sa.func.max(article.c.id))).scalar_one()) + 1

    def lead(self, article_id: int, entry_id: int) -> None:
        """Who leads an article of which no version is written now."""
        self._connection.execute(sa.update(article).where(article.c.id == article_id).values(lead_id=entry_id))

    def share_media(self, giver: int, taker: int) -> None:
        """Let an article use what another has copied."""
        mine = sa.select(sa.literal(taker), media_use.c.media_key).where(media_use.c.article_id == giver)
        ignoring = self._database.insert_ignore(media_use)
        self._connection.execute(ignoring.from_select(["article_id", "media_key"], mine))

    def forget_media(self, article_id: int) -> None:
        media.forget(self._connection, [article_id])

    def refile(self, filed: Sequence[Filed], now: datetime) -> None:
        """Recognise later texts by these, and by them as parts of their articles, whatever was kept of them before."""
        ids = [int(each.id) for each in filed]
        near.forget(self._connection, ids)
        self._connection.execute(sa.update(entry).where(entry.c.id.in_(ids)).values(near=NEAR_VERSION))
        self._nearby.look_up({key for each in filed for key in (*each.keys.near, *each.keys.named)})
        near.keep(self._nearby, filed, now)

    def hasten(self, article_id: int, keys: Sequence[str], now: datetime) -> None:
        """Let what waits of an article at these destinations go now."""
        pushing.push(self._connection, article_id, keys, now)
