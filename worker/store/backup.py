"""Backup: everything the database holds, as one file that either store can be restored from.

A zip with one JSON Lines part per table (a row is an array; bytes are base64, times UTC) and ``manifest.json``, which
names schema, columns, rows and SHA-256 of each part. The archive's comment seals the file: the SHA-256 of all bytes
before it, so that one changed byte anywhere is found. It is read in one transaction with one view of the data, while
everything runs on. Secrets are not in it, because the database holds only their references.
"""

from __future__ import annotations

import json
import os
import zipfile
from binascii import b2a_base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.errors import Refused, StoreError
from worker.store.columns import UtcDateTime
from worker.store.engine import Database
from worker.store.migrate import HEAD, require
from worker.store.schema import SCHEMA

FORMAT = 1
MANIFEST = "manifest.json"
SEAL = b"newsroad sha-256 "
SEAL_SIZE = len(SEAL) + 64
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
AT_ONCE = 1000
BODIES_AT_ONCE = 8  # rows that may hold ten megabytes each
# Both as SQLite stores them: times in UTC without a zone, JSON as text. ``\\:`` is a colon that is no parameter.
POSTGRESQL_FORMS = {"time": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24\\:MI\\:SS.US')", "json": "{}\\:\\:text"}

Say = Callable[[str, int], None]
"""Told a table's name and how many of its rows are through."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table. ``columns`` are (name, kind); a kind is ``plain``, ``json`` (as text), ``bytes`` or ``time``."""

    table: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. Parts stand in the order in which they must be restored."""

    product: str
    schema: str
    created: datetime
    parts: tuple[Part, ...]
    format: int = FORMAT

    def rows(self, table: str) -> int:
        return next((part.rows for part in self.parts if part.table == table), 0)


def back_up(database: Database, path: Path, *, now: datetime, product: str, say: Say) -> Manifest:
    """Write a backup of ``database`` to ``path``; ``product`` is the version that writes it.

    Raises Refused when ``path`` exists or cannot be written, StoreError when the schema is not this release's.
    """
    require(database)
    if path.exists():
        raise Refused(f"{path} is there already; name another file, or move that one away first")
    draft = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            manifest = _write(database, file, now, product, say)
            _seal(file)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _write(database: Database, file: BinaryIO, now: datetime, product: str, say: Say) -> Manifest:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with one_view(database) as connection:
            parts = tuple(_write_table(archive, connection, table, say) for table in SCHEMA.sorted_tables)
        manifest = Manifest(product, HEAD, now, parts)
        archive.writestr(MANIFEST, json.dumps({**asdict(manifest), "created": now.isoformat()}, indent=1))
        archive.comment = SEAL + b"0" * 64
    return manifest


@contextmanager
def one_view(database: Database) -> Iterator[Connection]:
    """A connection that sees the data as of one moment, however long it reads, and keeps no writer waiting."""
    if database.sqlite:  # in WAL mode a reader keeps the state it first read
        with database.read() as connection:
            yield connection
        return
    try:
        connection = database.engines()[1].connect()
    except sa.exc.OperationalError as error:
        raise StoreError(f"the database does not answer: {error.orig}; check NEWSROAD_DATABASE_URL") from error
    with connection:
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: sa.Table, say: Say) -> Part:
    columns = tuple((column.name, _kind(column)) for column in table.columns)
    packed = [at for at, (_, kind) in enumerate(columns) if kind == "bytes"]
    digest, count = sha256(), 0
    say(table.name, 0)
    size = BODIES_AT_ONCE if table.name in ("media", "snapshot") else AT_ONCE
    rows = connection.execution_options(stream_results=True, max_row_buffer=size).execute(_raw(connection, table))
    archive.compression = zipfile.ZIP_STORED if _holds_documents(table) else zipfile.ZIP_DEFLATED
    with archive.open(part_name(table.name), "w", force_zip64=True) as part:
        for some in rows.partitions(size):
            lines = "".join([_line(row, packed) for row in some]).encode()
            digest.update(lines)
            part.write(lines)
            count += len(some)
            say(table.name, count)
    return Part(table.name, columns, count, digest.hexdigest())


def _holds_documents(table: sa.Table) -> bool:
    """Documents are packed already: packing them again would double the time and save a fifth."""
    return any(isinstance(column.type, sa.LargeBinary) and column.type.length is None for column in table.columns)


def part_name(table: str) -> str:
    """Where a table's rows are inside the archive."""
    return f"tables/{table}.jsonl"


def _kind(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.LargeBinary):
        return "bytes"
    if isinstance(column.type, UtcDateTime):
        return "time"
    return "json" if isinstance(column.type, sa.JSON) else "plain"


def _raw(connection: Connection, table: sa.Table) -> sa.TextClause:
    """Rows as they are stored, without making Python values of them: that is most of the time a backup takes."""
    quote = connection.dialect.identifier_preparer.quote
    forms = {} if connection.dialect.name == "sqlite" else POSTGRESQL_FORMS
    columns = (forms.get(_kind(column), "{}").format(quote(column.name)) for column in table.columns)
    keys = (quote(column.name) for column in table.primary_key)
    return sa.text(f"SELECT {', '.join(columns)} FROM {quote(table.name)} ORDER BY {', '.join(keys)}")  # noqa: S608


def _line(row: Sequence[Any], packed: Sequence[int]) -> str:
    values = list(row)
    for at in packed:
        if values[at] is not None:
            values[at] = b2a_base64(values[at], newline=False).decode("ascii")
    return _encode(values) + "\n"


def _seal(file: BinaryIO) -> None:
    """Put the hash of everything before it in the place that the archive's comment keeps for it."""
    file.seek(-64, os.SEEK_END)
    size = file.tell() - len(SEAL)
    digest = hash_of(file, size)
    file.seek(-64, os.SEEK_END)
    file.write(digest.encode("ascii"))


def hash_of(file: BinaryIO, size: int) -> str:
    """SHA-256 of the first ``size`` bytes, in hexadecimal."""
    file.seek(0)
    digest = sha256()
    while size and (some := file.read(min(size, 1 << 20))):
        digest.update(some)
        size -= len(some)
    return digest.hexdigest()
