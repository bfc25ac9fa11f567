"""Filing: texts that wait are put into the index by which later ones are recognised, when nothing else waits.

Of a source's first contact only what goes out is recognised at once. The rest of it, and all that was there before the
index was, is read here, before the transaction, and filed by chunks under the ingest lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from worker.identity.filing import refiled, sites_of
from worker.model.filing import Refiled, Unfiled
from worker.ports import Clock, Learnt

CHUNK = 50
ROUNDS = 4  # chunks of one task
QUIET = timedelta(minutes=10)
"""So long nothing is filed after it came: a first contact of many sources is over by then."""


class Filing(Protocol):
    def read(self, limit: int, before: datetime) -> Sequence[Unfiled]:
        """Up to ``limit`` entries that wait and came before that moment, the earliest first."""
        ...

    def furniture(self, hosts: set[str]) -> Learnt: ...

    def file(self, made: Sequence[Refiled], now: datetime) -> int:
        """File those that still wait as they were read; how many did."""
        ...


def file_waiting(filing: Filing, window: timedelta, clock: Clock) -> int:
    """File up to 200 of what waits, as far as it came a while ago; how many were filed."""
    filed = 0
    for _, made in zip(range(ROUNDS), chunks(filing, window, clock, clock() - QUIET), strict=False):
        filed += made
    return filed


def chunks(filing: Filing, window: timedelta, clock: Clock, before: datetime) -> Iterator[int]:
    """File what came before that moment; yields how many each chunk was, until nothing waits."""
    while unfiled := filing.read(CHUNK, before):
        now = clock()
        made = refiled(unfiled, filing.furniture(sites_of(unfiled)), now, window)
        yield filing.file(made, now)


def rebuild(
    filing: Filing, window: timedelta, clock: Clock, beat: Callable[[datetime], None], told: Callable[[int], None]
) -> int:
    """File everything that waits; ``told`` hears how many so far. ``beat`` keeps others from doing the same work."""
    filed = 0
    beat(clock())
    for made in chunks(filing, window, clock, clock()):
        filed += made
        beat(clock())
        told(filed)
    return filed
