"""A destination while the deliver stage holds its lease, and what is on its way there."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field, replace

from worker.model.delivery import Action, Answer
from worker.model.dispatch import Attempted, DestinationChange, DestinationClaim, DueDelivery
from worker.model.fetch import Outcome, Request

Conversation = Generator[Request, Outcome, Answer]


@dataclass(slots=True)
class Open:
    """One leased destination: what waits, what flies, how it fares."""

    claim: DestinationClaim
    waiting: deque[DueDelivery]
    concurrency: int
    kind: str
    flying: int = 0
    turn: int = 0  # of its last start: among equals, the one that waited longest is next
    closed: bool = False
    dry: bool = False
    answered: list[Attempted] = field(default_factory=list)

    def ready(self) -> bool:
        """Whether its next delivery may start."""
        return bool(self.waiting) and not self.closed and self.flying < self.concurrency

    def retracts(self) -> bool:
        """Whether its next delivery is a retraction: there may be more of them, and they come in their turn."""
        return bool(self.waiting) and self.waiting[0].action is Action.RETRACT

    def hungry(self) -> bool:
        """Whether it could send more than it holds, as far as we know."""
        return not (self.waiting or self.closed or self.dry) and self.flying < self.concurrency

    def become(self, change: DestinationChange) -> None:
        """Take on what is written down of the destination, for whoever goes on sending to it."""
        self.claim = replace(
            self.claim,
            failures=change.failures,
            probes=change.probes,
            open=change.opened_at is not None,
            probe_at=change.probe_at,
        )
        if change.opened_at is not None or change.state != "active":
            self.closed = True
            self.waiting.clear()


@dataclass(slots=True)
class Flying:
    opened: Open
    due: DueDelivery
    conversation: Conversation
