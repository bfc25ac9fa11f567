"""What word lists find in what is out: versions as destinations have them. Nothing is decided, nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from worker.model.ingest import Current
from worker.model.scan import Out
from worker.pipeline.release import carried
from worker.pipeline.versions import version_of
from worker.pipeline.view import View
from worker.rights.guards import Guards, Hit

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Spotted:
    """One word in one version that is out, where the list holds."""

    article: UUID
    title: str
    version: int
    hit: Hit
    destinations: tuple[str, ...]


class OutStore(Protocol):
    def out_since(self, since: datetime) -> list[Out]: ...

    def currents(self, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Current]: ...


def scan(
    store: OutStore, view: View, guards: Guards, since: datetime, told: Callable[[int, int], None] = lambda _, __: None
) -> Iterator[Spotted]:
    """What ``guards`` find in what destinations were given since ``since`` (aware UTC) and still have, newest first.

    ``told`` hears how many versions of how many were read so far.
    """
    out = store.out_since(since)
    for at in range(0, len(out), CHUNK):
        chunk = out[at : at + CHUNK]
        texts = store.currents([(one.article, one.version) for one in chunk])
        for one in chunk:
            current = texts.get((one.article, one.version))
            if current is not None:
                yield from _spotted(one, current, view, guards)
        told(min(at + CHUNK, len(out)), len(out))


def _spotted(one: Out, current: Current, view: View, guards: Guards) -> Iterator[Spotted]:
    version = version_of(one.uuid, current, view)
    for hit in guards.hits(version):
        places = tuple(key for key in one.destinations if guards.holds(hit.guard, _through(key, one.channels, view)))
        if places:
            yield Spotted(one.uuid, version.title, one.version, hit, places)


def _through(key: str, channels: Sequence[str], view: View) -> list[str]:
    """The channels, with their ancestors, by which an article is at a destination."""
    destination = view.find(key)
    paths = carried(channels, destination, view) if destination is not None else []
    return [step for path in paths for step, _ in path.steps]
