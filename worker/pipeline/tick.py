"""Tick: look what is due, knock. Latency does not wait for it; it is what makes a lost knock harmless."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from worker.pipeline.filing import QUIET
from worker.ports import Clock, Heartbeats, Hints

KNOCKS = 8  # at destinations in one tick: more would only queue up behind the children that are busy already
INGEST_KNOCKS = 2  # whoever hears one goes on to all that waits; behind it the others find nothing, at 5 ms each


class PollQueue(Protocol):
    def waiting(self, now: datetime) -> int: ...


class IngestQueue(Protocol):
    def waiting(self, now: datetime) -> list[tuple[int, str]]: ...


class FilingQueue(Protocol):
    def waits(self, before: datetime, now: datetime) -> bool: ...


class DeliverQueue(Protocol):
    def waiting(self, now: datetime) -> list[str]: ...

    def recheck_due(self, now: datetime) -> bool: ...


def knock(
    polling: PollQueue,
    snapshots: IngestQueue,
    deliveries: DeliverQueue,
    filing: FilingQueue,
    pulse: Heartbeats,
    hints: Hints,
    clock: Clock,
) -> str:
    """Knock at every stage with due work; one line on what there was. Running it twice does no harm."""
    now = clock()
    pulse.beat("tick", now)
    hosts = polling.waiting(now)
    if hosts:
        hints.poll()
    ingests = snapshots.waiting(now)
    for snapshot, source in ingests[:INGEST_KNOCKS]:
        hints.ingest(snapshot, source)
    destinations = deliveries.waiting(now)[:KNOCKS]
    for destination in destinations:
        hints.deliver(destination)
    if deliveries.recheck_due(now):
        hints.recheck()
    if not ingests and filing.waits(now - QUIET, now):  # what nobody waits for comes last
        hints.reindex()
    return f"{hosts} hosts, {len(ingests)} snapshots, {len(destinations)} destinations due"
