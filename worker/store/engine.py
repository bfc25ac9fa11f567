"""Connections. SQLite: WAL, every write transaction ``BEGIN IMMEDIATE`` (plain BEGIN fails under four writers),
reads on an engine of their own. PostgreSQL: one engine for both. Nothing is connected before it is used, and a pool
never crosses a fork."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError

from worker.errors import SettingsError, StoreError, TooSlow

INGEST_LOCK = 0x6E657773  # one advisory lock for identify → decide, so that two copies arriving together become one
MIGRATE_LOCK = 0x6E65776D  # two processes that find the same database empty, or of an older schema


# Pages of the write-ahead log after which it is written back. Keys and public ids fall anywhere in their indexes: four
# times SQLite's own number, and a page that several commits changed is written once. 16 MB.
CHECKPOINT = 4000


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    pragmas = (
        *("journal_mode=WAL", f"wal_autocheckpoint={CHECKPOINT}", "synchronous=NORMAL"),
        *("foreign_keys=ON", "busy_timeout=30000", "cache_size=-8000"),
    )
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def make_engine(url: str, *, write: bool) -> Engine:
    """An engine for ``url`` (``sqlite:///…`` or ``postgresql+psycopg://…``). Raises SettingsError for others."""
    if not url.startswith("sqlite"):
        try:
            return sa.create_engine(url, pool_size=2, max_overflow=4, pool_pre_ping=True)
        except (sa.exc.ArgumentError, ValueError):  # whose words would repeat the password
            form = "postgresql://user:password@host/name, with / @ : in the password as %2F %40 %3A"
            raise SettingsError(f"NEWSROAD_DATABASE_URL is no address; write {form}") from None
    engine = sa.create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    begin = "BEGIN IMMEDIATE" if write else "BEGIN"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def among(column: sa.Column[Any], name: str) -> sa.ColumnElement[bool]:
    """``column IN :name`` for a statement that is built once, at import: what a stage repeats for every snapshot costs
    three times as much when it is put together anew each time. The parameter takes a list."""
    return column.in_(sa.bindparam(name, type_=column.type, expanding=True))


_SQLITE_OWN = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR),
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL),
}
# Connection lost, rolled back for another's sake, somebody's shutdown, an error of the system.
_POSTGRESQL_OWN = ("08", "40", "57", "58")
_GAVE_UP = "57014"  # a statement took too long, or somebody cancelled it
# The disk is full, the connections are; a lock was not had; it only reads, as after a change of servers.
_POSTGRESQL_STATES = {"53100", "53300", "55P03", "25006"}


def _is_its_own(error: DBAPIError) -> bool:
    """Whether the database failed for a reason that no statement can give it: whatever was to be written is not to
    blame, and may be written later. Everything else is the fault of what was written, and is counted against it."""
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE_OWN
    state = getattr(error.orig, "sqlstate", None) or ""
    return state[:2] in _POSTGRESQL_OWN or state in _POSTGRESQL_STATES


def _wait_for(connection: Connection, lock: int) -> None:
    """Take an advisory lock. Who waits too long for it is kept by others: that is no fault of what is to be written."""
    try:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _GAVE_UP:
            raise StoreError(f"the database is busy with other writing: {error.orig}; try again") from error
        raise


class Database:
    """Opens transactions. Safe to make before a fork: each process builds its own engines on first use."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        self._pid = 0
        self._making = threading.Lock()
        self._engines: tuple[Engine, Engine] | None = None
        self._ignoring: dict[sa.Table, Any] = {}

    def engines(self) -> tuple[Engine, Engine]:
        """The (write, read) engines of this process. Raises StoreError when the SQLite folder cannot be made."""
        if self._engines is not None and self._pid == os.getpid():
            return self._engines
        with self._making:  # the web face's threads may ask together; a second pair would never be closed
            return self._made_engines()

    def _made_engines(self) -> tuple[Engine, Engine]:
        if self._engines is None or self._pid != os.getpid():
            if self._engines is not None:
                for engine in set(self._engines):
                    engine.dispose(close=False)
            if self.sqlite:
                folder = Path(self.url.removeprefix("sqlite:///")).parent
                try:
                    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                except OSError as error:
                    raise StoreError(f"{folder}: {error.strerror}; choose another NEWSROAD_HOME") from error
            write = make_engine(self.url, write=True)
            self._engines = (write, make_engine(self.url, write=False) if self.sqlite else write)
            self._pid = os.getpid()
        return self._engines

    @contextmanager
    def write(self, *, lock: int | None = None) -> Iterator[Connection]:
        """A write transaction, committed on leaving. ``lock`` is taken for its length on PostgreSQL (SQLite is serial
        anyway). Raises StoreError where the database cannot go on for a reason of its own."""
        with self._begin(0) as connection:
            if lock is not None and not self.sqlite:
                _wait_for(connection, lock)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: one consistent view."""
        with self._begin(1) as connection:
            yield connection

    @contextmanager
    def _begin(self, which: int) -> Iterator[Connection]:
        try:
            connection = self.engines()[which].connect()
        except OperationalError as error:
            raise StoreError(f"the database does not answer: {error.orig}; check NEWSROAD_DATABASE_URL") from error
        try:
            with connection, connection.begin():
                yield connection
        except DBAPIError as error:
            if not _is_its_own(error):
                raise
            if getattr(error.orig, "sqlstate", None) == _GAVE_UP:
                raise TooSlow(str(error.orig)) from error
            raise StoreError(f"the database cannot go on: {error.orig}; look at its disk and its log") from error

    def insert_ignore(self, table: sa.Table) -> Any:
        """An INSERT that leaves rows with a taken key as they are."""
        if table not in self._ignoring:
            self._ignoring[table] = self.upsert(table).on_conflict_do_nothing()
        return self._ignoring[table]

    def upsert(self, table: sa.Table) -> Any:
        """The dialect's INSERT, for ``on_conflict_do_update``/``on_conflict_do_nothing``."""
        from sqlalchemy.dialects import postgresql, sqlite

        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)

    def skip_locked(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """``FOR UPDATE SKIP LOCKED`` where the store knows it; SQLite's writers are one at a time."""
        return query if self.sqlite else query.with_for_update(skip_locked=True)

    def close(self) -> None:
        if self._engines is not None and self._pid == os.getpid():
            for engine in set(self._engines):
                engine.dispose()
        self._engines = None


def sqlite_path(url: str) -> Path | None:
    """The file behind a SQLite address, None for other stores."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def sqlite_version() -> str:
    return sqlite3.sqlite_version
