"""Which entries are new, which are known, and which articles the new ones join. Pure.

Within its source an entry is known by any of its aliases, the best one first. Across sources the same normalised text
joins, and so does the same canonical link when it is on the joining publisher's own domain; a link claimed by a
stranger never becomes a global key and so joins nothing. A copy that joined and then became another text is estranged:
it gives the article neither keys nor, ever, its text. Where letters do not tell (``doubted``), ``recognise`` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from worker.model.ingest import Fate, Identified, Known, KnownEntry, Prepared


def identify(prepared: Sequence[Prepared], known: Known) -> list[Identified]:
    """One verdict for each prepared entry, in order."""
    verdicts: list[Identified] = []
    aliases: set[tuple[int, bytes]] = set()
    keys: dict[bytes, int] = {}
    for position, item in enumerate(prepared):
        verdict = _identify(item, known, aliases, keys)
        verdicts.append(verdict)
        aliases.update(_own_keys(item))
        if verdict.fate in (Fate.NEW, Fate.JOINED):
            for key in _global_keys(item):
                keys.setdefault(key, position)
    return verdicts


def new_names(identified: Sequence[Identified], known: Known) -> list[tuple[int, bytes, int]]:
    """(source, key, entry) of the names that unchanged entries have and were not known by: a feed that changed its ids
    and later its links as well is still known."""
    return [
        (*name, item.known.id)
        for item in identified
        if item.fate is Fate.SAME and item.known is not None
        for name in _own_keys(item.prepared)
        if name not in known.entries
    ]


def _identify(item: Prepared, known: Known, aliases: set[tuple[int, bytes]], keys: dict[bytes, int]) -> Identified:
    own = _own_keys(item)
    entry = next((known.entries[key] for key in own if key in known.entries), None)
    if entry is not None:
        fate = _change(item, entry)
        strange, doubted = _is_estranged(item, entry, known), fate is Fate.REVISED and _is_doubted(item, entry, known)
        return Identified(item, fate, known=entry, article=entry.article, estranged=strange, doubted=doubted)
    if own and own[0] in aliases:
        return Identified(item, Fate.SAME)
    if known.blocked and (blocking := _blocking(item, known)):
        buried = next((known.buried[key] for key in blocking if key in known.buried), None)
        doubted = all(key in known.buried for key in blocking)
        return Identified(item, Fate.BLOCKED, article=buried, doubted=doubted)
    for key, by in ((item.text, "text"), (item.core, "text"), (item.link, "link")):
        if key is None:
            continue
        if key in known.articles:
            home = known.articles[key]
            return Identified(item, Fate.JOINED, article=home, by=by, doubted=by == "text" and home in known.changed)
        if key in keys:
            return Identified(item, Fate.JOINED, joins=keys[key], by=by)
    return Identified(item, Fate.NEW)


def _blocking(item: Prepared, known: Known) -> list[bytes]:
    keys = (*item.aliases, *_global_keys(item))
    return [key for key in keys for scope in (0, item.origin.source_id) if (scope, key) in known.blocked]


def _change(item: Prepared, entry: KnownEntry) -> Fate:
    if entry.removed:
        return Fate.BLOCKED  # withdrawn: only a person brings it back
    same = item.content == entry.content and item.terms == entry.terms
    return Fate.SAME if same else Fate.REVISED


def _is_estranged(item: Prepared, entry: KnownEntry, known: Known) -> bool:
    if entry.leads or item.content == entry.content:
        return entry.estranged
    return all(known.articles.get(key) != entry.article for key in _global_keys(item))


def _is_doubted(item: Prepared, entry: KnownEntry, known: Known) -> bool:
    """Whether its text is no longer letter for letter one of its article's, of which it is a copy."""
    if entry.leads or item.content == entry.content:
        return False
    return all(known.articles.get(key) != entry.article for key in (item.text, item.core) if key is not None)


def _own_keys(item: Prepared) -> list[tuple[int, bytes]]:
    return [(item.origin.source_id, key) for key in item.aliases]


def _global_keys(item: Prepared) -> tuple[bytes, ...]:
    return tuple(key for key in (item.text, item.core, item.link) if key is not None)
