"""Why an article is, or is not, where somebody looks for it. Pure: the same rules as settling, told instead of done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from worker.model.article import Hop, Version
from worker.model.catalog import Destination, Selection, Use
from worker.model.delivery import Action, Decision, DeliveryState
from worker.model.ingest import Pair, Story
from worker.model.overview import DeliveryRow, DestinationRow
from worker.pipeline.deadline import is_dropped
from worker.pipeline.leading import choose_lead
from worker.pipeline.settle import PERMITTED, others_routed
from worker.pipeline.versions import make_version, version_of
from worker.pipeline.view import View
from worker.rights.corrections import correct
from worker.rights.provenance import merge


class Standing(StrEnum):
    """How things stand with one article at one destination, in one word."""

    SHOWN = "shown"  # as decided, in its present version
    OLDER = "older"  # an earlier version or use is there; a newer one is not yet, or must not go
    WAITING = "waiting"  # a delivery is due or in flight
    HELD = "held"  # a person must say
    DROPPED = "dropped"  # nobody said anything in time; a person still may
    REJECTED = "rejected"
    LET_GO = "let_go"  # a person dropped what waited when a stop was lifted
    REHEARSED = "rehearsed"  # all but sent: the destination rehearses
    PARKED = "parked"  # the delivery was given up; a person replays it
    NOT_ROUTED = "not_routed"  # recorded on first contact and never sent on
    NOT_SELECTED = "not_selected"  # no channel of this destination takes it
    NOT_SETTLED = "not_settled"  # it would be taken now, and was not when it was decided
    BEFORE = "before"  # it came before the destination began
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"  # a person made it a part of another article
    RETIRED = "retired"  # the destination has left the catalogue


@dataclass(frozen=True, slots=True)
class Taken:
    """One channel that goes to the destination. ``placed``: the article is in it for good, since an article never
    leaves a channel by itself. ``refused_by``: the parts of its selection that would not take it now, each with what
    it asks for."""

    channel: str
    title: str
    placed: bool
    refused_by: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One destination's part of the story. ``deliveries`` go by sequence; ``destination`` is None when it is not in
    the database any more. ``out`` is what the destination has, as far as its answers tell."""

    key: str
    standing: Standing
    channels: tuple[Taken, ...]
    decision: Decision | None
    decision_version: int
    out: Use | None
    out_version: int
    deliveries: tuple[DeliveryRow, ...]
    destination: DestinationRow


def explain(
    story: Story,
    view: View,
    destinations: Sequence[DestinationRow],
    deliveries: Sequence[DeliveryRow],
    now: datetime,
) -> list[Explained]:
    """``story`` at each of ``destinations``, in their order. ``deliveries`` are the story's, in sequence."""
    refusals = _refusals(story, view, now)
    return [_explain(story, view, row, refusals, deliveries) for row in destinations]


def present(story: Story, view: View) -> Version | None:
    """What destinations see of ``story``, or would see; None when no source has it any more."""
    if story.current is not None:
        return version_of(story.uuid, story.current, view)
    if not story.carried:
        return None
    lead = choose_lead(story.copies, story.lead, view)
    return make_version(
        story.uuid,
        1,
        source=lead.source,
        first_seen=lead.first_seen,
        credit=lead.credit,
        document=lead.document,
        view=view,
        fixes=story.fixes,
    )


def provenance(story: Story, view: View) -> tuple[Hop, ...]:
    """Every way that the text of ``story`` came, copies that joined after its version was made included: the origin
    first, what somebody only claimed last."""
    version = present(story, view)
    if version is None:
        return ()
    leads, fixes = (story.lead, story.fixes) if story.current is None else (story.current.entry, story.current.fixes)
    stated = version.credit if version.stated is None else version.stated
    whole = merge(stated, [copy.credit for copy in story.copies if copy.entry != leads])
    whole = correct(whole, fixes, view.publishers, view.catalogue.operator.name)
    return (*whole.hops, *whole.claimed)


