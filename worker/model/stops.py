"""Stops: what a person keeps from going out, and which deliveries that concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a stop is of. ``ALL`` has no key, the others that of the catalogue."""

    ALL = "all"
    SOURCE = "source"
    CHANNEL = "channel"
    DESTINATION = "destination"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop, by a named person, for a reason; in force from ``at`` until it is lifted or ``until`` has come.
    Retractions pass every stop."""

    id: int
    scope: Scope
    key: str
    at: datetime
    until: datetime | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """What the stops in force keep, as the store asks for it: everything, or what goes to ``destinations`` or comes
    of ``sources``. At the destinations in ``channels`` only what is in one of the channels named there still goes."""

    everything: bool = False
    destinations: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    channels: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.everything or bool(self.destinations or self.sources or self.channels)


def keys_of(stops: Iterable[Stop], scope: Scope) -> frozenset[str]:
    """What those of ``stops`` that are of ``scope`` are of."""
    return frozenset(one.key for one in stops if one.scope is scope)


def roughly(stops: Sequence[Stop]) -> Stopped:
    """What ``stops`` keep, as far as it can be told without the catalogue: nothing of channels."""
    everything = any(one.scope is Scope.ALL for one in stops)
    return Stopped(everything, keys_of(stops, Scope.DESTINATION), keys_of(stops, Scope.SOURCE))


@dataclass(frozen=True, slots=True)
class Behind:
    """What waits behind stops that are to be lifted, as it would be let go: how many deliveries go, by destination,
    how many are dropped, and how many stay because another stop keeps them too."""

    going: Mapping[str, int]
    dropped: int = 0
    staying: int = 0

    @property
    def go(self) -> int:
        return sum(self.going.values())


@dataclass(frozen=True, slots=True)
class Letting:
    """How what waited is let go: all of it, none (``drop``), or, given ``oldest``, without first publications of
    articles that came before it."""

    drop: bool = False
    oldest: datetime | None = None
