"""Which articles another catalogue makes due for another decision: what ``plan`` counts is what ``apply`` queues."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from worker.model.catalog import Catalogue, Channel, Destination, Grant, Source
from worker.store.declared import channel, source
from worker.store.pack import to_plain
from worker.store.people_reviews import held_pairs
from worker.store.schema import article, entry, placement


@dataclass(frozen=True, slots=True)
class Reach:
    """``everything``: a change whose reach is not known. Else the articles with a copy from one of ``sources``, those
    in one of ``channels`` (keys), and what is ``held``."""

    everything: bool = False
    held: bool = False
    sources: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or self.held or bool(self.sources or self.channels)


def reach_of(old: Catalogue, retired: Mapping[str, Collection[str]], new: Catalogue) -> Reach:
    """What going from ``old`` to ``new`` reaches; ``retired`` are the keys of each table that left the file before.

    Changed publishers and subscribers concern everything; one that was never there before concerns nothing yet. Grants
    concern what their publishers' sources carry, the deadline of holds and all that holds by rule what is held; a list
    that rejects, what is in its channels. A source or destination that comes back takes up what it missed. Channels
    and all the rest reach only what comes from now on.
    """
    everything = any(_moved(table, old, retired, new) for table in ("publishers", "subscribers"))
    rejecting = [guard for guard in _moved("guards", old, {}, new) if guard.action == "reject"]
    if everything or not all(guard.channels for guard in rejecting):
        return Reach(everything=True)
    publishers = {grant.publisher for grant in _moved("grants", old, {}, new)}
    granted = {one.key for one in (*old.sources, *new.sources) if one.publisher in publishers}
    back = {one.key for one in _returned("sources", retired, new)}
    channels = {key for one in _returned("destinations", retired, new) for key in one.channels}
    channels.update(key for guard in rejecting for key in guard.channels)
    held = old.review != new.review or _ruling(old) != _ruling(new)
    return Reach(held=held, sources=frozenset(granted | back), channels=frozenset(channels))


def _ruling(catalogue: Catalogue) -> tuple[object, ...]:
    """All that holds by rule. An entry that asks for nothing is no difference."""
    asking: tuple[Source | Channel, ...] = (*catalogue.sources, *catalogue.channels)
    approvals = [(one.key, one.approval) for one in asking if one.approval != "auto"]
    columns = {one.key: dict(one.columns) for one in catalogue.destinations if one.columns}
    return catalogue.guards, catalogue.periods, approvals, columns


def _moved(table: str, old: Catalogue, retired: Mapping[str, Collection[str]], new: Catalogue) -> list[Any]:
    """The entries that changed, left, came back or were renamed, as they were and as they are; those that are new
    altogether only where ``retired`` says nothing of their table."""
    before = {one.key: one for one in getattr(old, table)}
    after = {one.key: one for one in getattr(new, table)}
    known = {*before, *retired[table]} if table in retired else None
    moved = [one for key, one in before.items() if key not in after or not _same(one, after[key])]
    moved += [
        one
        for key, one in after.items()
        if (key in before and not _same(before[key], one))
        or (key not in before and (known is None or key in known or (table, key) in new.renames))
    ]
    return moved


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Grant):
        one = replace(one, version=other.version)
    return bool(to_plain(one) == to_plain(other))


def _returned(table: str, retired: Mapping[str, Collection[str]], new: Catalogue) -> Iterator[Any]:
    return (one for one in getattr(new, table) if one.key in retired.get(table, ()))


def gone_after(old: Catalogue, gone: Iterable[Grant], new: Catalogue) -> tuple[Grant, ...]:
    """The grants that will have left the file once ``new`` is in force."""
    kept = {one.key for one in new.grants} | {was for (table, _), was in new.renames.items() if table == "grants"}
    return tuple(one for one in (*gone, *old.grants) if one.key not in kept)


def since_after(
    old: Catalogue, since: Mapping[str, datetime], known: Collection[str], new: Catalogue, now: datetime
) -> dict[str, datetime]:
    """When the destinations of ``new`` begin; ``known`` are the keys that ever were in the file."""
    before = {one.key: one for one in old.destinations}
    found: dict[str, datetime] = {}
    for one in new.destinations:
        key = one.key if one.key in known else new.renames.get(("destinations", one.key), one.key)
        begins = now if key not in known or goes_live(before.get(key), one) else since.get(key)
        if begins is not None:
            found[one.key] = begins
    return found


def goes_live(before: Destination | None, after: Destination) -> bool:
    """Whether a destination that rehearsed is to be sent to from now on."""
    return before is not None and before.mode == "rehearse" and after.mode == "live"


def articles(reach: Reach) -> list[sa.Select[tuple[int]]]:
    """The ids of the articles within ``reach``, each query with a WHERE: live ones that were ever routed into a
    channel."""
    routed = sa.and_(article.c.state == "live", article.c.version > 0)
    placed = sa.select(placement.c.article_id).join(article, article.c.id == placement.c.article_id).where(routed)
    if reach.everything:
        return [placed.distinct()]
    found = []
    if reach.held:
        pairs = held_pairs()
        found.append(placed.where(placement.c.article_id.in_(sa.select(pairs.c.article_id))).distinct())
    if reach.sources:
        carried = (
            sa.select(entry.c.article_id)
            .join(source, source.c.id == entry.c.source_id)
            .where(source.c.key.in_(sorted(reach.sources)))
        )
        found.append(placed.where(placement.c.article_id.in_(carried)).distinct())
    if reach.channels:
        keys = sa.select(channel.c.id).where(channel.c.key.in_(sorted(reach.channels)))
        found.append(placed.where(placement.c.channel_id.in_(keys)).distinct())
    return found
