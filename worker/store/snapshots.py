"""Snapshots waiting for ingest: claimed one at a time, strictly in fetch order within a resource."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.feed import ParsedEntry, Role
from worker.model.polling import LeasedSnapshot, SnapshotClaim
from worker.store import resources
from worker.store.bulk import Update
from worker.store.declared import installation, source
from worker.store.due import LEADING, LEADING_ROLES
from worker.store.engine import Database
from worker.store.pack import unpack
from worker.store.polling import touch_host
from worker.store.schema import resource, snapshot

DEATHS_TO_QUARANTINE = 3
SEEN_MAX = 2000
LINKS_MAX = 50_000  # what one sitemap may hold


def _ready(now: sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    older = snapshot.alias("older")
    return sa.and_(
        snapshot.c.state == "new",
        sa.or_(snapshot.c.lease_until.is_(None), snapshot.c.lease_until < now),
        sa.or_(snapshot.c.ready_at.is_(None), snapshot.c.ready_at <= now),
        ~sa.exists().where(
            older.c.resource_id == snapshot.c.resource_id, older.c.state == "new", older.c.id < snapshot.c.id
        ),
    )


_NOW = sa.bindparam("now", type_=snapshot.c.fetched_at.type)
# SQLite knows no FOR UPDATE and needs none: its writers are one at a time.
_NEXT = (
    sa.select(
        *(snapshot.c.id, snapshot.c.resource_id, snapshot.c.deaths, snapshot.c.lease, snapshot.c.fetched_at),
        *(snapshot.c.url, snapshot.c.content_type, snapshot.c.status, snapshot.c.body),
        *(resource.c.seen, resource.c.role, resource.c.hint, resource.c.step, resource.c.first_contact),
        resource.c.key.label("resource_key"),
        resource.c.url.label("own_url"),
        *(source.c.id.label("source_id"), source.c.key, source.c.guid_mode, source.c.contacted_at),
        sa.select(installation.c.catalogue_version).scalar_subquery().label("catalogue"),
    )
    .join(resource, resource.c.id == snapshot.c.resource_id)
    .join(source, source.c.id == resource.c.source_id)
    .where(_ready(_NOW))
    .order_by(snapshot.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=snapshot)
)
_THIS = _NEXT.where(snapshot.c.id == sa.bindparam("id"))
_LEASE = Update(snapshot, "lease", "lease_until", "deaths", "id")
_HELD = sa.select(snapshot.c.id).where(snapshot.c.id == sa.bindparam("id"), snapshot.c.lease == sa.bindparam("lease"))
_SEEN = Update(resource, "seen", "first_contact", "id")
_DONE = Update(snapshot, "state", "ingested_at", "lease", "lease_until", "id")


class Snapshots:
    """The ingest stage's queue."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def waiting(self, now: datetime) -> list[tuple[int, str]]:
        """(id, source key) of up to 64 snapshots that could be ingested right now, oldest first."""
        query = (
            sa.select(snapshot.c.id, source.c.key)
            .join(resource, resource.c.id == snapshot.c.resource_id)
            .join(source, source.c.id == resource.c.source_id)
            .where(_ready(_NOW))
            .order_by(snapshot.c.id)
            .limit(64)
        )
        with self.database.read() as connection:
            return [(row.id, row.key) for row in connection.execute(query, {"now": now})]

    def claim(
        self, now: datetime, *, lease: str, until: datetime, snapshot_id: int | None = None
    ) -> LeasedSnapshot | None:
        """Lease one snapshot: ``snapshot_id`` if it is ready, or the oldest of all."""
        with self.database.write() as connection:
            return claim(connection, now, lease=lease, until=until, snapshot_id=snapshot_id)

    def release(self, leased: LeasedSnapshot, *, lease: str) -> None:
        """Give back a snapshot that was not begun, so that the end of its lease is no death."""
        with self.database.write() as connection:
            connection.execute(
                sa.update(snapshot)
                .where(snapshot.c.id == leased.id, snapshot.c.lease == lease)
                .values(lease=None, lease_until=None)
            )

    def quarantine(self, claim: SnapshotClaim, reason: str, *, lease: str) -> None:
        """Set a snapshot aside for a person, with the reason."""
        with self.database.write() as connection:
            connection.execute(
                sa.update(snapshot)
                .where(snapshot.c.id == claim.id, snapshot.c.lease == lease)
                .values(state="quarantined", reason=reason[:500], lease=None, lease_until=None)
            )


