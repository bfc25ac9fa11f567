"""What the stops in force keep back, and what each destination's schedule allows just now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from worker import openings
from worker.model.catalog import Destination
from worker.model.dispatch import Gate, Terms
from worker.model.stops import Scope, Stop, Stopped, keys_of, roughly
from worker.pipeline.release import carried
from worker.pipeline.view import View


def in_force(stops: Iterable[Stop], now: datetime) -> tuple[Stop, ...]:
    """Those that have begun and not run out."""
    return tuple(one for one in stops if one.at <= now and (one.until is None or now < one.until))


def keeps(stops: Sequence[Stop], destination: Destination, source: str, channels: Sequence[str], view: View) -> bool:
    """Whether any of ``stops`` keeps a text of ``source``, in ``channels`` (all of the article's), from
    ``destination``: a channel's stop does when every way that it takes there leads through a stopped channel."""
    shut = keys_of(stops, Scope.CHANNEL)
    for one in stops:
        if one.scope is Scope.ALL or (one.scope is Scope.DESTINATION and one.key == destination.key):
            return True
        if one.scope is Scope.SOURCE and one.key == source:
            return True
    ways = carried(channels, destination, view) if shut else []
    return bool(ways) and all(shut.intersection(key for key, _ in way.steps) for way in ways)


def concerning(stops: Iterable[Stop], destination: Destination, view: View) -> tuple[Stop, ...]:
    """Those of ``stops`` that keep, or may keep, anything from ``destination``."""
    ways = carried(tuple(view.paths), destination, view)
    channels = {key for way in ways for key, _ in way.steps}
    return tuple(
        one
        for one in stops
        if one.scope in (Scope.ALL, Scope.SOURCE)
        or (one.scope is Scope.DESTINATION and one.key == destination.key)
        or (one.scope is Scope.CHANNEL and one.key in channels)
    )


def gate(stops: Sequence[Stop], view: View, now: datetime) -> Gate:
    """What may be claimed at ``now``; ``stops`` are those in force."""
    return Gate(
        stopped(stops, view), terms(view, now), frozenset(key for key in view.destinations if view.is_local(key))
    )


def terms(view: View, now: datetime) -> dict[str, Terms]:
    """What the schedules allow at ``now``, of destinations that have any."""
    return {
        key: openings.terms(view.destinations[key].schedule, table, now)
        for key, table in view.timetables.items()
        if key in view.destinations
    }


def stopped(stops: Sequence[Stop], view: View) -> Stopped:
    """The stops in force as the store asks for them."""
    found, channels = roughly(stops), keys_of(stops, Scope.CHANNEL)
    shut, through = found.destinations, {}
    for destination in view.destinations.values() if channels else ():
        ways = carried(tuple(view.paths), destination, view)
        still = frozenset(way.key for way in ways if not channels.intersection(key for key, _ in way.steps))
        if not still:
            shut |= {destination.key}
        elif len(still) < len(ways):
            through[destination.key] = still
    return replace(found, destinations=shut, channels=through)
