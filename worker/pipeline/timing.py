"""When what was decided goes: pace of updates, the destination's schedule, its rehearsal, stops in force. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from worker import openings
from worker.model.article import Version
from worker.model.catalog import Destination
from worker.model.delivery import Action, DeliveryState
from worker.model.ingest import Order, Pair, Story
from worker.model.words import counted
from worker.pipeline.stopping import in_force, keeps
from worker.pipeline.view import View

REHEARSE = "rehearse"


def as_seen(pair: Pair, destination: Destination) -> Pair:
    """What a rehearsing destination has, as if what was rehearsed had been sent: it must not be rehearsed again."""
    if destination.mode != REHEARSE:
        return pair
    return replace(pair, out=pair.rehearsed, out_version=pair.rehearsed_version)


def timed(
    order: Order,
    pair: Pair,
    version: Version,
    destination: Destination,
    view: View,
    now: datetime,
    *,
    hurried: bool = False,
) -> Order:
    """``order`` with the moment it is due and its place in the queue. Retractions, and what was pushed by name, are due
    at once; what replaces something that was pushed takes its place. ``hurried``: it does not wait for its turn among
    the article's updates."""
    if order.action is Action.RETRACT:
        return order
    urgent = pair.pending and pair.pending_urgent
    order = replace(order, urgent=urgent, first=version.source in destination.schedule.first)
    if urgent or pair.let_go:  # the fixed time that let it go is over: it must not wait for the next
        return order
    turn = now if hurried else turn_of(order, pair, view.catalogue.articles.updates, now)
    table = view.timetables.get(destination.key)
    if table is None:
        due = turn
    else:
        published = min(version.published or version.first_seen, version.first_seen)
        due = openings.due_at(destination.schedule, table, published, turn)
    waits = now < due == turn and order.state is DeliveryState.DUE
    return replace(order, due_at=due, detail=_pace_words(view.catalogue.articles.updates) if waits else order.detail)


def turn_of(order: Order, pair: Pair, pace: int, now: datetime) -> datetime:
    """From when ``order`` may go, if updates of one article go to one destination ``pace`` seconds apart. The first one
    after the article was published goes at once, and so does what shows less than is out; what takes the place of an
    update that waits goes when that would have gone."""
    if order.action is not Action.UPDATE or not pace or pair.narrowed_by(order.use):
        return now
    waiting = pair.pending_due if pair.pending_action is Action.UPDATE else None
    under_way = pair.pending and pair.pending_action is Action.UPDATE and waiting is None
    last = now if under_way else pair.updated_at
    if last is None:
        return now
    due = last + timedelta(seconds=pace)
    return max(now, due if waiting is None else min(due, waiting))


def _pace_words(pace: int) -> str:
    span = counted(pace // 60, "minute") if pace % 60 == 0 else counted(pace, "second")
    return f"waits for its turn: at most one update of an article in {span}"


def ended(
    order: Order,
    pair: Pair,
    story: Story,
    version: Version,
    channels: Sequence[str],
    destination: Destination,
    view: View,
    now: datetime,
) -> DeliveryState:
    """The state in which ``order`` is written down: done at once where nothing has to be sent, DUE where it waits.
    ``pair`` is what really is at the destination: only that is really taken back."""
    if order.state is not DeliveryState.DUE:
        return order.state
    rehearsing = destination.mode == REHEARSE and not (order.action is Action.RETRACT and pair.is_there)
    if order.action is Action.RETRACT:
        if rehearsing:
            return DeliveryState.REHEARSED
        return DeliveryState.ACCEPTED if view.is_local(destination.key) else DeliveryState.DUE
    waits = order.due_at > now or keeps(in_force(story.stops, now), destination, version.source, channels, view)
    if waits or not view.is_local(destination.key):
        return DeliveryState.DUE
    return DeliveryState.REHEARSED if rehearsing else DeliveryState.ACCEPTED
