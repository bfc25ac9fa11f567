"""When what was decided goes: the destination's schedule, its rehearsal, the stops in force. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from worker import openings
from worker.model.article import Version
from worker.model.catalog import Destination
from worker.model.delivery import Action, DeliveryState
from worker.model.ingest import Order, Pair, Story
from worker.pipeline.stopping import in_force, keeps
from worker.pipeline.view import View

REHEARSE = "rehearse"
REHEARSED_WORDS = "rehearsed: all but sent"


def as_seen(pair: Pair, destination: Destination) -> Pair:
    """What a rehearsing destination has, as if what was rehearsed had been sent: it must not be rehearsed again."""
    if destination.mode != REHEARSE:
        return pair
    return replace(pair, out=pair.rehearsed, out_version=pair.rehearsed_version)


def timed(order: Order, pair: Pair, version: Version, destination: Destination, view: View, now: datetime) -> Order:
    """``order`` with the moment it is due and its place in the queue. Retractions, and what was pushed by name, are due
    at once; what replaces something that was pushed takes its place."""
    if order.action is Action.RETRACT:
        return order
    table = view.timetables.get(destination.key)
    urgent = pair.pending and pair.pending_urgent
    order = replace(order, urgent=urgent, first=version.source in destination.schedule.first)
    if urgent or pair.let_go or table is None:  # the fixed time that let it go is over: it must not wait for the next
        return order
    published = min(version.published or version.first_seen, version.first_seen)
    return replace(order, due_at=openings.due_at(destination.schedule, table, published, now))


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
    out = pair.out is not None or pair.maybe
    rehearsing = destination.mode == REHEARSE and not (order.action is Action.RETRACT and out)
    if order.action is Action.RETRACT:
        if rehearsing:
            return DeliveryState.REHEARSED
        return DeliveryState.ACCEPTED if view.is_local(destination.key) else DeliveryState.DUE
    waits = order.due_at > now or keeps(in_force(story.stops, now), destination, version.source, channels, view)
    if waits or not view.is_local(destination.key):
        return DeliveryState.DUE
    return DeliveryState.REHEARSED if rehearsing else DeliveryState.ACCEPTED
