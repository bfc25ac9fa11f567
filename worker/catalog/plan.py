"""What ``apply`` would change: the difference between what is in force and what the file declares. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from worker.catalog.values import span_text
from worker.model.catalog import Catalogue

TABLES = (
    "publishers",
    "sources",
    "grants",
    "channels",
    "subscribers",
    "destinations",
    "calendars",
    "guards",
    "periods",
)
SINGLE = ("operator", "alerts", "review", "articles")
MOST = 20  # of a list are told to people
_NOT_DECLARED = {"key", "version"}
_TELLING = ("url", "name", "title", "kind", "publisher")
_SPANS = {"every", "hint_cap", "max_age", "settle", "follow", "delay", "failing", "deadline"}


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One key of an entry. ``name`` is dotted for sub-tables and options; the values are the model's own."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one entry. ``was`` is the old key of a renamed one, which may have changed ``fields`` too.
    The ``key`` of a table that is there once is empty."""

    table: str
    key: str
    kind: ChangeKind
    fields: tuple[FieldChange, ...] = ()
    was: str | None = None

    @property
    def label(self) -> str:
        return f"{self.table}.{self.key}" if self.key else self.table


@dataclass(frozen=True, slots=True)
class Plan:
    """Every change, table by table in the order of the file; retired entries close each table."""

    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def lines(self) -> list[str]:
        """For people: one line a change, an indented one for each key that differs."""
        lines = []
        for change in self.changes:
            lines.append(f"{_MARKS[change.kind]} {change.label}{_remark(change)}")
            lines += [
                f"    {field.name}: {_text(field.name, field.before)} → {_text(field.name, field.after)}"
                for field in change.fields
                if change.kind is not ChangeKind.ADDED
            ]
        return lines

    def summary(self) -> str:
        """``2 added, 1 changed``, or that there is nothing to do."""
        counts = {kind: sum(change.kind is kind for change in self.changes) for kind in ChangeKind}
        return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "nothing to change"

    def as_json(self) -> list[dict[str, object]]:
        return [
            {
                "table": change.table,
                "key": change.key or None,
                "change": str(change.kind),
                "was": change.was,
                "fields": {
                    field.name: {"before": _plain(field.before), "after": _plain(field.after)}
                    for field in change.fields
                },
            }
            for change in self.changes
        ]


_MARKS = {ChangeKind.ADDED: "+", ChangeKind.CHANGED: "~", ChangeKind.RENAMED: ">", ChangeKind.RETIRED: "-"}


def _remark(change: Change) -> str:
    match change.kind:
        case ChangeKind.ADDED:
            named = {field.name: field.after for field in change.fields}
            return "  " + str(next((named[name] for name in _TELLING if name in named), ""))
        case ChangeKind.RENAMED:
            return f"  (was {change.was})"
        case ChangeKind.RETIRED:
            return "  (retired: nothing new; what is out stays until withdrawn)"
        case ChangeKind.CHANGED:
            return ""


def diff(old: Catalogue | None, new: Catalogue) -> Plan:
    """The changes from ``old`` (None before the first apply) to ``new``.

    Entries are compared by key. ``was`` renames when ``old`` has that key and not yet the new one; a ``was`` that is
    left standing in the file after its rename changes nothing. Order and grant versions are no difference.
    """
    singles = (change for name in SINGLE for change in _single_change(name, old, new))
    return Plan((*singles, *(change for table in TABLES for change in _table(table, old, new))))


def _single_change(name: str, old: Catalogue | None, new: Catalogue) -> Iterator[Change]:
    """A table that is there once. What is not in the file says what its default says."""
    found = _differences(getattr(old, name, None), getattr(new, name))
    if found and (old is not None or name == "operator" or getattr(new, name) != type(getattr(new, name))()):
        yield Change(name, "", ChangeKind.CHANGED if old else ChangeKind.ADDED, found)


def _table(table: str, old: Catalogue | None, new: Catalogue) -> Iterator[Change]:
    before = {entry.key: entry for entry in getattr(old, table, ())}
    after = {entry.key: entry for entry in getattr(new, table)}
    renamed = set()
    for key, entry in after.items():
        was = new.renames.get((table, key))
        if key in before:
            if found := _differences(before[key], entry):
                yield Change(table, key, ChangeKind.CHANGED, found)
        elif was is not None and was in before:
            renamed.add(was)
            yield Change(table, key, ChangeKind.RENAMED, _differences(before[was], entry), was)
        else:
            yield Change(table, key, ChangeKind.ADDED, _differences(None, entry))
    for key in before:
        if key not in after and key not in renamed:
            yield Change(table, key, ChangeKind.RETIRED)


def _differences(before: Any, after: Any) -> tuple[FieldChange, ...]:
    left, right = _flat(before), _flat(after)
    return tuple(
        FieldChange(name, left.get(name), right.get(name))
        for name in {**right, **left}
        if left.get(name) != right.get(name)
    )


def _flat(value: Any, prefix: str = "") -> dict[str, object]:
    """The declared values of an entry by dotted name; ``options`` stand beside the rest, as the file has them."""
    if is_dataclass(value):
        names = [part.name for part in fields(value) if part.name not in _NOT_DECLARED]
        parts: Mapping[str, Any] = {name: getattr(value, name) for name in names}
    else:
        parts = value or {}
    flat: dict[str, object] = {}
    for name, part in parts.items():
        if is_dataclass(part) or isinstance(part, Mapping):
            flat |= _flat(part, "" if name == "options" and not prefix else f"{prefix}{name}.")
        else:
            flat[prefix + name] = tuple(part) if isinstance(part, list) else part
    return flat


def _text(name: str, value: object) -> str:
    if value is None or value == ():
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and name.rpartition(".")[2] in _SPANS:
        return span_text(value)
    if isinstance(value, tuple):
        listed = ", ".join(_text(name, part) for part in value[:MOST])
        return listed if len(value) <= MOST else f"{listed}, … ({len(value):,} in all)"
    return str(_plain(value))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, StrEnum) else value
