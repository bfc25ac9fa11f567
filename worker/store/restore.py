"""Restore: a backup checked, and put into an empty database of either kind.

Everything is loaded in one transaction with every hash and count looked at again, so a damaged file leaves nothing
behind. Rows are read as the manifest describes them, not as today's tables are, so a backup of an earlier schema is
loaded into that schema and then brought to this release's.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from binascii import a2b_base64
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.engine import Connection

from worker.errors import Refused, StoreError
from worker.model.delivery import DeliveryState, Result
from worker.store import acts
from worker.store.backup import FORMAT, MANIFEST, SEAL, SEAL_SIZE, Manifest, Part, Say, hash_of, part_name
from worker.store.declared import destination
from worker.store.engine import Database
from worker.store.migrate import current, migrate
from worker.store.orders import has_successor
from worker.store.schema import SCHEMA, change, delivery, heartbeat, host, snapshot

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""What partners count by goes on from the seconds since then: more than were ever given out, whichever backups were
restored before this one, since nothing is counted as fast as that."""
AHEAD = 100_000  # so far from where the backup stands, where the clock is so wrong that this is more
CHANGES = 100  # to one sequence, since an article is but a part of them
NOBODY = 0  # an id that no row has

_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, ValueError, TypeError, KeyError, EOFError, NotImplementedError),
    *(RuntimeError, OverflowError),
)

REFERENCES: Mapping[str, Mapping[str, str]] = {
    "resource": {"source_id": "source", "host_id": "host"},
    "snapshot": {"resource_id": "resource"},
    "article": {"lead_id": "entry", "merged_into": "article"},
    "entry": {"source_id": "source", "article_id": "article"},
    "alias": {"source_id": "source", "entry_id": "entry"},
    "revision": {"entry_id": "entry"},
    "article_key": {"article_id": "article"},
    "version": {"article_id": "article", "entry_id": "entry"},
    "placement": {"article_id": "article", "channel_id": "channel"},
    "decision": {"article_id": "article", "destination_id": "destination"},
    "delivery": {"article_id": "article", "destination_id": "destination"},
    "receipt": {"delivery_id": "delivery"},
    "shelf": {"article_id": "article", "destination_id": "destination"},
    "change": {"article_id": "article", "destination_id": "destination"},
    "media_use": {"article_id": "article"},
    "tombstone": {"article_id": "article"},
    "tombstone_key": {"tombstone_id": "tombstone"},
    "recheck": {"article_id": "article"},
    "near_text": {"entry_id": "entry", "article_id": "article"},
    "near_key": {"entry_id": "entry"},
    "nearness": {"entry_id": "entry", "of_entry": "entry", "of_article": "article"},
}
"""Table → column → whose id stands there. Not every one of them is a foreign key: those cost writes."""


@dataclass(slots=True)
class _Ids:
    """Ids that are there, and ids that are spoken of, while the parts of a backup go by."""

    there: dict[str, set[int]] = field(default_factory=dict)
    named: dict[tuple[str, str], set[int]] = field(default_factory=dict)

    def note(self, part: Part, rows: Sequence[Sequence[Any]]) -> None:
        places = {name: at for at, (name, _) in enumerate(part.columns)}
        if "id" in places:
            at = places["id"]
            self.there.setdefault(part.table, set()).update([row[at] for row in rows])
        for column in REFERENCES.get(part.table, {}):
            at = places[column]
            self.named.setdefault((part.table, column), set()).update([row[at] for row in rows])

    def findings(self) -> Iterator[str]:
        for (table, column), ids in self.named.items():
            target = REFERENCES[table][column]
            missing = ids - self.there.get(target, set()) - {None, NOBODY}
            if missing:
                yield f"{table}.{column} speaks of {len(missing)} rows that {target} does not hold, as {min(missing)}"


