"""Resources that documents lead to: articles' pages, their later parts, further listings, pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.identity.urls import link_digest
from worker.model.catalog import Source
from worker.model.feed import Found, ParsedEntry, Role
from worker.model.polling import SnapshotClaim
from worker.store.declared import source
from worker.store.engine import Database
from worker.store.pack import pack
from worker.store.polling import ensure_host, touch_host
from worker.store.schema import resource

MOST_LISTINGS = 500  # of a source, beside the one that the catalogue names

_TAKEN = sa.select(sa.func.count()).where(
    resource.c.source_id == sa.bindparam("source"), resource.c.role == Role.ARTICLE.value, resource.c.first_contact
)


def parts(connection: Connection, resource_id: int) -> Mapping[bytes, bytes]:
    """What the later pages of an article hold (an entry, packed), by the key of their address."""
    rows = connection.execute(
        sa.select(resource.c.key, resource.c.hint).where(
            resource.c.parent_id == resource_id, resource.c.role == Role.PART.value, resource.c.hint.is_not(None)
        )
    )
    return {row.key: row.hint for row in rows}


def taken(connection: Connection, source_id: int) -> int:
    """How many articles a source's first contact has brought so far."""
    return connection.execute(_TAKEN, {"source": source_id}).scalar_one()


def lead_on(
    database: Database,
    connection: Connection,
    claim: SnapshotClaim,
    found: Sequence[Found],
    declared: Source,
    now: datetime,
) -> int:
    """Make resources of the addresses that are new, due at once; ask those again of which the document says something
    new. Returns how many."""
    wanted = {link_digest(one.url): one for one in reversed(found)}
    if not wanted:
        return 0
    known = _known(connection, claim.source_id, wanted)
    paused = connection.execute(sa.select(source.c.paused_at).where(source.c.id == claim.source_id)).scalar_one()
    hosts = _Hosts(database, connection, declared.pace)
    rows = [
        {
            "source_id": claim.source_id,
            "host_id": hosts.of(one.url),
            "role": one.role.value,
            "key": key,
            "parent_id": claim.resource if one.role is Role.PART else None,
            "url": one.url,
            "ask_url": one.url,
            "due_at": now if paused is None else None,
            "first_contact": claim.first_contact,
            "hint": _hint(one.entry),
            "step": claim.depth + 1 if one.role is Role.LISTING else 0,
        }
        for key, one in reversed(wanted.items())
        if key not in known
    ]
    if rows:
        connection.execute(sa.insert(resource), rows)
    if any(row["role"] == Role.LISTING.value for row in rows):
        _end_stale_listings(connection, claim.source_id)
    again = [(known[key], one) for key, one in wanted.items() if key in known and _says_more(one)]
    for row, one in again:
        hosts.met(row.host_id)
        due = sa.case((sa.literal(paused is not None), None), else_=sa.literal(now, resource.c.due_at.type))
        connection.execute(
            sa.update(resource).where(resource.c.id == row.id).values(hint=_hint(one.entry), due_at=due, **UNREAD)
        )
    hosts.touch()
    return len(rows) + len(again)


def _end_stale_listings(connection: Connection, source_id: int) -> None:
    """Listings are asked for ever, but of a source's further ones only those not read yet and those that changed last:
    an index with other names at every reading would make their number grow without end."""
    further = sa.and_(resource.c.source_id == source_id, resource.c.role == Role.LISTING.value)
    asked = sa.and_(further, resource.c.key.is_not(None), resource.c.due_at.is_not(None))
    changed = resource.c.polled_at.is_(None).desc(), resource.c.changed_at.desc().nulls_last(), resource.c.id.desc()
    stale = sa.select(resource.c.id).where(asked).order_by(*changed).offset(MOST_LISTINGS)
    connection.execute(sa.update(resource).where(resource.c.id.in_(stale)).values(due_at=None))


def _known(connection: Connection, source_id: int, keys: Iterable[bytes]) -> dict[bytes, Any]:
    """(id, key, host) of the source's resources at these addresses."""
    mine = sa.and_(resource.c.source_id == source_id, resource.c.key.in_(list(keys)))
    rows = connection.execute(sa.select(resource.c.id, resource.c.key, resource.c.host_id).where(mine))
    return {row.key: row for row in rows.all()}


UNREAD = {"etag": None, "last_modified": None, "body_hash": None}
"""What makes the next answer count as new."""


def keep_part(connection: Connection, claim: SnapshotClaim, part: ParsedEntry, now: datetime) -> None:
    """Keep what a later page of an article holds; when that is news, its article is read again."""
    if claim.hint is not None and claim.hint.content == part.content:
        return
    connection.execute(sa.update(resource).where(resource.c.id == claim.resource).values(hint=_hint(part)))
    parent = sa.select(resource.c.parent_id).where(resource.c.id == claim.resource).scalar_subquery()
    connection.execute(sa.update(resource).where(resource.c.id == parent).values(due_at=now, **UNREAD))
    home = connection.execute(sa.select(resource.c.host_id).where(resource.c.id == parent)).scalar_one_or_none()
    if home is not None:
        touch_host(connection, home)


def ask_media(
    database: Database, connection: Connection, source_id: int, urls: Sequence[str], pace: float, now: datetime
) -> None:
    """Have these pictures and files fetched in the name of a source, unless it is paused; those it had asked for
    before are asked for anew."""
    keys = {link_digest(url): url for url in urls}
    if not keys:
        return
    asked = sa.select(resource.c.key, resource.c.host_id).where(
        resource.c.source_id == source_id, resource.c.key.in_(list(keys))
    )
    known = {bytes(row.key): row.host_id for row in connection.execute(asked)}
    paused = connection.execute(sa.select(source.c.paused_at).where(source.c.id == source_id)).scalar_one()
    hosts = _Hosts(database, connection, pace)
    plain = {"source_id": source_id, "role": Role.MEDIA.value, "due_at": now if paused is None else None}
    rows = [
        {**plain, "host_id": hosts.of(url), "key": key, "url": url, "ask_url": url}
        for key, url in keys.items()
        if key not in known
    ]
    if rows:
        connection.execute(sa.insert(resource), rows)
    for key, host_id in known.items():
        hosts.met(host_id)
        again = {"due_at": plain["due_at"], "state": "active", "failures": 0, "redirects": 0, **UNREAD}
        mine = sa.and_(resource.c.source_id == source_id, resource.c.key == key, resource.c.role == Role.MEDIA.value)
        connection.execute(sa.update(resource).where(mine).values(**again))
    hosts.touch()


def _says_more(found: Found) -> bool:
    """A feed's item that changed; a listing says of a known article nothing that its page does not say better."""
    return found.role is Role.ARTICLE and found.entry is not None and bool(found.entry.raw)


def _hint(entry: ParsedEntry | None) -> bytes | None:
    return None if entry is None else pack(replace(entry, raw=b"", digest=b""))


class _Hosts:
    """The hosts that one document's addresses lie on, looked up once each."""

    def __init__(self, database: Database, connection: Connection, pace: float) -> None:
        self._database, self._connection, self._pace = database, connection, pace
        self._ids: dict[str, int] = {}
        self._met: set[int] = set()

    def of(self, url: str) -> int:
        origin = "/".join(url.split("/", 3)[:3])
        if origin not in self._ids:
            self._ids[origin] = ensure_host(self._database, self._connection, url, pace=self._pace)
        self._met.add(self._ids[origin])
        return self._ids[origin]

    def met(self, host_id: int) -> None:
        self._met.add(host_id)

    def touch(self) -> None:
        for host_id in self._met:
            touch_host(self._connection, host_id)
