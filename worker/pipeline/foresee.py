"""Foresee: what a change would publish, update and retract, counted before any of it is done. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Protocol

from worker.model.delivery import Action, DeliveryState
from worker.model.ingest import Order, Story
from worker.pipeline.settle import settle_or_hold
from worker.pipeline.view import View

CHUNK = 100
UNASKED = 20
"""So much is published and updated without anybody's word; nothing is taken back without one."""

_GOES = (DeliveryState.DUE, DeliveryState.ACCEPTED)


class Stories(Protocol):
    def stories(self, ids: Sequence[int]) -> list[Story]: ...


@dataclass(frozen=True, slots=True)
class Counts:
    """Deliveries, by what they do to an article; ``shorten``: an update to less than is out."""

    publish: int = 0
    update: int = 0
    shorten: int = 0
    retract: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, part.name) for part in fields(self))

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    @property
    def sent(self) -> int:
        """What needs ``--allow-publish`` beyond ``UNASKED``."""
        return self.publish + self.update

    @property
    def taken(self) -> int:
        """What needs ``--allow-retract``."""
        return self.shorten + self.retract


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Counts by destination. ``articles`` were looked at; not ``complete``: there are older ones, about which nothing
    is said. ``moved`` are the articles (ids) of which something goes out."""

    counts: Mapping[str, Counts]
    articles: int = 0
    complete: bool = True
    moved: tuple[int, ...] = ()

    def touched(self) -> dict[str, Counts]:
        """Without the destinations where nothing happens."""
        return {key: counts for key, counts in self.counts.items() if counts}

    def total(self) -> Counts:
        return sum(self.counts.values(), Counts())


def foresee(
    store: Stories,
    view: View,
    now: datetime,
    ids: Sequence[int],
    *,
    only: str | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Foreseen:
    """Settle the articles ``ids`` under ``view``, as it will be, and count what that orders; with ``only``, of the
    articles alone that go to that destination. ``told`` hears how many were looked at so far."""
    found = dict.fromkeys(view.destinations, Counts())
    moved: list[int] = []
    for at in range(0, len(ids), CHUNK):
        for story in store.stories(ids[at : at + CHUNK]):
            orders = settle_or_hold(story, view, now).orders
            if not orders or (only is not None and only not in {one.destination for one in orders}):
                continue
            moved.append(story.article)
            for one in orders:
                found[one.destination] += _count(one, story)
        told(min(at + CHUNK, len(ids)))
    return Foreseen(found, len(ids), moved=tuple(moved))


def _count(order: Order, story: Story) -> Counts:
    if order.state not in _GOES:
        return Counts()
    if order.action is Action.RETRACT:
        return Counts(retract=1)
    pair = story.pair(order.destination)
    if pair.narrowed_by(order.use):
        return Counts(shorten=1)
    if pair.pending and pair.pending_action is order.action:
        return Counts()  # it takes the place of one that waits: nothing more goes out
    return Counts(publish=1) if order.action is Action.PUBLISH else Counts(update=1)


def unagreed(foreseen: Foreseen, publish: int | None, retract: int | None) -> str | None:
    """The options by which somebody would agree to what is foreseen; None when ``publish`` and ``retract`` (None: not
    said) do already. At most ``UNASKED`` are sent without a word, nothing is taken back without one, and what could not
    be counted needs both."""
    total = foreseen.total()
    sent = total.sent > (UNASKED if publish is None else publish)
    taken = total.taken > (retract or 0)
    uncounted = not foreseen.complete and None in (publish, retract)
    if not (sent or taken or uncounted):
        return None
    words = []
    if sent or uncounted or publish is not None:
        words.append(f"--allow-publish {max(total.sent, publish or 0)}")
    if taken or uncounted or retract is not None:
        words.append(f"--allow-retract {max(total.taken, retract or 0)}")
    return " ".join(words)
