"""What people may not expect of a change to the catalogue, said beside it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from worker.catalog.plan import Change, ChangeKind, Plan


class _Case(StrEnum):
    BACK = "back"
    NEW = "new"
    LIVE = "live"
    GONE = "gone"
    SELECTS = "selects"


_BEGINS = "begins now; to fill it: newsroad destination backfill {key} --since 7d --dry-run"
_WORDS: Mapping[tuple[str, _Case], str] = {
    ("destinations", _Case.BACK): "comes back; what it missed meanwhile is counted here",
    ("destinations", _Case.NEW): _BEGINS,
    ("destinations", _Case.LIVE): _BEGINS,
    ("destinations", _Case.GONE): "what waits for it is not sent; if the line is missing by mistake, write it back",
    ("sources", _Case.BACK): "comes back; what waited when it left is counted here",
    ("grants", _Case.GONE): "what is out under it stays as it is; nothing new goes out under it",
    ("channels", _Case.SELECTS): (
        "selects anew what comes or changes from now on; articles recorded before stay where they are. "
        "Try it: newsroad channel preview {key}"
    ),
}


def remarks(plan: Plan, left: Mapping[str, Collection[str]]) -> list[str]:
    """One line for each change of ``plan`` that needs a word; ``left`` are the keys, by table, that left the file
    before."""
    cases = ((change, _case(change, back=change.key in left.get(change.table, ()))) for change in plan.changes)
    return [
        f"{change.label}: {_WORDS[change.table, case].format(key=change.key)}"
        for change, case in cases
        if case is not None and (change.table, case) in _WORDS
    ]


def _case(change: Change, *, back: bool) -> _Case | None:
    if change.kind is ChangeKind.ADDED:
        return _Case.BACK if back else _Case.NEW
    if change.kind is ChangeKind.RETIRED:
        return _Case.GONE
    if any(field.name == "mode" and field.after == "live" for field in change.fields):
        return _Case.LIVE
    return _Case.SELECTS if any(field.name.startswith("select.") for field in change.fields) else None