def read_manifest(path: Path) -> Manifest:
    """What the backup says of itself. Raises Refused when there is no such file, StoreError when it is no backup."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = TypeAdapter(Manifest).validate_json(archive.read(MANIFEST))
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from error
    except (*_UNREADABLE, ValidationError) as error:
        raise StoreError(f"{path} is no backup of Newsroad, or a damaged one: {error}") from error
    if manifest.format != FORMAT:
        raise StoreError(f"{path} has backup format {manifest.format}, this release reads {FORMAT}; use a newer one")
    strange = sorted({part.table for part in manifest.parts} - set(SCHEMA.tables))
    if strange:
        raise StoreError(f"{path} holds tables that this release does not know, as {strange[0]!r}; use a newer one")
    return manifest


def verify(path: Path, say: Say) -> Manifest:
    """Check seal, hash and count of every part, and every reference between rows. Changes nothing.

    Raises StoreError with all findings, and what ``read_manifest`` raises.
    """
    findings = [] if _is_sealed(path) else ["the file was changed after it was written"]
    manifest = read_manifest(path)
    ids = _Ids()
    with zipfile.ZipFile(path) as archive:
        for part in manifest.parts:
            try:
                for rows in _read(archive, part, say):
                    ids.note(part, rows)
            except _UNREADABLE as error:
                findings.append(f"{part.table}: {error}")
    if not findings:  # rows that could not be read would be missed everywhere
        findings.extend(ids.findings())
    if findings:
        raise StoreError(f"{path} is damaged: " + "; ".join(findings) + ". Take another backup")
    return manifest


def require_empty(database: Database, manifest: Manifest) -> None:
    """Raise Refused unless ``database`` is one that ``manifest``'s rows can go into, saying what to do."""
    found = current(database)
    if found is None:
        return
    with database.read() as connection:
        for table in SCHEMA.sorted_tables:
            if table is heartbeat:
                continue
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
                raise Refused(
                    f"the database holds {table.name} rows already, and a restore never mixes two newsrooms. Nothing "
                    "was changed. Stop Newsroad, then set NEWSROAD_HOME to a new folder, or NEWSROAD_DATABASE_URL to "
                    "an empty database, and restore there"
                )
    if found != manifest.schema:
        raise Refused(
            f"the database has schema {found} and the backup {manifest.schema}; "
            "restore into a database that has no tables yet, it is brought to this release's schema afterwards"
        )


def restore(database: Database, path: Path, say: Say, *, now: datetime, by: str = "newsroad") -> Manifest:
    """Load the backup at ``path`` into the empty ``database`` and bring that to this release's schema.

    Leases are given back: what was being sent counts as *unknown* and is looked for before it is sent again. Numbers
    that partners count by go on far above it: they have seen more than the backup knows of. ``now`` is aware UTC.
    Audited. Raises Refused when the database is not empty, StoreError when the file is damaged or of a later release.
    """
    if not _is_sealed(path):
        verify(path, say)
    manifest = read_manifest(path)
    require_empty(database, manifest)
    migrate(database, manifest.schema)
    pulled = any(part.table == change.name for part in manifest.parts)  # the first schema has none
    try:
        with database.write() as connection, zipfile.ZipFile(path) as archive:
            if not database.sqlite:
                connection.execute(sa.text("SET LOCAL TimeZone = 'UTC'"))
            connection.execute(sa.delete(heartbeat))
            for part in manifest.parts:
                _load(database, connection, archive, part, say)
            _give_back(connection)
            _go_ahead(connection, now)
            if pulled:
                _pass_over(connection, now)
            if not database.sqlite:
                _set_sequences(connection, {part.table for part in manifest.parts})
            floor = _further(acts.floor(connection), now)
            detail = {"after": {"backup": manifest.created.isoformat(), "sequence": floor}}
            acts.record(connection, by=by, verb=acts.RESTORE, target="database", now=now, detail=detail)
    except _UNREADABLE as error:
        raise StoreError(f"{path} is damaged: {error}. Nothing was restored") from error
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        raise StoreError(f"the database refused a row of {path}: {error}. Nothing was restored") from error
    migrate(database)
    if not pulled:
        with database.write() as connection:
            _pass_over(connection, now)
            if not database.sqlite:
                _set_sequences(connection, {change.name})
    return manifest


