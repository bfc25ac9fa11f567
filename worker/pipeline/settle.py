"""Settle: choose the lead, make the version, route it, decide for each destination, write down what follows. Pure.

The one place where deliveries come from, whatever the cause: a new entry, a revision, a copy that joined, a changed
grant, an approval, a deletion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from worker.model.article import Credit, Version
from worker.model.catalog import Destination, Use
from worker.model.delivery import Action, Decision, DeliveryState, Reason
from worker.model.dispatch import Shelved
from worker.model.ingest import Copy, Order, Pair, Ruling, Story, VersionRow
from worker.model.media import MediaChange
from worker.pipeline.copies import lost_media, media_change, takes_media_back
from worker.pipeline.deadline import in_time
from worker.pipeline.faults import undecided
from worker.pipeline.leading import choose_lead, speaks
from worker.pipeline.release import build_case, build_release, story_withdrawal
from worker.pipeline.timing import as_seen, ended, timed
from worker.pipeline.updates import as_taken
from worker.pipeline.versions import as_routed, make_version, read_the_same, reads_alike
from worker.pipeline.view import View
from worker.ports import Work
from worker.rights.decide import Case, decide
from worker.rights.endings import Given
from worker.rights.provenance import merge

PERMITTED = (Use.FULL_TEXT, Use.EXCERPT, Use.LINK_ONLY)
BEFORE = Decision(Use.REJECT, (Reason.BEFORE_SINCE,))


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settling one story writes. ``placements`` are (article id, channel key)."""

    version: VersionRow | None = None
    placements: tuple[tuple[int, str], ...] = ()
    rulings: tuple[Ruling, ...] = ()
    orders: tuple[Order, ...] = ()
    shelved: tuple[Shelved, ...] = ()
    media: MediaChange | None = None


@dataclass(frozen=True, slots=True)
class _Settled:
    """The story's version and channels under one lead, as every pair is decided on them. ``row`` writes the version
    down where it is new, ``forced``: the lead before may lead no more. ``spoken``: a person asks for it. ``again`` is
    when it is decided anew whether a better lead may follow, by destination."""

    story: Story
    lead: Copy
    version: Version
    row: VersionRow | None
    channels: tuple[str, ...]
    now: datetime
    forced: bool = False
    visible_at: datetime | None = None
    spoken: bool = False
    again: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaitingLead:
    """A copy that would lead but for the destinations that show the article in full and may not show it so:
    what is decided about it there, by their keys."""

    copy: Copy
    refused: Mapping[str, Decision]


def settle(
    story: Story, view: View, now: datetime, *, visible_at: datetime | None = None, spoken: bool = False
) -> Settlement:
    """What must be written for ``story`` as things stand at ``now``. Settling twice changes nothing the second time.

    ``visible_at`` is when the text behind the change was fetched; ``spoken``: a person asks for the change, which does
    not wait for its turn among updates. A withdrawn story, or one nobody carries any more, settles to nothing:
    withdrawing is another road.
    """
    if story.withdrawn or not story.carried:
        return Settlement()
    settled, waiting = _led(story, view, now)
    if settled is None:
        return Settlement()  # its source has left the catalogue: what is out stays, nothing new goes
    again = {} if waiting is None else _again(waiting.refused)
    settled = replace(settled, visible_at=visible_at, spoken=spoken, again=again)
    placements = tuple((story.article, key) for key in settled.channels if key not in story.channels)
    return _with_pairs(Settlement(version=settled.row, placements=placements), settled, view)


def settle_or_hold(story: Story, view: View, now: datetime, *, visible_at: datetime | None = None) -> Settlement:
    """As ``settle``, for whoever settles many articles in one transaction: where a fault of ours raises, the article is
    held wherever it is expected, and tried again later. Raises it for an article that was never settled."""
    try:
        return settle(story, view, now, visible_at=visible_at)
    except Exception as error:
        if story.current is None:
            raise
        rulings: list[Ruling] = []
        for destination in view.carrying(frozenset(story.channels)):
            pair = story.pair(destination.key)
            if pair.decision is None and view.is_before(destination.key, story.copies[0].first_seen):
                continue  # nobody expects it there
            version = pair.decision_version or story.current.number
            held = undecided(error, pair, version, now)
            if held != pair.decision:
                rulings.append(Ruling(story.article, pair.destination, version, held, pair.is_coming))
        return Settlement(rulings=tuple(rulings))


def waiting_lead(story: Story, view: View, now: datetime) -> WaitingLead | None:
    """The copy of ``story`` that would lead if it might be shown wherever the article is."""
    return None if story.withdrawn or not story.carried else _led(story, view, now)[1]


def _led(story: Story, view: View, now: datetime) -> tuple[_Settled | None, WaitingLead | None]:
    """``story`` under the lead it has from now on, None when that one's source has left; and who waits to lead."""
    best = choose_lead(story.copies, story.lead, view)
    if best.source not in view.sources:
        return None, None
    better = _under(best, story, view, now)
    present = next((copy for copy in story.copies if copy.entry == story.lead and not copy.estranged), None)
    if story.current is None or present is best:
        return better, None
    if present is None or not speaks(present, view):
        return replace(better, forced=story.current.entry != best.entry), None
    kept = _under(present, story, view, now)
    if read_the_same(kept.version, better.version):
        return kept, None
    refused = _refused(better, view)
    return (kept, WaitingLead(best, refused)) if refused else (better, None)


