"""What no single value shows: references, cycles, things named twice, spans that end before they begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from worker.catalog.files import Declared, Finding
from worker.catalog.lines import Place
from worker.catalog.values import as_utc, near, read_moment

Tables = Mapping[str, Mapping[str, Declared]]

_REFERENCES: dict[str, tuple[tuple[Place, str], ...]] = {
    "sources": ((("publisher",), "publishers"),),
    "grants": (
        (("publisher",), "publishers"),
        (("sources",), "sources"),
        (("channels",), "channels"),
        (("subscribers",), "subscribers"),
        (("destinations",), "destinations"),
    ),
    "channels": ((("parent",), "channels"), (("select", "sources"), "sources")),
    "destinations": (
        (("subscriber",), "subscribers"),
        (("channels",), "channels"),
        (("calendar",), "calendars"),
        (("first",), "sources"),
    ),
    "guards": ((("channels",), "channels"),),
    "periods": ((("channels",), "channels"), (("except",), "publishers")),
}


def check_references(tables: Tables) -> Iterator[Finding]:
    """Keys that name nothing in the table they point to."""
    for table, references in _REFERENCES.items():
        for entry, (loc, target) in product(tables[table].values(), references):
            for place, name in _named(entry.values, loc):
                if name not in tables[target]:
                    yield entry.finding(place, dangling(name, target, tables[target]))


def _named(values: object, loc: Place) -> Iterator[tuple[Place, str]]:
    """The keys written at ``loc``, one or a list, each with its place. What is no text is another check's finding."""
    for part in loc:
        values = values.get(part) if isinstance(values, Mapping) else None
    if isinstance(values, str) and values:
        yield loc, values
    elif isinstance(values, list):
        yield from (((*loc, position), name) for position, name in enumerate(values) if isinstance(name, str) and name)


def dangling(name: str, target: str, known: Mapping[str, Declared]) -> str:
    """Why ``name`` names nothing in the table ``target``."""
    if not known:
        return f'there is no "{name}" (the file declares no [{target}.…])'
    guess = near(name, known)
    hint = f'did you mean "{guess}"?' if guess else f"declare [{target}.{name}], or use one of: {_few(known)}"
    return f"there is no [{target}.{name}] ({hint})"


def _few(known: Mapping[str, Declared]) -> str:
    keys = list(known)
    return ", ".join(keys[:8]) + (", …" if len(keys) > 8 else "")


def check_cycles(tables: Tables) -> Iterator[Finding]:
    """Channels that are their own ancestors; each circle is reported once."""
    channels = tables["channels"]
    done: set[str] = set()
    for start in channels:
        trail: list[str] = []
        key: object = start
        while isinstance(key, str) and key in channels and key not in done:
            if key in trail:
                circle = trail[trail.index(key) :]
                way = " → ".join([*circle, key])
                yield channels[key].finding(("parent",), f"the channels run in a circle: {way} (leave one parent out)")
                break
            trail.append(key)
            key = channels[key].values.get("parent")
        done.update(trail)


def check_addresses(tables: Tables) -> Iterator[Finding]:
    """Two sources that would poll the same address. (Publishers may share a domain; the first one is credited.)"""
    first: dict[str, Declared] = {}
    for entry in tables["sources"].values():
        for place, url in _named(entry.values, ("url",)):
            owner = first.setdefault(url.partition("#")[0], entry)
            if owner is not entry:
                yield entry.finding(place, f"{url} is polled already by [sources.{owner.key}]")


_OF_PAGES = ("rules", "floor", "settle", "follow")


def check_kinds(tables: Tables) -> Iterator[Finding]:
    """Keys of a source that its kind never reads. What stands in the defaults is for those that do."""
    for entry in tables["sources"].values():
        kind, body = entry.values.get("kind"), entry.values.get("body")
        if kind == "site" and "body" in entry.own:
            yield entry.finding(("body",), "a site's articles are always read from their pages (leave it out)")
        if kind != "feed":
            continue
        if "listing" in entry.own:
            allowed = 'write kind = "site", or leave it out'
            yield entry.finding(("listing",), f"a feed has no listing: its entries are in the feed itself ({allowed})")
        for name in _OF_PAGES:
            if name in entry.own and body != "page":
                allowed = 'write body = "page", or leave it out'
                yield entry.finding((name,), f"is for articles that are read from pages ({allowed})")


def check_spans(tables: Tables, zone: str) -> Iterator[Finding]:
    """Grants that end before they begin. ``zone`` is the operator's."""
    for entry in tables["grants"].values():
        try:
            begin, end = (read_moment(entry.values.get(name)) for name in ("valid_from", "valid_until"))
        except ValueError:  # one is not there, or has a finding of its own
            continue
        if as_utc(begin, zone) >= as_utc(end, zone, end_of_day=True):
            yield entry.finding(("valid_until",), f"{end} is not after valid_from = {begin}")


def check_renames(tables: Tables) -> Iterator[Finding]:
    """``was`` must name a key that is gone, and only one entry may have been it."""
    for table, entries in tables.items():
        taken: dict[str, str] = {}
        for entry in entries.values():
            old = entry.values.get("was")
            if not isinstance(old, str):
                continue
            if old == entry.key:
                yield entry.finding(("was",), f'"{old}" is its own key (was = the key before the rename)')
            elif old in entries:
                yield entry.finding(("was",), f'[{table}.{old}] is still in the file (rename it, or leave "was" out)')
            elif old in taken:
                yield entry.finding(("was",), f'[{table}.{taken[old]}] says already that it was "{old}"')
            taken.setdefault(old, entry.key)
