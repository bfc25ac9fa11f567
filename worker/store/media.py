"""Copies of pictures and files: which article uses which, what is still to be fetched, the bytes themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.identity.urls import link_digest
from worker.model.feed import Role
from worker.model.media import CheckedMedia, HostedMedia, MediaChange, MediaCopy, MediaState
from worker.model.polling import SnapshotClaim
from worker.store.engine import Database, among
from worker.store.resources import ask_media
from worker.store.schema import article, media, media_use, resource, snapshot

ASKED_AGAIN = timedelta(hours=6)  # what was refused so long ago is tried once more for the next article that wants it
PENDING, REFUSED = MediaState.PENDING.value, MediaState.REFUSED.value
_COPIES = (
    sa.select(
        *(media_use.c.article_id, media.c.key, media.c.state),
        *(media.c.wanted_at, media.c.content_type, media.c.length),
    )
    .join(media, media.c.key == media_use.c.media_key)
    .where(among(media_use.c.article_id, "ids"))
)
_NOTHING = {"content_type": None, "length": None, "digest": None, "body": None}


def copies(connection: Connection, articles: Sequence[int]) -> dict[int, dict[bytes, MediaCopy]]:
    """How the copies of these articles stand, by the key of their address."""
    found: dict[int, dict[bytes, MediaCopy]] = {}
    for row in connection.execute(_COPIES, {"ids": list(articles)}):
        copy = MediaCopy(MediaState(row.state), row.wanted_at, row.content_type, row.length)
        found.setdefault(row.article_id, {})[bytes(row.key)] = copy
    return found


def change(database: Database, connection: Connection, wish: MediaChange, source_id: int, now: datetime) -> bool:
    """Note what an article wants copied, and have fetched what is not there yet. True when something was there at once,
    because others had it copied: the article is then to be decided about again."""
    if wish.forget:
        forget(connection, [wish.article])
    if not wish.wanted:
        return False
    known = _known(connection, wish.wanted)
    again = [key for key, row in known.items() if row.state == REFUSED and row.fetched_at <= now - ASKED_AGAIN]
    fresh = [key for key in wish.wanted if key not in known]
    if fresh:
        rows = [{"key": key, "url": wish.wanted[key], "state": PENDING, "wanted_at": now} for key in fresh]
        connection.execute(database.insert_ignore(media), rows)
    if again:
        values = {"state": PENDING, "wanted_at": now, "reason": None}
        connection.execute(sa.update(media).where(media.c.key.in_(again)).values(**values))
    uses = [{"article_id": wish.article, "media_key": key} for key in wish.wanted]
    connection.execute(database.insert_ignore(media_use), uses)
    ask_media(database, connection, source_id, [wish.wanted[key] for key in (*fresh, *again)], wish.pace, now)
    return len(fresh) + len(again) < len(wish.wanted)


def _known(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, Any]:
    query = sa.select(media.c.key, media.c.state, media.c.fetched_at).where(media.c.key.in_(list(keys)))
    return {bytes(row.key): row for row in connection.execute(query)}


def keep(connection: Connection, claim: SnapshotClaim, found: CheckedMedia, now: datetime) -> bool:
    """Keep what was fetched, or why it is not kept; its snapshot need not hold the bytes as well. False when nobody
    waits for it any more."""
    key = link_digest(claim.own_url)
    connection.execute(sa.update(snapshot).where(snapshot.c.id == claim.id).values(body=None))
    mine = sa.and_(media.c.key == key, sa.exists().where(media_use.c.media_key == media.c.key))
    # What is out shows what we have: an address that is lost later takes nothing from it.
    lost = sa.and_(mine, media.c.state != MediaState.STORED.value)
    values: dict[str, object] = {**_NOTHING, "state": REFUSED, "reason": (found.reason or "")[:200]}
    if found.content_type is not None:
        values = {
            "state": MediaState.STORED.value,
            "reason": None,
            "content_type": found.content_type,
            "length": len(claim.body),
            "digest": blake2b(claim.body, digest_size=16).digest(),
            "body": claim.body,
        }
    where = lost if found.content_type is None else mine
    done = connection.execute(sa.update(media).where(where).values(fetched_at=now, **values))
    return done.rowcount == 1


def users(url: str) -> sa.Select[tuple[int]]:
    """The articles that use the copy of an address."""
    return sa.select(media_use.c.article_id).where(media_use.c.media_key == link_digest(url))


def forget(connection: Connection, articles: Sequence[int]) -> None:
    """Take their pictures and files from these articles, and the bytes that nobody else uses, at once."""
    mine = media_use.c.article_id.in_(list(articles))
    keys = list(connection.execute(sa.select(media_use.c.media_key).where(mine).distinct()).scalars())
    if not keys:
        return
    connection.execute(sa.delete(media_use).where(mine))
    others = sa.select(media_use.c.media_key).where(media_use.c.media_key.in_(keys))
    kept = {bytes(key) for key in connection.execute(others).scalars()}
    _drop(connection, [bytes(key) for key in keys if bytes(key) not in kept])


def _drop(connection: Connection, keys: Sequence[bytes]) -> None:
    """Delete copies; nothing fetches them any more, and no snapshot holds one."""
    if not keys:
        return
    connection.execute(sa.delete(media).where(media.c.key.in_(keys)))
    asked = sa.and_(resource.c.role == Role.MEDIA.value, resource.c.key.in_(keys))
    connection.execute(sa.update(resource).where(asked).values(due_at=None, state="gone"))
    theirs = snapshot.c.resource_id.in_(sa.select(resource.c.id).where(asked))
    connection.execute(sa.update(snapshot).where(theirs).values(body=None))


def prune(connection: Connection, limit: int) -> int:
    """Drop up to ``limit`` copies that no article uses."""
    orphans = sa.select(media.c.key).where(~sa.exists().where(media_use.c.media_key == media.c.key)).limit(limit)
    keys = [bytes(key) for key in connection.execute(orphans).scalars()]
    _drop(connection, keys)
    return len(keys)


class HostedCopies:
    """``worker.ports.Copies`` on the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def find(self, uuid: UUID, key: bytes) -> HostedMedia | None:
        """The copy, if the article uses it; for an article that was taken down, only that it was."""
        query = (
            sa.select(article.c.state, media.c.content_type, media.c.digest, media.c.length)
            .outerjoin(media_use, sa.and_(media_use.c.article_id == article.c.id, media_use.c.media_key == key))
            .outerjoin(media, sa.and_(media.c.key == media_use.c.media_key, media.c.state == MediaState.STORED.value))
            .where(article.c.uuid == str(uuid))
        )
        with self.database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.state != "live":
            return HostedMedia("", "", 0, withdrawn=True)
        return HostedMedia(row.content_type, bytes(row.digest).hex(), row.length) if row.content_type else None

    def read(self, key: bytes) -> bytes | None:
        with self.database.read() as connection:
            body = connection.execute(sa.select(media.c.body).where(media.c.key == key)).scalar_one_or_none()
        return bytes(body) if body is not None else None
