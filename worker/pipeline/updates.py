"""What becomes of an update at a destination that takes none, or takes it from a person only. Pure.

Rights stand before convenience: where less may be shown than is out there and nothing may be sent to say so, the
article is taken back. A retraction that was decided always goes.
"""

from __future__ import annotations

from dataclasses import replace

from worker.model.catalog import Destination
from worker.model.delivery import Action, DeliveryState
from worker.model.ingest import Order, Pair

SEND = "send"
NOTIFY = "notify"


def as_taken(order: Order | None, pair: Pair, destination: Destination) -> Order | None:
    """``order`` as ``destination`` takes changes of what it has; None when nothing is to be written down.

    An update becomes a delivery in state WITHHELD, once for each version and use. One that would show less becomes a
    retraction, after which the article stays away until more may be shown than then.
    """
    if order is None or destination.updates == SEND or order.action is Action.RETRACT:
        return order
    if pair.out is None:
        stays_away = pair.narrowed is not None and not pair.narrowed.shows_less_than(order.use)
        return None if stays_away else replace(order, action=Action.PUBLISH)
    narrower = pair.narrowed_by(order.use)
    if pair.is_leaving:  # it may be on its way: what follows it is news again
        return None if narrower else replace(order, action=Action.PUBLISH)
    if narrower or _loses_pictures(order, pair):
        return replace(order, action=Action.RETRACT)
    if (pair.withheld_version, pair.withheld_use) == (order.version, order.use):
        return None
    return replace(order, state=DeliveryState.WITHHELD, detail=withheld_words(destination))


def withheld_words(destination: Destination) -> str:
    """Why nothing was sent, for whoever reads the delivery."""
    if destination.updates == NOTIFY:
        return 'updates = "notify": nothing was sent; tell the partner what changed'
    return 'updates = "never": nothing was sent'


def is_withheld(action: Action, destination: Destination, *, there: bool) -> bool:
    """Whether a delivery that was written down before must not go as things stand; ``there``: the partner has it."""
    return action is Action.UPDATE and there and destination.updates != SEND


def _loses_pictures(order: Order, pair: Pair) -> bool:
    """The text stays as it is and may stay, so what the update would take back is its pictures."""
    return not pair.pending and (order.version, order.use) == (pair.out_version, pair.out)
