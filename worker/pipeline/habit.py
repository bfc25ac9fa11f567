"""When a source usually brings something, learned from when it did. Pure.

A source that sleeps at night and on days off is not silent then: both its habit and its silence are counted only over
the hours in which it has been heard before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil
from zoneinfo import ZoneInfo

from worker.model.alerts import Habit

Workday = Callable[[date], bool]

KEPT = timedelta(days=14)  # of what it brought, before the newest
TOGETHER = timedelta(minutes=5)  # entries this close came with one poll
LEAST_SPAN = timedelta(days=1)
LEAST_GAPS = 5
LEAST_GAP = 3600.0  # a source that brings something every minute may still rest for a while
USUAL = 0.9
_HOUR = timedelta(hours=1)


def learn(moments: Sequence[datetime], zone: ZoneInfo, workday: Workday) -> Habit | None:
    """The habit behind these moments (aware UTC, any order) at which a source brought something; None when they are
    too few, or all of one day. Hours and days are those of ``zone``."""
    arrivals = _arrivals(moments)
    if len(arrivals) <= LEAST_GAPS or arrivals[-1] - arrivals[0] < LEAST_SPAN:
        return None
    awake = frozenset(_slot(moment, zone, workday) for moment in arrivals)
    gaps = sorted(waking(earlier, later, awake, zone, workday) for earlier, later in pairwise(arrivals))
    return Habit(max(gaps[ceil(len(gaps) * USUAL) - 1], LEAST_GAP), awake)


def waking(
    begin: datetime, end: datetime, awake: frozenset[int], zone: ZoneInfo, workday: Workday, most: float = float("inf")
) -> float:
    """Seconds from ``begin`` to ``end`` that lie in waking hours; counting stops above ``most``."""
    seconds = 0.0
    for start, stop in _hours(begin, end):
        if _slot(start, zone, workday) in awake:
            seconds += (stop - start).total_seconds()
            if seconds > most:
                break
    return seconds


def _arrivals(moments: Sequence[datetime]) -> list[datetime]:
    found: list[datetime] = []
    for moment in sorted(moments):
        if not found or moment - found[-1] > TOGETHER:
            found.append(moment)
    return found


def _hours(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The span cut at full hours."""
    start = begin.astimezone(UTC)
    while start < end:
        stop = min(start.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        yield start, stop
        start = stop


def _slot(moment: datetime, zone: ZoneInfo, workday: Workday) -> int:
    local = moment.astimezone(zone)
    return local.hour + (0 if workday(local.date()) else 24)