def _refusals(story: Story, view: View, now: datetime) -> Mapping[str, tuple[str, ...]]:
    version = present(story, view)
    if version is None:
        return {}
    leads = story.lead if story.current is None else story.current.entry
    return view.router.refusals(version, now, others_routed(story, version, leads))


def _explain(
    story: Story,
    view: View,
    row: DestinationRow,
    refusals: Mapping[str, tuple[str, ...]],
    deliveries: Sequence[DeliveryRow],
) -> Explained:
    pair = story.pair(row.key)
    mine = tuple(one for one in deliveries if one.destination == row.key)
    declared = view.find(row.key)
    channels = _channels(story, declared, view, refusals)
    standing = _standing(story, pair, row, channels, mine)
    if standing is Standing.NOT_SETTLED and story.copies and view.is_before(row.key, story.copies[0].first_seen):
        standing = Standing.BEFORE
    return Explained(
        key=row.key,
        standing=standing,
        channels=channels,
        decision=pair.decision,
        decision_version=pair.decision_version,
        out=pair.out,
        out_version=pair.out_version,
        deliveries=mine,
        destination=row,
    )


def _channels(
    story: Story, destination: Destination | None, view: View, refusals: Mapping[str, tuple[str, ...]]
) -> tuple[Taken, ...]:
    if destination is None:
        return ()
    selections = {channel.key: channel.select for channel in view.catalogue.channels}
    return tuple(
        Taken(
            channel=key,
            title=view.paths[key].title,
            placed=key in story.channels,
            refused_by=tuple((part, _asks(selections[key], part)) for part in refusals.get(key, ())),
        )
        for key in destination.channels
        if key in view.paths
    )


def _asks(selection: Selection, part: str) -> str:
    """What a part of a selection asks for, in the file's own terms."""
    if part == "children":
        return ""
    value = getattr(selection, part)
    return _span(value) if part == "max_age" else ", ".join(value)


def _span(seconds: int) -> str:
    """The way the catalogue writes it: ``30d``."""
    unit, name = next((each for each in ((86400, "d"), (3600, "h"), (60, "m")) if seconds % each[0] == 0), (1, "s"))
    return f"{seconds // unit}{name}"


def _standing(
    story: Story, pair: Pair, row: DestinationRow, channels: Sequence[Taken], deliveries: Sequence[DeliveryRow]
) -> Standing:
    if pair.pending:
        return Standing.WAITING
    last = deliveries[-1] if deliveries else None
    if last is not None and last.state is DeliveryState.PARKED:
        return Standing.PARKED
    if story.withdrawn:
        return Standing.MERGED if story.merged else Standing.WITHDRAWN
    if row.state == "retired":
        return Standing.RETIRED
    return _decided(story, pair, channels, last)


def _decided(story: Story, pair: Pair, channels: Sequence[Taken], last: DeliveryRow | None) -> Standing:
    """The standing of a pair where nothing is under way."""
    if pair.decision is None:
        if story.current is None:
            return Standing.NOT_ROUTED
        takes = any(one.placed or not one.refused_by for one in channels)
        return Standing.NOT_SETTLED if takes else Standing.NOT_SELECTED
    if pair.out is not None:
        number = story.current.number if story.current else 0
        return Standing.SHOWN if (pair.out_version, pair.out) == (number, pair.decision.use) else Standing.OLDER
    if pair.decision.use is Use.HOLD:
        return Standing.DROPPED if is_dropped(pair.decision) else Standing.HELD
    return _not_there(pair, pair.decision.use in PERMITTED, last)


def _not_there(pair: Pair, permitted: bool, last: DeliveryRow | None) -> Standing:
    """The standing of a pair of which nothing is out and nobody holds anything."""
    if last is not None and last.action is Action.RETRACT:
        return Standing.RETRACTED
    if last is not None and last.state is DeliveryState.REHEARSED:
        return Standing.REHEARSED
    if not permitted:
        return Standing.REJECTED
    return Standing.LET_GO if pair.dropped_version else Standing.NOT_SETTLED