def _under(lead: Copy, story: Story, view: View, now: datetime) -> _Settled:
    credit = merge(lead.credit, [copy.credit for copy in story.copies if copy is not lead])
    row = None if _as_shown(story, lead, credit, view) else _version_row(story, lead, credit)
    number = row.number if row is not None else (story.current.number if story.current else 1)
    version = make_version(
        story.uuid,
        number,
        source=lead.source,
        first_seen=story.copies[0].first_seen,
        credit=credit,
        document=lead.document,
        view=view,
        fixes=story.fixes,
    )
    selected = view.router.select(version, now, copies=others_routed(story, version, lead.entry))
    channels = tuple(key for key in view.paths if key in story.channels or key in selected)
    return _Settled(story, lead, version, row, channels, now)


def others_routed(story: Story, version: Version, lead: int) -> list[Version]:
    """``version`` as channels see it in the copies beside that of the entry ``lead``."""
    others = (copy for copy in story.copies if copy.entry != lead and not copy.estranged)
    return [as_routed(copy, version, story.fixes) for copy in others]


def _refused(better: _Settled, view: View) -> dict[str, Decision]:
    """What is decided about a better lead at the destinations that show the article in full and may not show it so.
    That people must agree to whatever goes there, and that pictures are not copied yet, is no refusal: it waits for
    them as any version does."""
    found: dict[str, Decision] = {}
    for destination in view.carrying(frozenset(better.channels)):
        pair = as_seen(better.story.pair(destination.key), destination)
        if not _shows_all(pair):
            continue
        try:
            case = _case(better, pair, destination, view)
            decision = decide(replace(case, rules=replace(case.rules, people=0), waits=False))
        except Exception as error:  # noqa: BLE001 - told to people
            decision = undecided(error, pair, better.version.number, better.now)
        if decision.use is not Use.FULL_TEXT:
            found[destination.key] = decision
    return found


def _shows_all(pair: Pair) -> bool:
    return pair.out is Use.FULL_TEXT or (pair.is_coming and pair.pending_use is Use.FULL_TEXT)


def _again(refused: Mapping[str, Decision]) -> dict[str, datetime]:
    """When to decide again, at each of these: permissions of a copy that waits may begin, holds may end."""
    moments = [one.valid_until for one in refused.values() if one.valid_until is not None]
    return dict.fromkeys(refused, min(moments)) if moments else {}


def write(work: Work, settlements: Sequence[Settlement], now: datetime) -> None:
    """Write what was settled, all of it in the open transaction."""
    work.write(
        versions=[one.version for one in settlements if one.version is not None],
        placements=[row for one in settlements for row in one.placements],
        rulings=[row for one in settlements for row in one.rulings],
        orders=[row for one in settlements for row in one.orders],
        shelved=[row for one in settlements for row in one.shelved],
        media_changes=[one.media for one in settlements if one.media is not None],
        now=now,
    )


def _with_pairs(settlement: Settlement, settled: _Settled, view: View) -> Settlement:
    rulings: list[Ruling] = []
    orders: list[Order] = []
    shelved: list[Shelved] = []
    decisions: dict[str, Decision] = {}
    for destination in view.carrying(frozenset(settled.channels)):
        real = settled.story.pair(destination.key)
        pair = as_seen(real, destination)
        decision = _decide(settled, pair, destination, view)
        if decision is BEFORE and pair.decision is None and pair.approval is None:
            continue  # nobody expects it there: not a word about it
        decision = in_time(decision, pair, settled.version.number, view.catalogue.review.deadline, settled.now)
        decisions[destination.key] = decision
        order = make_order(pair, decision, settled.version.number, settled.now)
        if order is None and lost_media(pair, decision, settled.version, settled.now):
            again = pair.sequence + 1, Action.UPDATE, settled.version.number, decision.use, settled.now
            order = Order(settled.story.article, destination.key, *again)
        order = as_taken(order, pair, destination)
        kept = _until(decision, settled.again.get(destination.key))
        if kept != pair.decision or settled.version.number != pair.decision_version:
            # A retraction that waits still has to reach whoever has what it takes back.
            cancels = order is None and pair.is_coming and decision.use not in PERMITTED
            rulings.append(
                Ruling(settled.story.article, destination.key, settled.version.number, kept, cancels=cancels)
            )
        if order is None:
            continue
        order = replace(order, article=settled.story.article, visible_at=settled.visible_at)
        hurried = settled.spoken or decision.by is not None or takes_media_back(pair, decision)
        order = timed(order, pair, settled.version, destination, view, settled.now, hurried=hurried)
        order = replace(order, state=_state(order, real, settled, destination, view))
        if order.state is DeliveryState.ACCEPTED:
            shelved.append(_shelve(settled, pair, order, decision, destination, view))
        orders.append(order)
    media = media_change(settled.story, settled.version, decisions, view)
    return replace(settlement, rulings=tuple(rulings), orders=tuple(orders), shelved=tuple(shelved), media=media)


