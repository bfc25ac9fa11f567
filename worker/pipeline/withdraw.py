"""Withdraw: a takedown or a deletion walks the same road with ``retract``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from worker.model.catalog import Use
from worker.model.delivery import Action, Decision, DeliveryState, MergedInto, Reason
from worker.model.dispatch import Shelved
from worker.model.ingest import Order, Ruling, Story
from worker.pipeline.desk import Desk
from worker.pipeline.release import story_withdrawal
from worker.pipeline.rings import ring
from worker.pipeline.settle import Settlement, write
from worker.pipeline.view import View


@dataclass(frozen=True, slots=True)
class Takedown:
    """What a takedown set going: the destinations that must lose the article, local ones already have."""

    article: UUID
    destinations: tuple[str, ...]


def withdrawal(
    story: Story, view: View, now: datetime, *, reason: str, merged_into: MergedInto | None = None
) -> Settlement:
    """What takes ``story`` back wherever it is, or may be. Pauses and breakers do not hold retractions up. Pure."""
    rulings: list[Ruling] = []
    orders: list[Order] = []
    shelved: list[Shelved] = []
    number = story.current.number if story.current else 0
    decision = Decision(Use.REJECT, (Reason.WITHDRAWN if merged_into is None else Reason.MERGED,))
    for key, pair in story.pairs.items():
        rulings.append(Ruling(story.article, key, number, decision, cancels=pair.pending and not pair.is_there))
        if not pair.is_there or pair.is_leaving:
            continue
        state = DeliveryState.DUE
        if view.is_local(key):
            subject = story_withdrawal(story, pair, view, now, reason=reason, merged_into=merged_into)
            shelved.append(Shelved(story.article, key, pair.sequence + 1, now, subject))
            state = DeliveryState.ACCEPTED
        orders.append(
            Order(story.article, key, pair.sequence + 1, Action.RETRACT, number, Use.REJECT, now, state=state)
        )
    return Settlement(rulings=tuple(rulings), orders=tuple(orders), shelved=tuple(shelved))


def take_down(
    desk: Desk,
    articles: Sequence[UUID],
    *,
    reason: str,
    by: str,
    note: str | None = None,
) -> list[Takedown]:
    """Withdraw ``articles`` for good: tombstones, retractions to every place they reached, an audited row each.

    Raises NotFound for an unknown id, before anything is written.
    """
    now = desk.clock()
    done: list[Takedown] = []
    settlements: list[Settlement] = []
    with desk.works.open() as work:
        ids: Mapping[int, UUID] = {work.article(uuid): uuid for uuid in articles}
        for story in work.stories(ids):
            settlement = withdrawal(story, desk.view, now, reason=reason)
            work.bury(story.article, reason=reason, by=by, note=note, now=now)
            write(work, [settlement], now)
            keys = tuple(order.destination for order in settlement.orders)
            out = {key: pair.out.value for key, pair in story.pairs.items() if pair.out is not None}
            detail = {
                "reason": reason,
                "before": {"state": "live", "out": out},
                "after": {"state": "withdrawn", "retracts": sorted(keys)},
            }
            work.note(by=by, verb="takedown", target=str(story.uuid), note=note, now=now, detail=detail)
            done.append(Takedown(story.uuid, keys))
            settlements.append(settlement)
    ring(settlements, desk.view, desk.hints)
    return done
