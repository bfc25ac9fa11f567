"""Repair: a person says that two articles are one, or that an entry is none of its article's. Pure but for ``merge``
and ``split``, which write it down.

Both walk the road as anything else does: the article that stays is settled anew, what is over is taken back. Where an
article takes another's place, it goes at once, and what it replaces a little later, so that no reader is without.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from worker.errors import Refused
from worker.model.catalog import Use
from worker.model.correction import FIELDS
from worker.model.delivery import Action, DeliveryState, MergedInto, Reason
from worker.model.dispatch import Shelved
from worker.model.ingest import Copy, Order, Pair, Story
from worker.model.repair import Carrier, Merging, Outcome, Parting, Place, Splitting
from worker.pipeline.desk import Desk
from worker.pipeline.rekey import filings, keys_alone
from worker.pipeline.release import address_of, story_withdrawal
from worker.pipeline.removal import REASON as DELETED
from worker.pipeline.rings import ring
from worker.pipeline.settle import Settlement, settle, write
from worker.pipeline.view import View
from worker.pipeline.withdraw import withdrawal
from worker.ports import Clock, Repairs, Work

AFTER = timedelta(seconds=30)
"""So much later than what takes its place an article is taken back."""

CHANGED = "DECISION_CHANGED"
BY_ITSELF = Reason.MEDIA_PENDING  # what is held so goes out within the hour, and replaces what is there


def merging(story: Story, other: Story, view: View, now: datetime) -> tuple[tuple[Settlement, ...], Merging]:
    """What making ``other`` a part of ``story`` writes, and what to tell of it. What ``story`` is given comes first.

    Raises Refused where either is gone, or both are the same.
    """
    _check_two(story, other)
    there = _places_of(other)
    whole = _whole(story, other, there)
    routed = story.current is not None or other.current is not None
    settled = settle(whole, _expecting(view, there), now, spoken=True) if routed else Settlement()
    settled = _at_once(settled, there - _places_of(whole), view)
    channels = (*whole.channels, *(key for _, key in settled.placements))
    became = MergedInto(story.uuid, address_of(story.uuid, channels, view))
    gone = withdrawal(other, view, now, reason=Reason.MERGED.value, merged_into=became)
    gone = _later(gone, _coming(settled) | set(hastened(story, settled, there)), view, now)
    told = Merging(
        article=story.uuid,
        other=other.uuid,
        entries=tuple(copy.entry for copy in other.copies),
        places=places(view, outcomes(story, settled), outcomes(other, gone)),
        lost={name: str(value) for name in FIELDS if (value := getattr(other.fixes, name)) is not None},
    )
    return (settled, gone), told


def _check_two(story: Story, other: Story) -> None:
    if story.article == other.article:
        raise Refused(f"{story.uuid}: both names are of this one article; there is nothing to merge")
    for one in (story, other):
        if one.withdrawn:
            raise Refused(f"{one.uuid} was withdrawn or merged before; only articles that stand can be merged")


def _whole(story: Story, other: Story, there: Collection[str]) -> Story:
    """``story`` with all that is ``other``'s, as settling sees it."""
    pairs = dict(story.pairs)
    for key in there:
        pair = story.pair(key)
        pairs[key] = pair if pair.is_there else replace(pair, let_go=True)
    return replace(
        story,
        copies=tuple(sorted((*story.copies, *other.copies), key=lambda copy: (copy.first_seen, copy.entry))),
        channels=tuple(dict.fromkeys((*story.channels, *other.channels))),
        media={**other.media, **story.media},
        pairs=pairs,
    )


def hastened(story: Story, settled: Settlement, there: Collection[str]) -> list[str]:
    """Of the destinations ``there``, those for which what takes the place is written down already and waits."""
    ordered = {order.destination for order in settled.orders}
    cancelled = {ruling.destination for ruling in settled.rulings if ruling.cancels}
    return [key for key in there if story.pair(key).is_coming and key not in ordered | cancelled]