def _state(order: Order, real: Pair, settled: _Settled, destination: Destination, view: View) -> DeliveryState:
    return ended(order, real, settled.story, settled.version, settled.channels, destination, view, settled.now)


def _as_shown(story: Story, lead: Copy, credit: Credit, view: View) -> bool:
    """Whether destinations would see no difference: provenance alone makes no version."""
    current = story.current
    if current is None or (current.entry, current.revision) != (lead.entry, lead.revision):
        return False
    if current.fixes != story.fixes and not reads_alike(story.uuid, current, story.fixes, view):
        return False
    return replace(current.credit, hops=(), claimed=()) == replace(credit, hops=(), claimed=())


def _version_row(story: Story, lead: Copy, credit: Credit) -> VersionRow:
    number = story.current.number + 1 if story.current else 1
    title = story.fixes.title or lead.document.title or ""
    return VersionRow(story.article, number, lead.entry, lead.revision, credit, title, story.fixes)


def _until(decision: Decision, moment: datetime | None) -> Decision:
    """``decision``, to be made again at ``moment`` at the latest."""
    if moment is None:
        return decision
    return replace(decision, valid_until=min(moment, decision.valid_until or moment))


def _decide(settled: _Settled, pair: Pair, destination: Destination, view: View) -> Decision:
    if not pair.is_there and not pair.pending and view.is_before(destination.key, settled.version.first_seen):
        return BEFORE
    try:
        case = _case(settled, pair, destination, view)
        decision = decide(case)
    except Exception as error:  # noqa: BLE001 - told to people
        return undecided(error, pair, settled.version.number, settled.now)
    if settled.lead.missing and case.approval is None and decision.use in PERMITTED:
        return replace(decision, use=Use.HOLD, reasons=(Reason.PAGE_MISSING, *decision.reasons))
    waits = pair.decision is not None and Reason.LEAD_NOT_PERMITTED in pair.decision.reasons and decision.by is None
    narrower = pair.out is Use.FULL_TEXT and decision.use not in (Use.FULL_TEXT, Use.REJECT)
    if narrower and (settled.forced or waits):
        return replace(decision, use=Use.HOLD, reasons=(Reason.LEAD_NOT_PERMITTED, *decision.reasons))
    return decision


def _case(settled: _Settled, pair: Pair, destination: Destination, view: View) -> Case:
    number = settled.version.number
    return build_case(
        settled.version,
        destination,
        settled.channels,
        view,
        approval=pair.approval if pair.approval_version == number else None,
        now=settled.now,
        media=settled.story.media,
        waits=(pair.out, pair.out_version) != (Use.FULL_TEXT, number),
        there=pair.is_there,
        given=Given(pair.decision, pair.out, pair.out_version == number, pair.maybe),
    )


def make_order(pair: Pair, decision: Decision, version: int, now: datetime) -> Order | None:
    """The delivery that brings a destination from what it has to what was decided; None when nothing must be sent.

    What is held stays out as it is; what is rejected is taken back if it went, or may have gone, out.
    """
    if decision.use is Use.HOLD:
        return None
    sequence = pair.sequence + 1
    if decision.use is Use.REJECT:
        if not pair.is_there or pair.is_leaving:
            return None
        return Order(0, pair.destination, sequence, Action.RETRACT, version, decision.use, now)
    coming = (pair.pending_version, pair.pending_use) if pair.pending else (pair.out_version, pair.out)
    if coming == (version, decision.use) or _stays_dropped(pair, decision, version):
        return None
    action = Action.UPDATE if pair.is_there else Action.PUBLISH
    return Order(0, pair.destination, sequence, action, version, decision.use, now)


def _stays_dropped(pair: Pair, decision: Decision, version: int) -> bool:
    """Whether a person let this go: it stays away then, and where nothing went out, so do later versions of it. Rights
    stand before that: where less may be shown than is out there, it is said."""
    if not pair.dropped_version or pair.narrowed_by(decision.use):
        return False
    return pair.out is None or pair.dropped_version == version


def _shelve(
    settled: _Settled, pair: Pair, order: Order, decision: Decision, destination: Destination, view: View
) -> Shelved:
    if order.action is Action.RETRACT:
        gone = story_withdrawal(settled.story, pair, view, settled.now, reason=decision.reasons[0].value)
        return Shelved(settled.story.article, destination.key, order.sequence, settled.now, gone)
    subject = build_release(
        settled.version,
        decision,
        destination,
        settled.channels,
        view,
        sequence=order.sequence,
        action=order.action,
        first_released=pair.first_released or settled.now,
        released=settled.now,
        media=settled.story.media,
    )
    return Shelved(
        article=settled.story.article,
        destination=destination.key,
        sequence=order.sequence,
        sort_at=min(settled.version.published or settled.version.first_seen, settled.version.first_seen),
        subject=subject,
    )
