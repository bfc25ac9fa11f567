"""Shelving: what waited for a local destination to open, or for a stop to be lifted, is settled anew and shown.

The transaction is that of every settling, under the same lock: shelves, and what is pulled from them, grow in order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from worker.model.dispatch import Gate
from worker.model.ingest import Pair, Story
from worker.pipeline.settle import Settlement, settle_or_hold, write
from worker.pipeline.stopping import gate
from worker.pipeline.view import View
from worker.ports import Clock, Works

CHUNK = 50
DETAIL = "decided again before it was shown"


class LocalDeliveries(Protocol):
    def local_due(self, now: datetime, gate: Gate) -> bool: ...


def shelve_due(store: LocalDeliveries, works: Works, view: Callable[[], View], clock: Clock, seen: Gate) -> int:
    """Show what is due at local destinations, up to ``CHUNK`` deliveries; returns how many there were. ``seen`` is what
    might go when whoever sends last looked; what does is told by ``view`` and stops as they are then."""
    now = clock()
    if not store.local_due(now, seen):
        return 0
    standing = view()
    with works.open() as work:
        let = gate(work.stops(now), standing, now)
        waiting: dict[int, set[str]] = {}
        for article, key in work.due_local(now, let, CHUNK):
            waiting.setdefault(article, set()).add(key)
        settlements = [end_waiting(story, waiting[story.article], standing, now) for story in work.stories(waiting)]
        work.cancel_waiting(
            [
                (article, key)
                for settlement, (article, keys) in zip(settlements, sorted(waiting.items()), strict=True)
                for key in keys.difference(order.destination for order in settlement.orders)
            ],
            DETAIL,
            now,
        )
        write(work, settlements, now)
    return sum(map(len, waiting.values()))


def end_waiting(story: Story, keys: Collection[str], view: View, now: datetime) -> Settlement:
    """``story`` settled as if nothing waited at ``keys``: what comes of it takes the place of the rows that do."""
    pairs = {key: _without_waiting(story.pairs[key]) for key in keys}
    settlement = settle_or_hold(replace(story, pairs={**story.pairs, **pairs}), view, now)
    orders = (replace(order, waited=order.destination in keys) for order in settlement.orders)
    return replace(settlement, orders=tuple(orders))


def _without_waiting(pair: Pair) -> Pair:
    gone = replace(pair, pending_action=None, pending_version=0, pending_use=None)
    return replace(gone, sequence=pair.sequence - 1, let_go=True)
