"""Snapshots waiting for ingest: claimed strictly in fetch order within a resource, several at once when nothing is
known against them.

The token of several that were leased together ends in ``SHARED``. When such a lease ends without a result nobody knows
whose fault it was: it is no death, and each of them is then claimed alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.errors import LeaseLost
from worker.model.feed import ParsedEntry, Role
from worker.model.ingest import Finished
from worker.model.polling import MOST_RETURNED, LeasedSnapshot, SnapshotClaim
from worker.store import resources
from worker.store.bulk import Lookup, Update
from worker.store.declared import installation, source
from worker.store.due import LEADING, LEADING_ROLES
from worker.store.engine import Database, among
from worker.store.pack import unpack, unpack_body
from worker.store.polling import touch_host
from worker.store.schema import resource, snapshot

DEATHS_TO_QUARANTINE = 3
CROWDS = 3  # sources with a long queue each, behind which others are still looked for
# Long enough for a database that is slow for a while to have recovered: then none of it was the snapshot's fault.
PUT_OFF = (timedelta(minutes=1), timedelta(minutes=30))
SHARED = "+"
SEEN_MAX = 2000
_NEXT_SECTION = bytes(16)
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
    sa.select(snapshot.c.id, resource.c.source_id, snapshot.c.deaths, snapshot.c.lease)
    .join(resource, resource.c.id == snapshot.c.resource_id)
    .where(_ready(_NOW))
    .order_by(snapshot.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=snapshot)
)
_WAITING = (
    sa.select(snapshot.c.id, source.c.key)
    .join(resource, resource.c.id == snapshot.c.resource_id)
    .join(source, source.c.id == resource.c.source_id)
    .where(_ready(_NOW))
    .order_by(snapshot.c.id)
    .limit(64)
)
_THIS = _NEXT.where(snapshot.c.id == sa.bindparam("id"))
_OF_OTHERS = _NEXT.where(~among(resource.c.source_id, "sources"))
_LEASE = Update(snapshot, "lease", "lease_until", "deaths", "id")
_LEASED = (
    sa.select(
        *(snapshot.c.id, snapshot.c.resource_id, snapshot.c.deaths, snapshot.c.lease, snapshot.c.fetched_at),
        *(snapshot.c.url, snapshot.c.content_type, snapshot.c.status, snapshot.c.body),
        *(resource.c.seen, resource.c.role, resource.c.hint, resource.c.step, resource.c.first_contact),
        resource.c.flood_line,
        resource.c.key.label("resource_key"),
        resource.c.url.label("own_url"),
        *(source.c.id.label("source_id"), source.c.key, source.c.guid_mode, source.c.contacted_at),
        sa.select(installation.c.catalogue_version).scalar_subquery().label("catalogue"),
    )
    .join(resource, resource.c.id == snapshot.c.resource_id)
    .join(source, source.c.id == resource.c.source_id)
    .where(among(snapshot.c.id, "ids"))
    .order_by(snapshot.c.id)
)
_HELD = Lookup(sa.select(snapshot.c.id, snapshot.c.lease).where(among(snapshot.c.id, "ids")))
_GIVE_BACK = Update(snapshot, "lease", "lease_until", "id", "lease", keys=2)
_SEEN = Update(resource, "seen", "first_contact", "flood_line", "id")
_CONTACTED = (
    sa.update(source)
    .where(source.c.id == sa.bindparam("b_id"))
    .values(
        contacted_at=sa.func.coalesce(source.c.contacted_at, sa.bindparam("b_now", type_=source.c.contacted_at.type)),
        guid_mode=sa.bindparam("b_mode"),
    )
)
_DONE = Update(snapshot, "state", "ingested_at", "lease", "lease_until", "id", "lease", keys=2)


class Snapshots:
    """The ingest stage's queue."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def waiting(self, now: datetime) -> list[tuple[int, str]]:
        """(id, source key) of up to 64 snapshots that could be ingested right now, oldest first."""
        with self.database.read() as connection:
            return [(row.id, row.key) for row in connection.execute(_WAITING, {"now": now})]

    def claim(
        self, now: datetime, *, lease: str, until: datetime, limit: int = 1, snapshot_id: int | None = None
    ) -> list[LeasedSnapshot]:
        """Lease up to ``limit`` snapshots: ``snapshot_id`` if it is ready, then the oldest."""
        with self.database.write() as connection:
            return claim(connection, now, lease=lease, until=until, limit=limit, snapshot_id=snapshot_id)

    def release(self, leased: Sequence[LeasedSnapshot]) -> None:
        """Give back snapshots that were not begun, so that the end of their lease is no death."""
        with self.database.write() as connection:
            _GIVE_BACK.run(connection, [(None, None, one.id, one.lease) for one in leased])

    def put_off(self, claim: SnapshotClaim, reason: str, now: datetime) -> None:
        """Try a snapshot again a while later, which counts as a death; the third time it is set aside."""
        deaths = claim.deaths + 1
        if deaths >= DEATHS_TO_QUARANTINE:
            self.quarantine(claim, f"the database gave up writing it {deaths} times: {reason}")
            return
        free = {"lease": None, "lease_until": None}
        mine = sa.and_(snapshot.c.id == claim.id, snapshot.c.lease == claim.lease)
        with self.database.write() as connection:
            again = sa.update(snapshot).where(mine)
            connection.execute(again.values(deaths=deaths, ready_at=now + PUT_OFF[deaths - 1], **free))

    def quarantine(self, claim: SnapshotClaim, reason: str) -> None:
        """Set a snapshot aside for a person, with the reason."""
        with self.database.write() as connection:
            connection.execute(
                sa.update(snapshot)
                .where(snapshot.c.id == claim.id, snapshot.c.lease == claim.lease)
                .values(state="quarantined", reason=reason[:500], lease=None, lease_until=None)
            )


