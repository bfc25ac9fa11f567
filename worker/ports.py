"""What pipelines and the web face ask of the outside: protocols only, each with one real implementation and a fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from worker.model.catalog import Channel, Destination, Operator
from worker.model.delivery import Release, Withdrawal
from worker.model.fetch import Lane, Outcome

Clock = Callable[[], datetime]
"""Now, as aware UTC."""


class Http(Protocol):
    """The network, as synchronous code sees it (``worker.http.client.Http``)."""

    def stream(
        self, refill: Callable[[int], Sequence[Lane]], *, slots: int, idle: float = 0.25
    ) -> Iterator[list[Outcome]]: ...


class Hints(Protocol):
    """Knocks on the next stage's door. Losing one costs time, never an article: the tick knocks again."""

    def poll(self) -> None: ...

    def ingest(self, snapshot: int, source: str) -> None: ...

    def deliver(self, destination: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One article at one local destination: shown (``release``) or retracted (``withdrawal``), never both."""

    article: UUID
    release: Release | None
    withdrawal: Withdrawal | None
    changed: datetime


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """Rows of one channel, newest first. ``generation`` grows with every change of the destination's shelf;
    ``older`` is the cursor of the next page or None."""

    rows: tuple[ShelfRow, ...]
    generation: int
    older: str | None


class Shelf(Protocol):
    """What the local destinations show. Readers see committed rows only."""

    def operator(self) -> Operator: ...

    def destinations(self) -> tuple[Destination, ...]:
        """The active local ones (kinds ``feed`` and ``portal``), in catalogue order."""
        ...

    def channels(self) -> tuple[Channel, ...]:
        """All channels in catalogue order; retired ones left out."""
        ...

    def generation(self, destination: str) -> int:
        """Cheap: for ETag and 304 before anything is rendered."""
        ...

    def page(
        self, destination: str, channel: str, *, limit: int, cursor: str | None = None, withdrawn: bool = False
    ) -> ShelfPage:
        """``withdrawn`` adds the retracted rows (feeds show their traces, pages do not)."""
        ...

    def row(self, destination: str, article: UUID) -> ShelfRow | None: ...


class Heartbeats(Protocol):
    """When each part last said it lives; and whether the database answers."""

    def beat(self, name: str, at: datetime) -> None: ...

    def last(self) -> dict[str, datetime]: ...
