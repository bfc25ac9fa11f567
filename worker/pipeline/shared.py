"""What the destinations of one run share: a text is read once, and dressed once for all that get the same of it.

A version never changes, and a run keeps to one catalogue, so neither can grow old here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from worker.model.article import Version
from worker.model.catalog import Destination
from worker.model.delivery import Decision, Release
from worker.model.dispatch import DueDelivery, Material
from worker.model.ingest import Current
from worker.pipeline.release import build_release, carried
from worker.pipeline.versions import version_of
from worker.pipeline.view import View
from worker.rights.media import choice

MOST = 256  # texts, and as many releases, that are kept for whoever comes next

Key = TypeVar("Key")
Value = TypeVar("Value")


class TextStore(Protocol):
    def currents(self, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Current]: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A version as it is stored, and as destinations see it."""

    current: Current
    version: Version


class Shared:
    """The texts and releases of one run, the last of them."""

    def __init__(self, store: TextStore, view: View) -> None:
        self.store, self.view = store, view
        self._texts: dict[tuple[int, int], Text] = {}
        self._releases: dict[tuple[object, ...], Release] = {}

    def texts(self, due: Iterable[DueDelivery]) -> dict[tuple[int, int], Text]:
        """The texts of these deliveries by (article, version); those that were never made are missing."""
        wanted = {(one.article, one.version): one.article_uuid for one in due}
        missing = [key for key in wanted if key not in self._texts]
        for key, current in (self.store.currents(missing) if missing else {}).items():
            self._texts[key] = Text(current, version_of(wanted[key], current, self.view))
        found = {key: self._texts[key] for key in wanted if key in self._texts}
        _trim(self._texts)
        return found

    def release(
        self, due: DueDelivery, version: Version, decision: Decision, destination: Destination, material: Material
    ) -> Release:
        """What ``due`` carries; the same object for every destination that gets the same."""
        first = due.first_released or due.created_at
        key = (
            *(due.article, due.version, due.sequence, due.action, first, due.created_at, decision),
            *(material.channels, tuple(carried(material.channels, destination, self.view))),
            *(choice(destination), frozenset(material.media.items()), tuple(destination.columns.items())),
        )
        if key not in self._releases:
            self._releases[key] = build_release(
                version,
                decision,
                destination,
                material.channels,
                self.view,
                sequence=due.sequence,
                action=due.action,
                first_released=first,
                released=due.created_at,
                media=material.media,
            )
            _trim(self._releases)
        return self._releases[key]


def _trim(kept: dict[Key, Value]) -> None:
    """Drop the oldest beyond ``MOST``."""
    for key in list(kept)[: max(0, len(kept) - MOST)]:
        del kept[key]
