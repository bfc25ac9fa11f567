"""Recheck: rights that changed or ran out make their articles due for another settling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from worker.model.delivery import Decision
from worker.model.ingest import Ruling, Story
from worker.pipeline.rings import Rings
from worker.pipeline.settle import Settlement, settle_or_hold, write
from worker.pipeline.view import View
from worker.ports import Clock, Hints, Works

CHUNK = 50
ROUNDS = 20


def recheck(works: Works, view: Callable[[], View], hints: Hints, clock: Clock) -> int:
    """Settle every article whose decision passed its ``valid_until`` or whose grants changed, at most 1,000 a call;
    returns how many deliveries that made. ``view`` is asked anew once articles are taken off the list: whoever put them
    there may have put another catalogue in force."""
    made = 0
    rings = Rings()
    for turn in range(ROUNDS):
        now = clock()
        with works.open() as work:
            if turn == 0:
                work.queue_expired(now)
            ids = work.take_recheck(CHUNK)
            standing = view()
            stories = [story for story in work.stories(ids) if story.current is not None]
            settlements = [at_rest(story, settle_or_hold(story, standing, now), now) for story in stories]
            write(work, settlements, now)
        made += sum(len(one.orders) for one in settlements)
        rings.hear(settlements, standing)
        if len(ids) < CHUNK:
            break
    rings.ring(hints)
    return made


def queue_ended(works: Works, clock: Clock) -> None:
    """Put the articles whose decisions ran out on the list, and remember how far that went: where no recheck is due for
    weeks, the tick need not read through all that ended meanwhile and was replaced long before."""
    with works.open() as work:
        work.queue_expired(clock())


def at_rest(story: Story, settlement: Settlement, now: datetime) -> Settlement:
    """``settlement``, with the decisions that ran out and that nobody makes any more (their destination or source left
    the file, their channel goes elsewhere) written down without an end: else they would be asked for at every tick,
    before all others."""
    made = {ruling.destination for ruling in settlement.rulings}
    over = [
        Ruling(story.article, key, pair.decision_version, replace(pair.decision, valid_until=None, by=None))
        for key, pair in story.pairs.items()
        if key not in made and pair.decision is not None and _is_over(pair.decision, now)
    ]
    return replace(settlement, rulings=(*settlement.rulings, *over)) if over else settlement


def _is_over(decision: Decision, now: datetime) -> bool:
    return decision.valid_until is not None and decision.valid_until <= now
