"""Whom to ring once what was settled is committed. A ring only saves waiting for the next tick: none is needed where
nothing waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from worker.model.delivery import DeliveryState
from worker.pipeline.settle import Settlement
from worker.pipeline.view import View
from worker.ports import Hints


@dataclass(slots=True)
class Rings:
    """Remote destinations by key, in order; stages."""

    destinations: dict[str, None] = field(default_factory=dict)
    poll: bool = False
    recheck: bool = False

    def hear(self, settlements: Iterable[Settlement], view: View) -> None:
        """Ring for deliveries that wait to be sent, and for pictures that wait to be copied."""
        for one in settlements:
            waiting = (order.destination for order in one.orders if order.state is DeliveryState.DUE)
            self.destinations.update((key, None) for key in waiting if not view.is_local(key))
            self.poll = self.poll or (one.media is not None and bool(one.media.wanted))

    def add(self, other: Rings) -> None:
        self.destinations.update(other.destinations)
        self.poll, self.recheck = self.poll or other.poll, self.recheck or other.recheck

    def ring(self, hints: Hints) -> None:
        for destination in self.destinations:
            hints.deliver(destination)
        if self.poll:
            hints.poll()
        if self.recheck:
            hints.recheck()


def ring(settlements: Iterable[Settlement], view: View, hints: Hints) -> None:
    """Ring for what these wrote down."""
    rings = Rings()
    rings.hear(settlements, view)
    rings.ring(hints)
