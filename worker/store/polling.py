"""Hosts, resources and snapshots: claiming what is due, recording what came."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.identity.urls import host_of, registrable_domain
from worker.model.catalog import FOLLOW
from worker.model.polling import (
    PAGE_TRIES,
    DueResource,
    Fetched,
    HostClaim,
    HostResult,
    NewSnapshot,
    Polled,
    ResourceState,
)
from worker.store import acts
from worker.store.declared import source
from worker.store.due import DUE, LEADING, due_resource, host_claim
from worker.store.engine import Database, among
from worker.store.schema import host, resource, snapshot

FOLLOWED_ON = timedelta(days=1)  # a last reading may be late
OTHERS_PAUSED = timedelta(hours=1)  # at most, where a host asks that its domain be let be


def _free(now: sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    return sa.or_(host.c.lease_until.is_(None), host.c.lease_until < now)


def _askable(now: sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """Hosts that may be asked now: due, not leased, past their pace and their pause."""
    return sa.and_(
        host.c.due_at <= now,
        _free(now),
        sa.or_(host.c.next_request_at.is_(None), host.c.next_request_at <= now),
        sa.or_(host.c.paused_until.is_(None), host.c.paused_until <= now),
    )


def _earliest() -> sa.ScalarSelect[datetime]:
    return (
        sa.select(sa.func.min(resource.c.due_at))
        .where(resource.c.host_id == host.c.id)
        .correlate(host)
        .scalar_subquery()
    )


_NOW = sa.bindparam("now", type_=host.c.due_at.type)
_DUE_HOSTS = sa.select(host.c.id).where(_askable(_NOW)).order_by(host.c.due_at).limit(sa.bindparam("limit"))
_LEASE = (
    sa.update(host)
    .where(among(host.c.id, "ids"))
    .values(lease=sa.bindparam("b_lease"), lease_until=sa.bindparam("b_until"))
)
_HOSTS = sa.select(host.c.id, host.c.name, host.c.domain, host.c.pace, host.c.robots, host.c.robots_until).where(
    among(host.c.id, "ids")
)
# Sources take turns at a host, feeds and listings before pages: what one source leads to there, or redirects to, does
# not keep the host's own feed waiting.
_TURNS = (
    sa.select(
        *DUE,
        source.c.key.label("source"),
        source.c.declared,
        sa.func.row_number()
        .over(
            partition_by=(resource.c.host_id, resource.c.source_id),
            order_by=(sa.case((resource.c.role.in_(LEADING), 0), else_=1), resource.c.due_at),
        )
        .label("turn"),
    )
    .join(source, source.c.id == resource.c.source_id)
    .where(among(resource.c.host_id, "ids"), resource.c.due_at <= _NOW)
    .subquery()
)
_RANKED = sa.select(
    _TURNS,
    sa.func.row_number().over(partition_by=_TURNS.c.host_id, order_by=(_TURNS.c.turn, _TURNS.c.due_at)).label("rank"),
).subquery()
_DUE_RESOURCES = sa.select(_RANKED).where(_RANKED.c.rank <= sa.bindparam("per_host")).order_by(_RANKED.c.rank)
_HELD = sa.select(host.c.id).where(among(host.c.id, "ids"), host.c.lease == sa.bindparam("lease")).order_by(host.c.id)
# What a pause reaches besides: locked with the others, in one order, or two workers at hosts of one domain, both of
# which ask for a pause, wait for each other.
_REACHED = (
    sa.select(host.c.id)
    .where(sa.or_(among(host.c.id, "ids"), among(host.c.domain, "domains")))
    .order_by(host.c.id)
    .with_for_update()
)
_POLLED = (
    sa.update(resource)
    .where(resource.c.id == sa.bindparam("b_resource"))
    .values(
        due_at=sa.case((resource.c.due_at.is_(None), None), else_=sa.bindparam("b_due", type_=resource.c.due_at.type)),
        ask_url=sa.bindparam("b_ask"),
        etag=sa.bindparam("b_etag"),
        last_modified=sa.bindparam("b_modified"),
        body_hash=sa.bindparam("b_hash"),
        floor_seconds=sa.bindparam("b_floor"),
        failures=sa.bindparam("b_failures"),
        redirects=sa.bindparam("b_redirects"),
        outcome=sa.bindparam("b_outcome"),
        polled_at=sa.bindparam("b_at"),
        polls=resource.c.polls + 1,
        state=sa.bindparam("b_state"),
        step=sa.bindparam("b_step"),
        read_at=sa.bindparam("b_read"),
        misses=sa.bindparam("b_misses"),
        missing_since=sa.bindparam("b_since"),
    )
)
_MINE = sa.and_(host.c.id == sa.bindparam("b_host"), host.c.lease == sa.bindparam("b_lease"))
_STEP = sa.update(host).where(_MINE).values(next_request_at=sa.bindparam("b_next"), due_at=_earliest())
_TOUCH = sa.update(host).where(host.c.id == sa.bindparam("b_host")).values(due_at=_earliest())
_RELEASE = _STEP.values(lease=None, lease_until=None)
_ROBOTS = sa.update(host).where(_MINE).values(robots=sa.bindparam("b_text"), robots_until=sa.bindparam("b_until"))
_CHANGED = (
    sa.update(resource).where(resource.c.id == sa.bindparam("b_resource")).values(changed_at=sa.bindparam("b_at"))
)
_ADD_SNAPSHOT = sa.insert(snapshot)
_MADE = (
    sa.select(sa.func.max(snapshot.c.id).label("id"), source.c.key)
    .join(resource, resource.c.id == snapshot.c.resource_id)
    .join(source, source.c.id == resource.c.source_id)
    .where(among(snapshot.c.resource_id, "ids"), snapshot.c.state == "new", snapshot.c.ready_at.is_(None))
    .group_by(snapshot.c.resource_id, source.c.key)
    .order_by("id")
)


class Polling:
    """The poll stage's view of the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def waiting(self, now: datetime) -> int:
        """How many hosts could be asked right now, counted up to 64."""
        with self.database.read() as connection:
            return len(connection.execute(_DUE_HOSTS, {"now": now, "limit": 64}).all())

    def claim(self, now: datetime, *, limit: int, lease: str, until: datetime, per_host: int) -> list[HostClaim]:
        """Lease up to ``limit`` due hosts to ``lease`` until ``until``; at most ``per_host`` resources each."""
        with self.database.write() as connection:
            due = self.database.skip_locked(_DUE_HOSTS)
            ids = list(connection.execute(due, {"now": now, "limit": limit}).scalars())
            if not ids:
                return []
            connection.execute(_LEASE, {"ids": ids, "b_lease": lease, "b_until": until})
            hosts = connection.execute(_HOSTS, {"ids": ids})
            resources = self._due_resources(connection, ids, now, per_host)
            return [host_claim(row, tuple(resources.get(row.id, ())), now) for row in hosts]

    def _due_resources(
        self, connection: Connection, hosts: list[int], now: datetime, per_host: int
    ) -> dict[int, list[DueResource]]:
        found: dict[int, list[DueResource]] = {}
        for row in connection.execute(_DUE_RESOURCES, {"ids": hosts, "now": now, "per_host": per_host}):
            found.setdefault(row.host_id, []).append(due_resource(row))
        return found

    def record(self, results: Sequence[HostResult], *, lease: str) -> list[NewSnapshot]:
        """Commit a batch: validators, due times, snapshots and robots.txt together. Hosts whose lease was lost
        meanwhile are left out: whoever holds it now will ask again."""
        with self.database.write() as connection:
            held = self._held(connection, results, lease)
            polled = [item for result in results if result.host in held for item in result.polled]
            snapshots = self._store(connection, polled)
            self._raise_attention(connection, polled)
            self._pause(connection, results, held)
            self._step(connection, [result for result in results if result.host in held], lease)
            return snapshots

    def _held(self, connection: Connection, results: Sequence[HostResult], lease: str) -> set[int]:
        hosts = [result.host for result in results]
        paused = {one.domain for one in results if any(item.pause is not None for item in one.polled)}
        if paused and not self.database.sqlite:
            connection.execute(_REACHED, {"ids": hosts, "domains": sorted(paused)})
        query = _HELD if self.database.sqlite else _HELD.with_for_update()
        return set(connection.execute(query, {"ids": hosts, "lease": lease}).scalars())

    def _store(self, connection: Connection, polled: list[Polled]) -> list[NewSnapshot]:
        if not polled:
            return []
        connection.execute(
            _POLLED,
            [
                {
                    "b_resource": item.resource,
                    "b_due": item.due_at,
                    "b_ask": item.ask,
                    "b_etag": item.etag,
                    "b_modified": item.last_modified,
                    "b_hash": item.body_hash,
                    "b_floor": item.floor,
                    "b_failures": item.failures,
                    "b_redirects": item.redirects,
                    "b_outcome": item.outcome[:200],
                    "b_at": item.at,
                    "b_state": item.state.value,
                    "b_step": item.step,
                    "b_read": item.read_at,
                    "b_misses": item.misses,
                    "b_since": item.missing_since,
                }
                for item in polled
            ],
        )
        for item in polled:
            if item.moved:
                self._move(connection, item)
            if item.settled:
                self._settle(connection, item)
        return _add_snapshots(connection, [(item, item.fetched) for item in polled if item.fetched is not None])

    def _settle(self, connection: Connection, item: Polled) -> None:
        """The second reading of a fresh page came: the first one is ready, or the new one takes its place."""
        waiting = sa.and_(snapshot.c.resource_id == item.resource, snapshot.c.ready_at.is_not(None))
        values: dict[str, object] = {"ready_at": None}
        if item.fetched is not None and item.fetched.status == 200:
            values |= {"state": "done", "reason": "settled: read once more before it went out", "ingested_at": item.at}
        connection.execute(sa.update(snapshot).where(waiting, snapshot.c.state == "new").values(**values))

    def _raise_attention(self, connection: Connection, polled: list[Polled]) -> None:
        """What one page says goes with its source, unless something is there already. How the declared address itself
        stands is told by its own state, which ends by itself."""
        for item in polled:
            if item.attention is None:
                continue
            page = sa.select(resource.c.source_id).where(resource.c.id == item.resource, resource.c.key.is_not(None))
            connection.execute(
                sa.update(source)
                .where(source.c.id.in_(page), source.c.attention.is_(None))
                .values(attention=item.attention[:500])
            )

    def _move(self, connection: Connection, item: Polled) -> None:
        """Let the target's own host ask: a chase over hosts waits for each host's lease and pace."""
        target = ensure_host(self.database, connection, item.ask, pace=1.0)
        connection.execute(sa.update(resource).where(resource.c.id == item.resource).values(host_id=target))
        touch_host(connection, target)

    def _pause(self, connection: Connection, results: Sequence[HostResult], held: set[int]) -> None:
        for result in results:
            if result.host not in held:
                continue
            for pause, at in ((item.pause, item.at) for item in result.polled if item.pause is not None):
                _pause_hosts(connection, host.c.id == result.host, pause)
                # What one host asks for is not to keep another, of somebody else may be, from being read for days.
                _pause_hosts(connection, host.c.domain == result.domain, min(pause, at + OTHERS_PAUSED))

    def _step(self, connection: Connection, results: Sequence[HostResult], lease: str) -> None:
        robots = [
            {"b_host": one.host, "b_lease": lease, "b_text": one.robots.text, "b_until": one.robots.until}
            for one in results
            if one.robots is not None
        ]
        if robots:
            connection.execute(_ROBOTS, robots)
        for statement, released in ((_STEP, False), (_RELEASE, True)):
            rows = [
                {"b_host": one.host, "b_lease": lease, "b_next": one.next_request_at}
                for one in results
                if one.release is released
            ]
            if rows:
                connection.execute(statement, rows)

    def release(self, lease: str) -> None:
        """Give back every host still leased to ``lease`` (a clean stop)."""
        with self.database.write() as connection:
            connection.execute(
                sa.update(host).where(host.c.lease == lease).values(lease=None, lease_until=None, due_at=_earliest())
            )

    def pause(self, source_key: str, now: datetime, *, by: str, note: str | None = None) -> bool:
        """Ask a source no more until it is resumed; False when there is none of that key. Audited."""
        return self._switch(source_key, None, now, by=by, note=note)

    def resume(self, source_key: str, now: datetime, *, by: str, note: str | None = None) -> bool:
        """Ask a source again, at once; what asked for attention is seen to. False when there is none of that key."""
        return self._switch(source_key, now, now, by=by, note=note)

    def _switch(self, key: str, due_at: datetime | None, now: datetime, *, by: str, note: str | None) -> bool:
        pauses = due_at is None
        values: dict[str, object] = {"paused_at": now} if pauses else {"paused_at": None, "attention": None}
        with self.database.write() as connection:
            row = connection.execute(
                sa.select(source.c.id, source.c.declared, source.c.paused_at, source.c.attention).where(
                    source.c.key == key, source.c.retired_at.is_(None)
                )
            ).one_or_none()
            if row is None:
                return False
            connection.execute(sa.update(source).where(source.c.id == row.id).values(**values))
            mine = resource.c.source_id == row.id
            asked = mine if pauses else sa.and_(mine, _still_asked(row.declared, now))
            connection.execute(sa.update(resource).where(asked).values(due_at=due_at))
            for host_id in connection.execute(sa.select(resource.c.host_id).where(mine).distinct()).scalars().all():
                touch_host(connection, host_id)
            verb = "pause" if pauses else "resume"
            before = {"state": "paused" if row.paused_at else "active", "attention": row.attention}
            detail = {"before": before, "after": {"state": "paused" if pauses else "active"}}
            acts.record(connection, by=by, verb=verb, target=f"source {key}", now=now, note=note, detail=detail)
            return True

    def poll_now(self, source_key: str, now: datetime) -> int:
        """Make a source's feed, or its listings, due at once; returns how many. Pace and pause of the host hold."""
        with self.database.write() as connection:
            rows = connection.execute(
                sa.select(resource.c.id, resource.c.host_id)
                .join(source, source.c.id == resource.c.source_id)
                .where(source.c.key == source_key, source.c.retired_at.is_(None), resource.c.role.in_(LEADING))
            ).all()
            connection.execute(
                sa.update(resource).where(resource.c.id.in_([row.id for row in rows])).values(due_at=now)
            )
            for row in rows:
                touch_host(connection, row.host_id)
            return len(rows)


