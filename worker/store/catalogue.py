"""What newsroad.toml declared, as rows. Only ``apply`` writes them; state columns survive it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.identity.urls import host_of
from worker.model import catalog
from worker.model.feed import Role
from worker.store import acts, polling, reach, rehearsals, retiming
from worker.store.declared import (
    calendar,
    channel,
    destination,
    guard,
    installation,
    period,
    publisher,
    rights_grant,
    source,
    subscriber,
)
from worker.store.engine import INGEST_LOCK, Database
from worker.store.pack import from_plain, to_plain
from worker.store.schema import host, recheck, resource
from worker.store.stories import queue_recheck

TABLES: dict[str, tuple[sa.Table, type[Any]]] = {
    "publishers": (publisher, catalog.Publisher),
    "sources": (source, catalog.Source),
    "grants": (rights_grant, catalog.Grant),
    "channels": (channel, catalog.Channel),
    "subscribers": (subscriber, catalog.Subscriber),
    "destinations": (destination, catalog.Destination),
    "calendars": (calendar, catalog.Calendar),
    "guards": (guard, catalog.Guard),
    "periods": (period, catalog.Period),
}

ROLES = {catalog.SourceKind.FEED: Role.FEED, catalog.SourceKind.SITE: Role.LISTING}


@dataclass(frozen=True, slots=True)
class Ids:
    """Row ids by key, retired rows included."""

    sources: dict[str, int]
    channels: dict[str, int]
    destinations: dict[str, int]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The catalogue in force with its row ids. ``version`` grows with every change; ``retired`` destinations have left
    the file but still get their retractions, and ``gone`` grants are those under which something may be out.
    ``since`` is when destinations began, of those that not everything goes to; ``left`` the keys that left the file,
    by table; ``floor`` as in ``acts.floor``."""

    catalogue: catalog.Catalogue
    retired: tuple[catalog.Destination, ...]
    ids: Ids
    version: int
    gone: tuple[catalog.Grant, ...] = ()
    since: Mapping[str, datetime] = field(default_factory=dict)
    left: Mapping[str, frozenset[str]] = field(default_factory=dict)
    floor: int = 0


_VERSION = sa.select(installation.c.catalogue_version)
_OPERATOR = sa.select(installation.c.operator)
_RULES = sa.select(installation.c.rules)
_ASKED = sa.select(
    *(source.c.id, source.c.key, source.c.paused_at),
    *(resource.c.id.label("resource"), resource.c.url, resource.c.role, resource.c.due_at),
).outerjoin(resource, sa.and_(resource.c.source_id == source.c.id, resource.c.key.is_(None)))
_HOSTS = sa.select(host.c.id, host.c.name, host.c.pace)
_CHANGE = {name: sa.update(table).where(table.c.key == sa.bindparam("b_key")) for name, (table, _) in TABLES.items()}


