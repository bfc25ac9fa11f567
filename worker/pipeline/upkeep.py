"""Upkeep: what need not be kept any longer goes, in small batches. What is kept, and how long: docs/production.md."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from worker.ports import Clock

SNAPSHOTS_KEPT = timedelta(days=7)
QUARANTINED_KEPT = timedelta(days=30)
PAGES_KEPT = timedelta(days=30)  # after the last reading
ANSWERS_KEPT = timedelta(days=180)


NEAR_ROUNDS = 20  # of 500 texts each: more than comes between two calls, so that it catches up


class NearPruner(Protocol):
    def prune(self, before: datetime, rounds: int) -> int: ...


class Pruner(Protocol):
    def prune_snapshots(self, *, done_before: datetime, quarantined_before: datetime, limit: int) -> int: ...

    def prune_pages(self, read_before: datetime, limit: int) -> int: ...

    def prune_answers(self, before: datetime, limit: int) -> int: ...

    def prune_media(self, limit: int) -> int: ...


def prune(store: Pruner, filing: NearPruner, window: timedelta, clock: Clock, *, batch: int = 500) -> str:
    """Drop one batch of each kind; one line on what went. Texts are recognised for ``window`` after they came."""
    now = clock()
    snapshots = store.prune_snapshots(
        done_before=now - SNAPSHOTS_KEPT, quarantined_before=now - QUARANTINED_KEPT, limit=batch
    )
    answers = store.prune_answers(now - ANSWERS_KEPT, batch)
    media = store.prune_media(batch)
    pages = store.prune_pages(now - PAGES_KEPT, batch)
    texts = filing.prune(now - window, NEAR_ROUNDS)
    return (
        f"{snapshots} snapshots, {answers} answers, {media} copies of pictures, {pages} followed pages and "
        f"{texts} texts in the index dropped"
    )