def splitting(
    story: Story, entry: int, begun: tuple[int, UUID], asked: Parting, view: View, now: datetime
) -> tuple[tuple[Settlement, ...], Splitting]:
    """What splitting ``entry`` off ``story`` writes, and what to tell of it. What the new article is given comes first.

    ``begun`` are the new article's id and uuid. Raises Refused where the entry was deleted by its source, is the
    article's only one, or was withdrawn with it: what joined a withdrawn article later may be split off.
    """
    copy = _to_split(story, entry, asked)
    there = _places_of(story)
    led = story.current is not None and story.current.entry == entry
    alone = _alone(story, copy, begun, led=led)
    fresh = settle(alone, _expecting(view, there), now, spoken=True)
    rest = replace(
        story, copies=tuple(one for one in story.copies if one is not copy), media={} if led else story.media
    )
    stays = story.current is not None and not story.withdrawn
    left = _left(rest, entry, asked.leads, view, now) if stays else Settlement()
    left = _later(left, _coming(fresh), view, now)
    told = Splitting(
        article=story.uuid,
        other=alone.uuid,
        entry=entry,
        places=places(view, outcomes(story, left), outcomes(alone, fresh)),
        led=led,
        left=stays and not rest.carried,
    )
    return (fresh, left), told


def _to_split(story: Story, entry: int, asked: Parting) -> Copy:
    if asked.entries < 2:
        raise Refused(f"entry {entry} is all there is of {story.uuid}; there is nothing to split it off")
    copy = next((copy for copy in story.copies if copy.entry == entry), None)
    if copy is None:
        raise Refused(f"entry {entry} was deleted by its source; there is nothing of it to split off")
    if story.withdrawn and (asked.withdrawn_at is None or copy.first_seen <= asked.withdrawn_at):
        raise Refused(f"entry {entry} was withdrawn with {story.uuid}; splitting it off does not bring it back")
    return copy


def _alone(story: Story, copy: Copy, begun: tuple[int, UUID], *, led: bool) -> Story:
    """The article that ``copy`` begins."""
    return Story(
        article=begun[0],
        uuid=begun[1],
        lead=copy.entry,
        current=None,
        withdrawn=False,
        copies=(replace(copy, estranged=False, joined_by=None),),
        channels=(),
        pairs={},
        media=story.media if led else {},
        stops=story.stops,
    )


def _left(rest: Story, entry: int, leads: Mapping[int, int], view: View, now: datetime) -> Settlement:
    """What becomes of an article when ``entry`` has left it: another leads, and nowhere its text stays out as this
    article's."""
    led = rest.current is not None and rest.current.entry == entry
    settled = settle(rest, view, now, spoken=True) if rest.carried else Settlement()
    if led and settled.version is None:  # nobody can lead
        return withdrawal(rest, view, now, reason=CHANGED if rest.copies else DELETED)
    shown = {key for key in _places_of(rest) if _shows(rest.pairs[key], entry, leads, led=led)}
    return _taken_back(rest, settled, shown, view, now)


def _shows(pair: Pair, entry: int, leads: Mapping[int, int], *, led: bool) -> bool:
    """Whether what is out at a destination is, or may be, the text of ``entry``."""
    return leads.get(pair.out_version) == entry or (pair.maybe and led)