class CatalogueStore:
    def __init__(self, database: Database) -> None:
        self.database = database
        self._loaded: Loaded | None = None

    def current(self) -> catalog.Catalogue | None:
        """The catalogue in force; None before the first apply."""
        loaded = self.loaded()
        return loaded.catalogue if loaded else None

    def operator(self) -> catalog.Operator | None:
        """The operator of the catalogue in force, without the thousands of sources that it may have beside."""
        with self.database.read() as connection:
            plain = connection.execute(_OPERATOR).scalar_one_or_none()
        return None if plain is None else from_plain(catalog.Operator, plain)

    def loaded(self) -> Loaded | None:
        """As ``current``, with ids; read again only when its version changed."""
        with self.database.read() as connection:
            return self.loaded_in(connection)

    def loaded_in(self, connection: Connection) -> Loaded | None:
        """As ``loaded``, within the transaction of ``connection``."""
        version = connection.execute(_VERSION).scalar_one_or_none()
        if version is None:
            return None
        if self._loaded is None or self._loaded.version != version:
            self._loaded = self._load(connection, version)
        return self._loaded

    def _load(self, connection: Connection, version: int) -> Loaded:
        operator = connection.execute(_OPERATOR).scalar_one()
        parts: dict[str, Any] = {}
        for name, (table, kind) in TABLES.items():
            query = sa.select(table.c.declared).where(table.c.retired_at.is_(None)).order_by(table.c.position)
            parts[name] = tuple(from_plain(kind, plain) for plain in connection.execute(query).scalars())
        ids = Ids(_ids(connection, source), _ids(connection, channel), _ids(connection, destination))
        rules = connection.execute(_RULES).scalar_one() or {}
        made = catalog.Catalogue(
            operator=from_plain(catalog.Operator, operator),
            alerts=from_plain(catalog.Alerts, rules.get("alerts", {})),
            review=from_plain(catalog.ReviewRules, rules.get("review", {})),
            articles=from_plain(catalog.ArticleRules, rules.get("articles", {})),
            **parts,
        )
        begun = sa.select(destination.c.key, destination.c.since).where(destination.c.since.is_not(None))
        return Loaded(
            made,
            tuple(_retired(connection, "destinations")),
            ids,
            version,
            gone=tuple(_retired(connection, "grants")),
            since={row.key: row.since for row in connection.execute(begun)},
            left={name: frozenset(_left(connection, table)) for name, (table, _) in TABLES.items()},
            floor=acts.floor(connection),
        )

    def reached(self, found: reach.Reach, limit: int) -> list[int]:
        """The ids of the articles within, newest first."""
        if not found:
            return []
        every = sa.union(*reach.articles(found)).subquery()
        query = sa.select(every.c.article_id).order_by(every.c.article_id.desc()).limit(limit)
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def apply(self, new: catalog.Catalogue, now: datetime) -> None:
        """Make the database say what ``new`` says: rows added, changed, renamed; what left the file is retired.

        The articles that this reaches (``reach.reach_of``) go on the recheck list. A destination that is new, or was
        rehearsing until now, begins now. Settling stands still meanwhile: both change what waits.
        """
        with self.database.write(lock=INGEST_LOCK) as connection:
            before = self.loaded_in(connection)
            self._rename(connection, new)
            for name in TABLES:
                self._apply_table(connection, name, getattr(new, name), now)
            self._apply_resources(connection, new.sources, now)
            self._retire_resources(connection)
            values = {
                "operator": to_plain(new.operator),
                "rules": {name: to_plain(getattr(new, name)) for name in ("alerts", "review", "articles")},
                "applied_at": now,
                "catalogue_version": (before.version if before else 0) + 1,
            }
            if before is None:
                connection.execute(sa.insert(installation).values(id=1, **values))
            else:
                connection.execute(sa.update(installation).values(**values))
            if before is not None:
                rehearsals.end(connection, before.catalogue, new, now)
                retiming.retime(connection, before.catalogue, new, now)
                for query in reach.articles(reach.reach_of(before.catalogue, before.left, new)):
                    queue_recheck(self.database, connection, query)

    def begin(
        self, key: str, since: datetime, articles: Sequence[int], now: datetime, *, by: str, note: str | None = None
    ) -> None:
        """Let a destination begin at ``since``, if that is earlier than it does, and have ``articles`` decided about
        again. Audited."""
        with self.database.write(lock=INGEST_LOCK) as connection:
            later = sa.and_(destination.c.key == key, destination.c.since > since)
            was = connection.execute(sa.select(destination.c.since).where(destination.c.key == key)).scalar_one()
            connection.execute(sa.update(destination).where(later).values(since=since))
            connection.execute(sa.update(installation).values(catalogue_version=installation.c.catalogue_version + 1))
            if articles:
                connection.execute(self.database.insert_ignore(recheck), [{"article_id": one} for one in articles])
            after = {"since": since.isoformat(), "articles": len(articles)}
            detail = {"before": {"since": was.isoformat() if was else None}, "after": after}
            acts.record(
                connection, by=by, verb="backfill", target=f"destination {key}", now=now, note=note, detail=detail
            )

    def _rename(self, connection: Connection, new: catalog.Catalogue) -> None:
        for (name, key), old in new.renames.items():
            table = TABLES[name][0]
            taken = connection.execute(sa.select(table.c.id).where(table.c.key == key)).first()
            if taken is None:
                connection.execute(sa.update(table).where(table.c.key == old).values(key=key))

    def _apply_table(self, connection: Connection, name: str, declared: Sequence[Any], now: datetime) -> None:
        """Bring one table in line."""
        table, kind = TABLES[name]
        query = sa.select(table.c.key, table.c.position, table.c.declared, table.c.retired_at)
        rows = {row.key: row for row in connection.execute(query)}
        added: list[dict[str, Any]] = []
        for position, value in enumerate(declared):
            plain = to_plain(value)
            row = rows.pop(value.key, None)
            extra: dict[str, Any] = {"kind": value.kind} if name == "destinations" else {}
            if row is None:
                begun = {"since": now, "generation": acts.floor(connection)} if name == "destinations" else {}
                added.append({"key": value.key, "position": position, "declared": plain, **extra, **begun})
                continue
            # As this release would have written it: a key that it brought is no change of the file's.
            held = from_plain(kind, row.declared)
            before = to_plain(held)
            if name == "destinations" and reach.goes_live(held, value):
                extra["since"] = now
            if name == "grants":
                plain = _grant_version(plain, before)
            same = plain == before and row.retired_at is None
            if not same or position != row.position:
                values = {"position": position, "declared": plain, "retired_at": None, **extra}
                connection.execute(_CHANGE[name].values(**values), {"b_key": value.key})
        if added:
            connection.execute(sa.insert(table), added)
        gone = [key for key, row in rows.items() if row.retired_at is None]
        if gone:
            connection.execute(sa.update(table).where(table.c.key.in_(gone)).values(retired_at=now))

    def _apply_resources(self, connection: Connection, sources: Sequence[catalog.Source], now: datetime) -> None:
        """A source's feed or listing is one resource; a new address keeps the row (and what was seen), and is asked at
        once."""
        hosts = self._apply_hosts(connection, sources)
        known = {row.key: row for row in connection.execute(_ASKED)}
        added: list[dict[str, Any]] = []
        touched: set[int] = set()
        for declared in sources:
            row = known[declared.key]
            due_at = now if row.paused_at is None else None  # a person's pause survives every apply
            fresh = _fresh(declared, hosts[host_of(declared.url) or ""], due_at)
            if row.resource is None:
                added.append({"source_id": row.id, **fresh})
            elif row.url != declared.url or row.role != fresh["role"]:
                cleared = {"etag": None, "last_modified": None, "body_hash": None, "floor_seconds": 0, "failures": 0}
                connection.execute(sa.update(resource).where(resource.c.id == row.resource).values(**fresh, **cleared))
            elif row.due_at is None and due_at is not None:
                connection.execute(sa.update(resource).where(resource.c.id == row.resource).values(due_at=due_at))
            else:
                continue
            touched.add(fresh["host_id"])
        if added:
            connection.execute(sa.insert(resource), added)
        polling.touch_hosts(connection, sorted(touched))

    def _apply_hosts(self, connection: Connection, sources: Sequence[catalog.Source]) -> dict[str, int]:
        """The ids of all hosts by name, those of ``sources`` made and paced: a host is asked at the slowest pace that
        any of its sources wishes."""
        wished: dict[str, dict[str, Any]] = {}
        for declared in sources:
            row = polling.new_host(declared.url, declared.pace)
            before = wished.setdefault(row["name"], row)
            before["pace"] = max(before["pace"], declared.pace)
        known = {row.name: row for row in connection.execute(_HOSTS)}
        if new := [row for name, row in wished.items() if name not in known]:
            connection.execute(self.database.insert_ignore(host), new)
            known = {row.name: row for row in connection.execute(_HOSTS)}
        for name, row in wished.items():
            if known[name].pace != row["pace"]:
                connection.execute(sa.update(host).where(host.c.id == known[name].id).values(pace=row["pace"]))
        return {name: row.id for name, row in known.items()}

    def _retire_resources(self, connection: Connection) -> None:
        retired = sa.select(source.c.id).where(source.c.retired_at.is_not(None))
        hosts = connection.execute(
            sa.select(resource.c.host_id).where(resource.c.source_id.in_(retired), resource.c.due_at.is_not(None))
        ).scalars()
        touched = sorted(set(hosts))
        connection.execute(sa.update(resource).where(resource.c.source_id.in_(retired)).values(due_at=None))
        polling.touch_hosts(connection, touched)


def _fresh(declared: catalog.Source, host_id: int, due_at: datetime | None) -> dict[str, Any]:
    """What the row of a source's feed or listing says before it is asked."""
    return {
        "role": ROLES[declared.kind].value,
        "url": declared.url,
        "ask_url": declared.url,
        "host_id": host_id,
        "due_at": due_at,
        "redirects": 0,
    }


def _grant_version(plain: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """A grant's version counts its changes; the file does not carry it."""
    number = before.get("version", 1)
    same = {**plain, "version": number} == before
    return {**plain, "version": number if same else number + 1}


def _retired(connection: Connection, name: str) -> Iterator[Any]:
    table, kind = TABLES[name]
    query = sa.select(table.c.declared).where(table.c.retired_at.is_not(None)).order_by(table.c.id)
    return (from_plain(kind, plain) for plain in connection.execute(query).scalars())


def _left(connection: Connection, table: sa.Table) -> Iterator[str]:
    return iter(connection.execute(sa.select(table.c.key).where(table.c.retired_at.is_not(None))).scalars())


def _ids(connection: Connection, table: sa.Table) -> dict[str, int]:
    return {row.key: row.id for row in connection.execute(sa.select(table.c.key, table.c.id))}
