"""Recheck: rights that changed or ran out make their articles due for another settling."""

from __future__ import annotations

from worker.pipeline.settle import settle, write
from worker.pipeline.view import View
from worker.ports import Clock, Hints, Works

CHUNK = 50
ROUNDS = 20


def recheck(works: Works, view: View, hints: Hints, clock: Clock) -> int:
    """Settle every article whose decision passed its ``valid_until`` or whose grants changed, at most 1,000 a call;
    returns how many deliveries that made."""
    made = 0
    rung: dict[str, None] = {}
    asked = False
    for _ in range(ROUNDS):
        now = clock()
        with works.open() as work:
            work.queue_expired(now)
            ids = work.take_recheck(CHUNK)
            settlements = [settle(story, view, now) for story in work.stories(ids) if story.current is not None]
            write(work, settlements, now)
        orders = [order for settlement in settlements for order in settlement.orders]
        made += len(orders)
        asked = asked or any(one.media is not None for one in settlements)
        rung.update(dict.fromkeys(order.destination for order in orders if order.state == "due"))
        if len(ids) < CHUNK:
            break
    if asked:
        hints.poll()
    for key in rung:
        hints.deliver(key)
    return made