def _is_sealed(path: Path) -> bool:
    """Whether every byte is as it was written. Raises Refused when there is no such file."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size - SEAL_SIZE
            return size > 0 and SEAL + hash_of(file, size).encode("ascii") == file.read(SEAL_SIZE)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from error


def _read(archive: zipfile.ZipFile, part: Part, say: Say) -> Iterator[list[list[Any]]]:
    """The rows of a part as JSON has them, some at a time; ValueError when hash, count or shape is not as promised."""
    digest, count, width = sha256(), 0, len(part.columns)
    say(part.table, 0)
    with archive.open(part_name(part.table)) as lines:
        while some := lines.readlines(1 << 20):
            for line in some:
                digest.update(line)
            rows = json.loads(b"[" + b",".join(some) + b"]")
            if any(len(row) != width for row in rows):
                raise ValueError(f"rows have not the {width} columns that the manifest names")
            count += len(rows)
            yield rows
            say(part.table, count)
    if (count, digest.hexdigest()) != (part.rows, part.sha256):
        raise ValueError(f"{count} rows do not have the promised count ({part.rows}) or hash")


def _load(database: Database, connection: Connection, archive: zipfile.ZipFile, part: Part, say: Say) -> None:
    packed = [at for at, (_, kind) in enumerate(part.columns) if kind == "bytes"]
    put = _into_sqlite(connection, part) if database.sqlite else _into_postgresql(connection, part)
    for rows in _read(archive, part, say):
        for row in rows:
            for at in packed:
                if row[at] is not None:
                    row[at] = a2b_base64(row[at])
        put(rows)


def _names(connection: Connection, part: Part) -> tuple[str, str]:
    quote = connection.dialect.identifier_preparer.quote
    return quote(part.table), ", ".join(quote(name) for name, _ in part.columns)


def _into_sqlite(connection: Connection, part: Part) -> Callable[[list[list[Any]]], object]:
    table, columns = _names(connection, part)
    insert = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(part.columns))})"  # noqa: S608
    return lambda rows: connection.exec_driver_sql(insert, [tuple(row) for row in rows]) if rows else None


def _into_postgresql(connection: Connection, part: Part) -> Callable[[list[list[Any]]], object]:
    """COPY in the open transaction: several times as fast as INSERT. Its session reads times as UTC."""
    table, columns = _names(connection, part)
    driver: Any = connection.connection.driver_connection

    def put(rows: list[list[Any]]) -> None:
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    return put


def _give_back(connection: Connection) -> None:
    """Nobody works on anything: what was in flight when the backup was made has an unknown end."""
    free = {"lease": None, "lease_until": None}
    for table in (host, snapshot, destination):
        connection.execute(sa.update(table).where(table.c.lease.is_not(None)).values(**free))
    connection.execute(
        sa.update(delivery)
        .where(delivery.c.state == DeliveryState.SENDING.value)
        .values(state=DeliveryState.DUE.value, result=Result.UNKNOWN.value)
    )
    connection.execute(sa.update(delivery).where(delivery.c.lease.is_not(None)).values(lease=None))


def _second(now: datetime) -> int:
    return int((now - BEGINNING).total_seconds())


def _further(number: int, now: datetime) -> int:
    """What comes in the place of ``number``."""
    second = _second(now)
    return second if number < second else number + AHEAD


def _go_ahead(connection: Connection, now: datetime) -> None:
    """Partners and readers have seen what came after the backup. Counted on from where the backup stands, a takedown
    would have a sequence that they take for old, and another page the ETag of one that they hold. Of what the backup
    knows nothing to be sent, ``acts.floor`` says where it begins."""
    for column, last in ((destination.c.generation, sa.true()), (delivery.c.sequence, ~has_successor())):
        second = _second(now)
        further = sa.case((column < second, second), else_=column + AHEAD)
        connection.execute(sa.update(column.table).where(last).values({column.name: further}))


def _pass_over(connection: Connection, now: datetime) -> None:
    """Whoever pulls has asked past numbers that came after the backup: a change of nobody's takes the last that can
    have been given, so that the next has the one after it, and ``since`` is not beyond the newest."""
    last = connection.execute(sa.select(sa.func.max(change.c.id))).scalar() or 0
    connection.execute(sa.delete(change).where(change.c.destination_id == NOBODY))
    row = {"id": CHANGES * _further(last // CHANGES + 1, now), "destination_id": NOBODY, "article_id": NOBODY}
    connection.execute(sa.insert(change).values(**row, delivery="", at=now, document=b""))


def _set_sequences(connection: Connection, names: Collection[str]) -> None:
    """Ids that the database gives in these tables go on after the highest restored one."""
    for table in SCHEMA.sorted_tables:
        column = table.autoincrement_column
        if column is None or table.name not in names:
            continue
        highest = connection.execute(sa.select(sa.func.max(column))).scalar_one()
        if highest is not None:
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(sa.select(sa.func.setval(sequence, highest)))