def claim(
    connection: Connection,
    now: datetime,
    *,
    lease: str,
    until: datetime,
    limit: int = 1,
    snapshot_id: int | None = None,
) -> list[LeasedSnapshot]:
    """Lease up to ``limit`` snapshots within the open transaction: ``snapshot_id`` if it is ready, then the oldest.

    A lease of its own that ended without a result is a death, counted here; the third quarantines the snapshot, and its
    resource goes on with the next one. What once ended without a result is leased alone.
    """
    while True:
        waiting = _waiting(connection, now, limit, snapshot_id)
        chosen, dead = _choose(waiting, limit)
        for one, deaths in dead:
            reason = f"its reader died {deaths} times"
            connection.execute(
                sa.update(snapshot)
                .where(snapshot.c.id == one)
                .values(state="quarantined", deaths=deaths, reason=reason, lease=None, lease_until=None)
            )
        if chosen:
            token = lease + SHARED if len(chosen) > 1 else lease
            _LEASE.run(connection, [(token, until, deaths, one) for one, deaths in chosen])
            rows = connection.execute(_LEASED, {"ids": [one for one, _ in chosen]}).all()
            return [_leased(connection, row) for row in rows]
        if not dead:
            return []


def _waiting(connection: Connection, now: datetime, limit: int, first: int | None) -> Sequence[Any]:
    rows: list[Any] = []
    if first is not None:
        rows += connection.execute(_THIS, {"now": now, "limit": 1, "id": first})
    if first is None or limit > 1:
        rows += [row for row in connection.execute(_NEXT, {"now": now, "limit": limit}) if row.id != first]
    # One source with hundreds of pages to read does not keep the others waiting until all of them are.
    for _ in range(CROWDS):
        sources = {row.source_id for row in rows}
        if len(rows) < limit or len(sources) >= limit:
            break
        others = connection.execute(_OF_OTHERS, {"now": now, "limit": limit, "sources": list(sources)}).all()
        if not others:
            break
        rows += others
    return rows