def _taken_back(story: Story, settled: Settlement, shown: Collection[str], view: View, now: datetime) -> Settlement:
    """``settled``, and a retraction wherever it leaves something out at the destinations ``shown``: because it is held,
    because its destination takes no updates or has left the catalogue."""
    replaced = {order.destination for order in settled.orders if order.state is not DeliveryState.WITHHELD}
    held = {one.destination for one in settled.rulings if one.decision.reasons[:1] == (BY_ITSELF,)}
    keys = [key for key in story.pairs if key in shown and key not in replaced | held]
    orders, shelved = list(settled.orders), list(settled.shelved)
    for key in keys:
        pair = story.pairs[key]
        if pair.is_leaving:
            continue
        orders = [order for order in orders if order.destination != key]
        number = settled.version.number if settled.version else (story.current.number if story.current else 0)
        order = Order(story.article, key, pair.sequence + 1, Action.RETRACT, number, Use.REJECT, now)
        if view.is_local(key):
            gone = story_withdrawal(story, pair, view, now, reason=CHANGED)
            shelved.append(Shelved(story.article, key, order.sequence, now, gone))
            order = replace(order, state=DeliveryState.ACCEPTED)
        orders.append(order)
    return replace(settled, orders=tuple(orders), shelved=tuple(shelved))


def _places_of(story: Story) -> set[str]:
    """The destinations that have the article, or may have it."""
    return {key for key, pair in story.pairs.items() if pair.is_there}


def _expecting(view: View, there: Collection[str]) -> View:
    """``view``, for what takes the place of something that is ``there``: it is no news to these destinations, whenever
    they began."""
    return replace(view, since={key: since for key, since in view.since.items() if key not in there})


def _at_once(settled: Settlement, keys: Collection[str], view: View) -> Settlement:
    """``settled`` with what is published at ``keys`` past windows, rate and cap: it takes a place."""
    orders = (
        replace(order, urgent=True)
        if order.destination in keys and order.action is Action.PUBLISH and not view.is_local(order.destination)
        else order
        for order in settled.orders
    )
    return replace(settled, orders=tuple(orders))


def _coming(settled: Settlement) -> set[str]:
    """The destinations that are given an article they have not got."""
    return {order.destination for order in settled.orders if order.action is Action.PUBLISH}


def _later(settled: Settlement, coming: Collection[str], view: View, now: datetime) -> Settlement:
    """``settled`` with its retractions after what comes in their place: else they would go before everything."""
    orders = (
        replace(order, due_at=now + AFTER)
        if order.action is Action.RETRACT and order.destination in coming and not view.is_local(order.destination)
        else order
        for order in settled.orders
    )
    return replace(settled, orders=tuple(orders))


def outcomes(story: Story, settled: Settlement) -> dict[str, Outcome]:
    """What ``settled`` makes of ``story``, by destination."""
    orders = {order.destination: order for order in settled.orders}
    rulings = {ruling.destination: ruling.decision for ruling in settled.rulings}
    found = {}
    for key in {**rulings, **orders}:
        pair = story.pair(key)
        action = orders[key].action if key in orders else None
        if action is None and not pair.is_there and not pair.pending and rulings[key].use is Use.REJECT:
            continue  # it is not there, and stays away
        found[key] = Outcome(rulings.get(key, pair.decision), action, pair.is_there)
    return found


def places(view: View, article: Mapping[str, Outcome], other: Mapping[str, Outcome]) -> tuple[Place, ...]:
    """Both sides by destination, in catalogue order, those that left it last."""
    keys: Iterable[str] = dict.fromkeys((*view.destinations, *article, *other))
    touched: Sequence[str] = [key for key in keys if key in article or key in other]
    return tuple(Place(key, article.get(key), other.get(key)) for key in touched)


def merge(desk: Desk, article: UUID, other: UUID, *, by: str, note: str) -> Merging:
    """Make ``other`` a part of ``article`` for good, and tell every place that has either; audited for both.

    Raises NotFound for an unknown id and Refused as ``merging`` does; nothing is written then.
    """
    by, note, now = _signed(by, note, desk.clock)
    with desk.works.open() as work:
        ids = work.article(article), work.article(other)
        found = {story.article: story for story in work.stories(ids)}
        kept, gone = found[ids[0]], found[ids[1]]
        settlements, told = merging(kept, gone, desk.view, now)
        repairs, first = work.repairs(), settlements[0]
        led_by_other = first.version is not None and first.version.entry in told.entries
        repairs.merge(gone.article, kept.article, media_too=led_by_other)
        repairs.hasten(kept.article, hastened(kept, first, _places_of(gone)), now)
        write(work, settlements, now)
        _note_merge(work, kept, gone, told, by=by, note=note, now=now)
    ring(settlements, desk.view, desk.hints)
    return told


