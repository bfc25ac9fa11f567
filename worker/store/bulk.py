"""Statements that ingest repeats with a hundred rows or keys for every snapshot, handed to the driver as they are.

SQLAlchemy looks at every parameter of every row on its way; for the tables of ingest that cost more than what the
database did with them, a sixteenth of a first contact in all. Names, quoting and the form of times are still its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from worker.store.columns import UtcDateTime

Rows = Sequence[tuple[Any, ...]]
_Converter = Callable[[Any], Any]


class _Bulk:
    """``columns`` say what stands where in a row."""

    def __init__(self, table: sa.Table, *columns: str) -> None:
        self.table, self.columns = table, columns
        self._times = [at for at, name in enumerate(columns) if isinstance(table.c[name].type, UtcDateTime)]
        self._ready: dict[str, tuple[str, _Converter]] = {}

    def run(self, connection: Connection, rows: Rows) -> int:
        """Run for each of ``rows``; nothing for none. How many rows of the table it met."""
        if not rows:
            return 0
        dialect = connection.dialect
        if dialect.name not in self._ready:
            self._ready[dialect.name] = (self._write(dialect), _time_converter(dialect))
        sql, convert = self._ready[dialect.name]
        for at in self._times:
            moments = {moment: convert(moment) for moment in {row[at] for row in rows}}
            rows = [(*row[:at], moments[row[at]], *row[at + 1 :]) for row in rows]
        return connection.exec_driver_sql(sql, rows[0] if len(rows) == 1 else list(rows)).rowcount

    def _write(self, dialect: Dialect) -> str:
        raise NotImplementedError

    def _names(self, dialect: Dialect) -> tuple[str, list[str], str]:
        """The table's name, the columns' names, and the driver's sign for a parameter."""
        preparer = dialect.identifier_preparer
        sign = "?" if dialect.paramstyle == "qmark" else "%s"
        return preparer.format_table(self.table), [preparer.quote(name) for name in self.columns], sign


class Insert(_Bulk):
    """INSERT; with ``or_ignore`` rows whose key is taken stay as they are, with ``or_replace`` they become what is
    given: the first column is the key then."""

    def __init__(self, table: sa.Table, *columns: str, or_ignore: bool = False, or_replace: bool = False) -> None:
        super().__init__(table, *columns)
        self.or_ignore, self.or_replace = or_ignore, or_replace

    def _write(self, dialect: Dialect) -> str:
        table, names, sign = self._names(dialect)
        parts = ["INSERT INTO", table, _listed(names), "VALUES", _listed([sign] * len(names))]
        if self.or_ignore:
            parts.append("ON CONFLICT DO NOTHING")
        if self.or_replace:
            changed = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
            parts.append(f"ON CONFLICT ({names[0]}) DO UPDATE SET {changed}")
        return " ".join(parts)


class Update(_Bulk):
    """UPDATE of the row whose last column, its key, is as given; with ``keys`` 2 its last two."""

    def __init__(self, table: sa.Table, *columns: str, keys: int = 1) -> None:
        super().__init__(table, *columns)
        self.keys = keys

    def _write(self, dialect: Dialect) -> str:
        table, names, sign = self._names(dialect)
        parts = [f"{name} = {sign}" for name in names]
        changed, keys = ", ".join(parts[: -self.keys]), " AND ".join(parts[-self.keys :])
        return " ".join(("UPDATE", table, "SET", changed, "WHERE", keys))


class Lookup:
    """A SELECT among hundreds of keys: its ``among`` parameters take lists, the others plain values. Rows come as the
    driver has them: a time would be no time yet, and SQLite's booleans are numbers."""

    def __init__(self, query: sa.Select[Any] | sa.CompoundSelect[Any]) -> None:
        self.query = query
        self._ready: dict[str, _Compiled] = {}

    def run(self, connection: Connection, **values: Any) -> sa.CursorResult[Any]:
        dialect = connection.dialect
        if dialect.name not in self._ready:
            self._ready[dialect.name] = _Compiled(self.query, dialect)
        sql, parameters = self._ready[dialect.name].fill(values)
        return connection.exec_driver_sql(sql, parameters)


class _Compiled:
    """A query as this dialect writes it. SQLite takes a list as one parameter a member, PostgreSQL as one array,
    which leaves the statement the same for any number of them."""

    def __init__(self, query: sa.Select[Any] | sa.CompoundSelect[Any], dialect: Dialect) -> None:
        self.arrays = dialect.name == "postgresql"
        kind: Any = type(dialect)
        compiled = query.compile(dialect=kind(paramstyle="format" if self.arrays else "qmark"))
        self.sql, self.names, self.fixed = str(compiled), tuple(compiled.positiontup or ()), compiled.params
        self.lists = {name for name in self.names if _gap(name) in self.sql}
        if self.arrays:
            for name in self.lists:
                self.sql = self.sql.replace(f"IN {_gap(name)}", "= ANY (%s)")

    def fill(self, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        given = {**self.fixed, **values}
        if self.arrays:
            return self.sql, tuple(given[name] for name in self.names)
        sql, parameters = self.sql, list[Any]()
        for name in self.names:
            if name in self.lists:
                sql = sql.replace(_gap(name), _listed(["?"] * len(given[name])))
                parameters += given[name]
            else:
                parameters.append(given[name])
        return sql, tuple(parameters)


def _gap(name: str) -> str:
    """What SQLAlchemy leaves in a compiled statement where a list's members go."""
    return f"(__[POSTCOMPILE_{name}])"


def _listed(words: Sequence[str]) -> str:
    return f"({', '.join(words)})"


def _time_converter(dialect: Dialect) -> _Converter:
    """What ``UtcDateTime`` does to a value on its way into this database."""
    return UtcDateTime().dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)