def claim(
    connection: Connection, now: datetime, *, lease: str, until: datetime, snapshot_id: int | None = None
) -> LeasedSnapshot | None:
    """Lease a snapshot within the open transaction: ``snapshot_id`` if it is ready, or the oldest of all.

    A lease that ended without a result is a death, counted here; the third quarantines the snapshot, and its
    resource goes on with the next one.
    """
    query, wanted = (_NEXT, {"now": now}) if snapshot_id is None else (_THIS, {"now": now, "id": snapshot_id})
    while (row := connection.execute(query, wanted).one_or_none()) is not None:
        deaths = row.deaths + (1 if row.lease is not None else 0)
        if deaths < DEATHS_TO_QUARANTINE:
            _LEASE.run(connection, [(lease, until, deaths, row.id)])
            first = row.contacted_at is None if row.resource_key is None else row.first_contact
            parts = resources.parts(connection, row.resource_id) if row.role == Role.ARTICLE else {}
            taken = resources.taken(connection, row.source_id) if row.role in LEADING and first else 0
            return LeasedSnapshot(row.id, partial(_read, row, deaths, first, parts, taken))
        reason = f"its reader died {deaths} times"
        connection.execute(
            sa.update(snapshot)
            .where(snapshot.c.id == row.id)
            .values(state="quarantined", deaths=deaths, reason=reason, lease=None, lease_until=None)
        )
    return None


def _read(row: Any, deaths: int, first: bool, parts: Mapping[bytes, bytes], taken: int) -> SnapshotClaim:
    seen = row.seen or b""
    return SnapshotClaim(
        id=row.id,
        resource=row.resource_id,
        source=row.key,
        source_id=row.source_id,
        url=row.url,
        content_type=row.content_type,
        fetched_at=row.fetched_at,
        body=zlib.decompress(row.body) if row.body else b"",
        deaths=deaths,
        guid_mode=row.guid_mode,
        first_contact=first,
        seen=dict.fromkeys(seen[at : at + 16] for at in range(0, len(seen), 16)),
        role=Role(row.role),
        status=row.status,
        own_url=row.own_url,
        hint=unpack(ParsedEntry, row.hint) if row.hint else None,
        parts={key: unpack(ParsedEntry, held) for key, held in parts.items()},
        taken=taken,
        depth=row.step if row.role == Role.LISTING else 0,
        catalogue=row.catalogue,
    )


def still_held(connection: Connection, claim: SnapshotClaim, lease: str) -> bool:
    """Whether the snapshot is still leased to ``lease``: checked inside every transaction that writes for it."""
    return connection.execute(_HELD, {"id": claim.id, "lease": lease}).first() is not None


def finish(
    connection: Connection,
    claim: SnapshotClaim,
    *,
    digests: Iterable[bytes],
    guid_mode: str,
    floor: int,
    now: datetime,
) -> None:
    """The snapshot is ingested whole: remember its items' digests, newest first, and the source's guid mode.

    ``floor`` (seconds) is what the document itself asks for (ttl); it puts the next poll off if that comes too soon.
    """
    if claim.role in LEADING_ROLES:
        kept = dict.fromkeys((*digests, *claim.seen))
        packed = b"".join(list(kept)[: SEEN_MAX if claim.role is Role.FEED else LINKS_MAX])
        _SEEN.run(connection, [(packed, False, claim.resource)])
    if floor:
        earliest = claim.fetched_at + timedelta(seconds=floor)
        connection.execute(
            sa.update(resource)
            .where(resource.c.id == claim.resource, resource.c.floor_seconds < floor)
            .values(
                floor_seconds=floor,
                due_at=sa.case((resource.c.due_at < earliest, earliest), else_=resource.c.due_at),
            )
        )
        home = connection.execute(sa.select(resource.c.host_id).where(resource.c.id == claim.resource)).scalar_one()
        touch_host(connection, home)
    _DONE.run(connection, [("done", now, None, None, claim.id)])
    if claim.role in LEADING_ROLES and (claim.first_contact or guid_mode != claim.guid_mode):
        contacted = sa.func.coalesce(source.c.contacted_at, sa.literal(now, source.c.contacted_at.type))
        connection.execute(
            sa.update(source).where(source.c.id == claim.source_id).values(contacted_at=contacted, guid_mode=guid_mode)
        )