def _pause_hosts(connection: Connection, whose: sa.ColumnElement[bool], until: datetime) -> None:
    """A longer pause stays."""
    sooner = sa.or_(host.c.paused_until.is_(None), host.c.paused_until < until)
    connection.execute(sa.update(host).where(whose, sooner).values(paused_until=until))


def _add_snapshots(connection: Connection, new: Sequence[tuple[Polled, Fetched]]) -> list[NewSnapshot]:
    """Keep these bodies; those of them that may be ingested at once, oldest first."""
    if not new:
        return []
    connection.execute(_CHANGED, [{"b_resource": item.resource, "b_at": item.at} for item, _ in new])
    connection.execute(
        _ADD_SNAPSHOT,
        [
            {
                "resource_id": item.resource,
                "fetched_at": fetched.at,
                "url": fetched.url,
                "content_type": fetched.content_type,
                "status": fetched.status,
                "ready_at": fetched.ready_at,
                "headers": dict(fetched.headers),
                "body": fetched.packed or zlib.compress(fetched.body, 1),
            }
            for item, fetched in new
        ],
    )
    ready = [item.resource for item, fetched in new if fetched.ready_at is None]
    made = connection.execute(_MADE, {"ids": ready}) if ready else ()
    return [NewSnapshot(row.id, row.key) for row in made]