def _choose(rows: Sequence[Any], limit: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """(id, deaths) of those to lease together, at most ``limit``, and of those that have died too often.

    One of each source at most: what its second snapshot is read by, the first one may change. One that died before, or
    was leased when its reader died, only when it comes first, and then alone.
    """
    chosen: list[tuple[int, int]] = []
    dead: list[tuple[int, int]] = []
    sources: set[int] = set()
    for row in rows:
        if len(chosen) == limit:
            break
        deaths = row.deaths + (1 if row.lease is not None and not row.lease.endswith(SHARED) else 0)
        if deaths >= DEATHS_TO_QUARANTINE:
            dead.append((row.id, deaths))
        elif deaths or row.lease is not None:
            if not chosen:
                return [(row.id, deaths)], dead
        elif row.source_id not in sources:
            sources.add(row.source_id)
            chosen.append((row.id, deaths))
    return chosen, dead


def _leased(connection: Connection, row: Any) -> LeasedSnapshot:
    first = row.contacted_at is None if row.resource_key is None else row.first_contact
    parts = resources.parts(connection, row.resource_id) if row.role == Role.ARTICLE else {}
    taken = resources.taken(connection, row.source_id) if row.role in LEADING and first else 0
    return LeasedSnapshot(row.id, row.lease, partial(_read, row, first, parts, taken))


def _read(row: Any, first: bool, parts: Mapping[bytes, bytes], taken: int) -> SnapshotClaim:
    here, returned, left = _sections(row.seen or b"")
    return SnapshotClaim(
        id=row.id,
        resource=row.resource_id,
        source=row.key,
        source_id=row.source_id,
        url=row.url,
        content_type=row.content_type,
        fetched_at=row.fetched_at,
        body=unpack_body(row.body),
        deaths=row.deaths,
        guid_mode=row.guid_mode,
        first_contact=first,
        seen=dict.fromkeys((*here, *returned)),
        returned=returned,
        left=left,
        role=Role(row.role),
        status=row.status,
        own_url=row.own_url,
        hint=unpack(ParsedEntry, row.hint) if row.hint else None,
        parts={key: unpack(ParsedEntry, held) for key, held in parts.items()},
        taken=taken,
        depth=row.step if row.role == Role.LISTING else 0,
        catalogue=row.catalogue,
        lease=row.lease,
        flood_line=row.flood_line,
    )


def held(connection: Connection, claims: Sequence[SnapshotClaim]) -> frozenset[int]:
    """The ids of those that are still leased to their claim: asked before anything is written for them."""
    rows = _HELD.run(connection, ids=[claim.id for claim in claims])
    leases = {row.id: row.lease for row in rows}
    return frozenset(claim.id for claim in claims if leases.get(claim.id) == claim.lease)


def finish(connection: Connection, finished: Sequence[Finished], now: datetime) -> None:
    """These snapshots are ingested whole: remember their items' digests, newest first, and their sources' guid mode.

    ``floor`` and ``rest`` put the next poll off if that comes too soon. Raises LeaseLost when one is not its claim's
    any more.
    """
    leading = [one for one in finished if one.claim.role in LEADING_ROLES]
    _SEEN.run(connection, [(_seen(one), False, None, one.claim.resource) for one in leading])
    for one in finished:
        if one.floor:
            _put_off(connection, one)
        if one.rest:
            _let_be(connection, one.claim.resource, now + one.rest)
    changed = [one for one in leading if one.claim.first_contact or one.guid_mode != one.claim.guid_mode]
    if changed:
        told = [{"b_id": one.claim.source_id, "b_now": now, "b_mode": one.guid_mode} for one in changed]
        connection.execute(_CONTACTED, told)
    done = [("done", now, None, None, one.claim.id, one.claim.lease) for one in finished]
    if _DONE.run(connection, done) != len(done):
        raise LeaseLost("a snapshot's lease was lost while it was ingested; whoever holds it now goes on")


def _sections(seen: bytes) -> list[dict[bytes, None]]:
    """Digests of a feed's items in its last document, of those that came back into one, and of those that left. What an
    earlier release wrote, and a listing's, has the first only."""
    found: list[dict[bytes, None]] = [{}]
    for at in range(0, len(seen), 16):
        digest = seen[at : at + 16]
        if digest == _NEXT_SECTION:
            found.append({})
        else:
            found[-1][digest] = None
    return [*found, {}, {}][:3]


def _seen(one: Finished) -> bytes:
    """What is kept of a document's digests. An item that left and came back was read again, as its publisher may have
    taken back what stood in its place. That is done once: of a feed that goes to and fro there would be no end."""
    claim = one.claim
    if claim.role is not Role.FEED:
        return b"".join(list(dict.fromkeys((*one.digests, *claim.seen)))[:LINKS_MAX])
    here = dict.fromkeys(one.digests)
    back = claim.came_back(here)
    returned = dict.fromkeys((*(back if len(back) <= MOST_RETURNED else ()), *claim.returned))
    left = [each for each in (*claim.seen, *claim.left) if each not in here and each not in returned]
    kept = (*here, _NEXT_SECTION, *returned, _NEXT_SECTION, *left)
    return b"".join(kept[:SEEN_MAX])


def _put_off(connection: Connection, one: Finished) -> None:
    earliest = one.claim.fetched_at + timedelta(seconds=one.floor)
    connection.execute(
        sa.update(resource)
        .where(resource.c.id == one.claim.resource, resource.c.floor_seconds < one.floor)
        .values(
            floor_seconds=one.floor,
            due_at=sa.case((resource.c.due_at < earliest, earliest), else_=resource.c.due_at),
        )
    )
    _touch_home(connection, one.claim.resource)


def _let_be(connection: Connection, resource_id: int, until: datetime) -> None:
    sooner = sa.and_(resource.c.id == resource_id, resource.c.due_at < until)
    connection.execute(sa.update(resource).where(sooner).values(due_at=until))
    _touch_home(connection, resource_id)


def _touch_home(connection: Connection, resource_id: int) -> None:
    home = connection.execute(sa.select(resource.c.host_id).where(resource.c.id == resource_id)).scalar_one()
    touch_host(connection, home)