def _note_merge(work: Work, kept: Story, gone: Story, told: Merging, *, by: str, note: str, now: datetime) -> None:
    out = {key: pair.out.value for key, pair in gone.pairs.items() if pair.out is not None}
    moved = list(told.entries)
    was, grew = [copy.entry for copy in kept.copies], {"merged": str(told.other), "corrections_lost": dict(told.lost)}
    rows = {
        told.other: {
            "before": {"state": "live", "copies": moved, "out": out},
            "after": {"state": "merged", "merged_into": str(told.article)},
        },
        told.article: {"before": {"copies": was}, "after": {"copies": sorted(was + moved), **grew}},
    }
    for target, detail in rows.items():
        work.note(by=by, verb="merge", target=str(target), note=note, now=now, detail=detail)


def split(desk: Desk, entry: int, *, by: str, note: str) -> Splitting:
    """Let ``entry`` leave its article and begin one of its own, and tell every place that has the article; audited for
    both.

    Raises NotFound for an unknown entry and Refused as ``splitting`` does, or where it is its article's only one;
    nothing is written then.
    """
    by, note, now = _signed(by, note, desk.clock)
    with desk.works.open() as work:
        repairs = work.repairs()
        story = work.stories([repairs.article_of(entry)])[0]
        carriers = repairs.carriers(story.article)
        keys, asked = keys_alone(carriers, entry, desk.view), repairs.parting(story.article)
        title = next(one.documents[-1].title or "" for one in carriers if one.entry == entry)
        begun = repairs.begin(entry, story.article, keys, title, now)
        settlements, told = splitting(story, entry, begun, asked, desk.view, now)
        _part(work, repairs, carriers, story, begun[0], told, desk.view, now)
        write(work, settlements, now)
        if told.left and not any(copy.entry != entry for copy in story.copies):
            deleted = next(one.source_id for one in carriers if one.entry != entry)
            work.bury(story.article, reason=DELETED, by=by, note=note, now=now, scope=deleted)
        before = {"article": str(told.article), "lead": story.lead}
        detail = {"entry": entry, "before": before, "after": {"article": str(told.other)}}
        for target in (told.article, told.other):
            work.note(by=by, verb="split", target=str(target), note=note, now=now, detail=detail)
    ring(settlements, desk.view, desk.hints)
    return told


def _part(
    work: Work,
    repairs: Repairs,
    carriers: Sequence[Carrier],
    story: Story,
    begun: int,
    told: Splitting,
    view: View,
    now: datetime,
) -> None:
    """What goes with the entry beside its keys: the lead of the article it leaves, what texts are recognised by,
    pictures."""
    rest = [one for one in carriers if one.entry != told.entry]
    if story.lead == told.entry:
        living = [one for one in rest if not (one.removed or one.estranged)] or rest
        repairs.lead(story.article, living[0].entry)
    filed = repairs.found_by_text(story.article)
    known = [one for one in rest if one.entry in filed] or [one for one in rest if not one.estranged][:1]
    again = [*known, *(one for one in carriers if one.entry == told.entry)]
    articles = {one.entry: story.article for one in rest} | {told.entry: begun}
    repairs.refile(filings(again, articles, work.nearby(), view), now)
    if told.led:
        repairs.share_media(story.article, begun)
        repairs.forget_media(story.article)


def _signed(by: str, note: str, clock: Clock) -> tuple[str, str, datetime]:
    if not by.strip() or not note.strip():
        raise Refused("a repair needs a name and a note: --by NAME --note TEXT")
    return by.strip()[:200], note.strip()[:1000], clock()
