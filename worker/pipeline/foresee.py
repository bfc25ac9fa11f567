"""Foresee: what putting another catalogue in force would publish, update and retract. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from worker.model.delivery import Action, DeliveryState
from worker.model.ingest import Story
from worker.pipeline.settle import settle
from worker.pipeline.view import View

MOST = 2_000
CHUNK = 100

_PLACES = {Action.PUBLISH: 0, Action.UPDATE: 1, Action.RETRACT: 2}


class RoutedStories(Protocol):
    def newest_routed(self, limit: int) -> list[int]: ...

    def stories(self, ids: Sequence[int]) -> list[Story]: ...


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Deliveries by destination: (to publish, to update, to retract). ``articles`` were looked at; not ``complete``:
    there are older ones, about which nothing is said."""

    counts: dict[str, tuple[int, int, int]]
    articles: int
    complete: bool

    def touched(self) -> dict[str, tuple[int, int, int]]:
        """Without the destinations where nothing happens."""
        return {key: row for key, row in self.counts.items() if any(row)}


def foresee(store: RoutedStories, view: View, now: datetime) -> Foreseen:
    """Settle the newest ``MOST`` routed articles under ``view``, made from the catalogue to come, and count."""
    found = {key: [0, 0, 0] for key in view.destinations}
    ids = store.newest_routed(MOST + 1)
    looked_at = ids[:MOST]
    for at in range(0, len(looked_at), CHUNK):
        for story in store.stories(looked_at[at : at + CHUNK]):
            for order in settle(story, view, now).orders:
                if order.state is not DeliveryState.WITHHELD:
                    found[order.destination][_PLACES[order.action]] += 1
    counts = {key: (row[0], row[1], row[2]) for key, row in found.items()}
    return Foreseen(counts, len(looked_at), complete=len(ids) <= MOST)