def _still_asked(declared: dict[str, Any], now: datetime) -> sa.ColumnElement[bool]:
    """Resources of a source whose time is not over: what is polled, and pages that are neither gone nor given up and
    were not read yet, or first so lately that they are still followed."""
    follow = timedelta(seconds=max(declared.get("follow", FOLLOW), default=0))
    lately = sa.or_(resource.c.read_at.is_(None), resource.c.read_at > now - follow - FOLLOWED_ON)
    there = resource.c.state != ResourceState.GONE.value
    return sa.or_(resource.c.role.in_(LEADING), sa.and_(there, resource.c.failures < PAGE_TRIES, lately))


def touch_host(connection: Connection, host_id: int) -> None:
    """Bring a host's earliest due time up to date."""
    touch_hosts(connection, (host_id,))


def touch_hosts(connection: Connection, ids: Iterable[int]) -> None:
    """Bring the earliest due times of these hosts up to date."""
    if rows := [{"b_host": one} for one in ids]:
        connection.execute(_TOUCH, rows)


def new_host(url: str, pace: float) -> dict[str, Any]:
    """The row of the host asked for ``url``."""
    name = host_of(url) or ""
    return {"name": name, "domain": registrable_domain(name.rsplit(":", 1)[0]), "pace": pace}


def ensure_host(database: Database, connection: Connection, url: str, *, pace: float) -> int:
    """The id of the host asked for ``url``, made when it is new; the slowest wish of its sources is its pace."""
    row = new_host(url, pace)
    connection.execute(database.insert_ignore(host), row)
    found: int = connection.execute(sa.select(host.c.id).where(host.c.name == row["name"])).scalar_one()
    return found
