"""Upkeep: what need not be kept any longer goes, in small batches. What is kept, and how long, is DESIGN §3.15."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from worker.ports import Clock

SNAPSHOTS_KEPT = timedelta(days=7)
QUARANTINED_KEPT = timedelta(days=30)
ANSWERS_KEPT = timedelta(days=180)


class Pruner(Protocol):
    def prune_snapshots(self, *, done_before: datetime, quarantined_before: datetime, limit: int) -> int: ...

    def prune_answers(self, before: datetime, limit: int) -> int: ...

    def prune_media(self, limit: int) -> int: ...


def prune(store: Pruner, clock: Clock, *, batch: int = 500) -> str:
    """Drop one batch of each kind; one line on what went."""
    now = clock()
    snapshots = store.prune_snapshots(
        done_before=now - SNAPSHOTS_KEPT, quarantined_before=now - QUARANTINED_KEPT, limit=batch
    )
    answers = store.prune_answers(now - ANSWERS_KEPT, batch)
    media = store.prune_media(batch)
    return f"{snapshots} snapshots, {answers} answers and {media} copies of pictures dropped"
