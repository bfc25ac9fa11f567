"""Texts that wait to be filed (``entry.near`` is NULL), and how the index stands."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.engine import Connection

from worker.identity.keys import link_digests
from worker.identity.near import NEAR_VERSION
from worker.identity.near.furniture import Furniture
from worker.model.feed import ParsedEntry
from worker.model.filing import IndexState, Refiled, Unfiled
from worker.store import near
from worker.store.bulk import Insert, Lookup, Update
from worker.store.declared import source
from worker.store.engine import INGEST_LOCK, Database, among
from worker.store.pack import unpack
from worker.store.pulse import beat, last_beat
from worker.store.schema import article_key, entry, revision

BEAT = "reindex"
"""The heartbeat of a command that files everything."""
ALONE = timedelta(seconds=30)  # after its last heartbeat others do what it left
MARKED = 5_000  # ids looked at in one transaction
PRUNED = 500  # texts dropped in one transaction
_WAITS = sa.select(entry.c.first_seen_at).where(entry.c.near.is_(None)).order_by(entry.c.id).limit(1)
_UNFILED = (
    sa.select(
        *(entry.c.id, entry.c.article_id, entry.c.revision, entry.c.first_seen_at, entry.c.joined_by),
        *(entry.c.removed_at, entry.c.estranged, revision.c.document),
        source.c.declared["url"].as_string().label("url"),
    )
    .join(revision, sa.and_(revision.c.entry_id == entry.c.id, revision.c.number == entry.c.revision))
    .join(source, source.c.id == entry.c.source_id)
    .where(entry.c.near.is_(None), entry.c.first_seen_at < sa.bindparam("before", type_=entry.c.first_seen_at.type))
    .order_by(entry.c.id)
    .limit(sa.bindparam("limit"))
)
_STILL = sa.select(entry.c.id, entry.c.article_id, entry.c.revision).where(
    among(entry.c.id, "ids"), entry.c.near.is_(None)
)
_LINKS = Lookup(sa.select(article_key.c.key, article_key.c.article_id).where(among(article_key.c.key, "keys")))
_ADD_KEYS = Insert(article_key, "key", "article_id", or_ignore=True)
_DONE = Update(entry, "near", "id")


class Filing:
    """See ``worker.pipeline.filing``."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def waits(self, before: datetime, now: datetime) -> bool:
        """Whether anything waits that came before that moment, and nobody is filing everything just now. Costs next to
        nothing: it is asked with every tick."""
        with self.database.read() as connection:
            oldest = connection.execute(_WAITS).scalar_one_or_none()
            if oldest is None or oldest >= before:
                return False
            last = last_beat(connection, BEAT)
        return last is None or now - last > ALONE

    def read(self, limit: int, before: datetime) -> list[Unfiled]:
        with self.database.read() as connection:
            rows = connection.execute(_UNFILED, {"limit": limit, "before": before})
            return _owned(connection, [_unfiled(row) for row in rows])

    def furniture(self, hosts: set[str]) -> Furniture:
        with self.database.read() as connection:
            return near.StoredNearby(connection).furniture(hosts)

    def file(self, made: Sequence[Refiled], now: datetime) -> int:
        with self.database.write(lock=INGEST_LOCK) as connection:
            rows = connection.execute(_STILL, {"ids": [each.unfiled.entry for each in made]})
            homes = {(row.id, row.revision): row.article_id for row in rows}
            still = [
                (each, homes[key]) for each in made if (key := (each.unfiled.entry, each.unfiled.revision)) in homes
            ]
            near.refile(connection, still, now)
            _ADD_KEYS.run(connection, [(each.exact, home) for each, home in still if each.exact is not None])
            _DONE.run(connection, [(NEAR_VERSION, each.unfiled.entry) for each, _ in still])
        return len(still)

    def mark(self, *, every: bool, told: Callable[[int], None]) -> int:
        """Let what was filed by another version of the algorithm wait to be filed anew, or everything; how many that
        are. ``told`` hears how many so far. The newest go first: as long as the earliest entry is of another version, a
        part is (see ``state``)."""
        stale = entry.c.near.is_not(None) if every else entry.c.near != NEAR_VERSION
        with self.database.read() as connection:
            last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(entry.c.id), 0))).scalar_one()
        marked = 0
        for end in range(last, 0, -MARKED):
            chosen = entry.c.id.between(end - MARKED + 1, end)
            with self.database.write(lock=INGEST_LOCK) as connection:
                marked += connection.execute(sa.update(entry).where(chosen, stale).values(near=None)).rowcount
            told(marked)
        return marked

    def beat(self, now: datetime) -> None:
        """Say that everything is being filed."""
        with self.database.write() as connection:
            beat(self.database, connection, BEAT, now)

    def state(self) -> IndexState:
        with self.database.read() as connection:
            return state(connection)

    def prune(self, before: datetime, rounds: int) -> int:
        """Drop texts that came before that moment, in small transactions; how many."""
        dropped = 0
        for _ in range(rounds):
            with self.database.write(lock=INGEST_LOCK) as connection:
                some = near.prune(connection, before, PRUNED)
            dropped += some
            if some < PRUNED:
                break
        return dropped


def state(connection: Connection) -> IndexState:
    """How the index stands."""
    waiting = sa.select(sa.func.count()).select_from(entry).where(entry.c.near.is_(None))
    first = connection.execute(sa.select(entry.c.near).order_by(entry.c.id).limit(1)).scalar_one_or_none()
    return IndexState(
        waiting=connection.execute(waiting).scalar_one(),
        oldest=connection.execute(_WAITS).scalar_one_or_none(),
        outdated=first is not None and first != NEAR_VERSION,
    )


def _owned(connection: Connection, unfiled: Sequence[Unfiled]) -> list[Unfiled]:
    """These with those marked whose link is a key of their article: only its publisher's own is."""
    links = {each.entry: link_digests(each.document) for each in unfiled if each.document is not None}
    wanted = set[bytes]().union(*links.values())
    found = _LINKS.run(connection, keys=list(wanted)) if wanted else ()
    homes = {(row.key, row.article_id) for row in found}
    return [
        replace(each, own=any((key, each.article) in homes for key in links.get(each.entry, ()))) for each in unfiled
    ]


def _unfiled(row: Any) -> Unfiled:
    try:
        document = unpack(ParsedEntry, row.document)
    except (ValidationError, zlib.error):  # one that cannot be read must not keep all others waiting
        document = None
    return Unfiled(
        entry=row.id,
        article=row.article_id,
        revision=row.revision,
        first_seen=row.first_seen_at,
        url=row.url or "",
        document=document,
        is_copy=row.joined_by == "text",
        counts=row.removed_at is None and not row.estranged,
    )
