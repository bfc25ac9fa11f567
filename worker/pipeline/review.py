"""Review: a person's word on one article as it stands. An approval is a decision with an end date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from worker.errors import NotFound, Refused
from worker.identity.names import fold_name
from worker.model.catalog import Use
from worker.model.delivery import Action, Decision, Reason
from worker.model.ingest import Pair, Ruling, Story
from worker.pipeline.desk import Desk
from worker.pipeline.rings import ring
from worker.pipeline.settle import PERMITTED, Settlement, settle, write
from worker.pipeline.view import View
from worker.ports import Work
from worker.rights.notices import reason_text


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a person's word made of one article at one destination. ``action`` is the delivery it wrote, if any."""

    article: UUID
    destination: str
    version: int
    decision: Decision
    action: Action | None


def approval(*, by: str, note: str, until: datetime, now: datetime, use: Use = Use.FULL_TEXT) -> Decision:
    """A person's yes to ``use`` until ``until`` (exclusive, aware). Raises Refused for one without name, note, end."""
    by, note = _signed(by, note)
    if until <= now:
        raise Refused(f"an approval must end in the future, not at {until:%Y-%m-%d %H:%M %Z}")
    if use not in PERMITTED:
        raise Refused(f"{use.value} is nothing to approve; use full_text, excerpt or link_only")
    return Decision(use, (Reason.APPROVED,), valid_until=until, by=by, note=note)


def rejection(*, by: str, note: str) -> Decision:
    """A person's no. Raises Refused for one without name and note."""
    by, note = _signed(by, note)
    return Decision(Use.REJECT, (Reason.REJECTED,), by=by, note=note)


def _signed(by: str, note: str) -> tuple[str, str]:
    if not by.strip() or not note.strip():
        raise Refused("a decision by a person needs a name and a note: --by NAME --note TEXT")
    return by.strip()[:200], note.strip()[:1000]


def held_at(story: Story, view: View) -> tuple[str, ...]:
    """The destinations at which ``story`` waits for a person."""
    return tuple(
        key
        for key, pair in story.pairs.items()
        if key in view.destinations and pair.decision is not None and pair.decision.use is Use.HOLD
    )


def give_word(story: Story, view: View, word: Decision, destinations: Sequence[str], now: datetime) -> Settlement:
    """What ``word`` on the present version of ``story`` writes at ``destinations``. Pure.

    Raises Refused where it would change nothing: the article is gone, was never routed or goes elsewhere, has changed
    since, a rule stands above a person's word (an ended grant, a destination it leaves out, an echo, a list that
    rejects, a column that is not mapped), or the same person would agree twice where two different ones must.
    """
    if story.withdrawn or story.current is None or not story.carried:
        state = "was withdrawn" if story.withdrawn else "was never sent on"
        raise Refused(f"{story.uuid} {state}; there is nothing to decide")
    number = story.current.number
    pairs = {key: story.pair(key) for key in destinations}
    words = {key: with_first(word, pair, number, now) for key, pair in pairs.items()}
    spoken = {key: replace(pair, approval=words[key], approval_version=number) for key, pair in pairs.items()}
    settlement = settle(replace(story, pairs={**story.pairs, **spoken}), view, now)
    if settlement.version is not None:
        raise Refused(f"{story.uuid} is changing just now; look at it again: newsroad review show {story.uuid}")
    for key in destinations:
        _check(story, view, words[key], key, settlement)
    return _on_record(_only(settlement, frozenset(destinations)), words)


def with_first(word: Decision, pair: Pair, number: int, now: datetime) -> Decision:
    """``word`` beside the yes of another person to the same version, where two must agree: what both agree to."""
    before = pair.approval
    if before is None or pair.approval_version != number or word.use not in PERMITTED or before.use not in PERMITTED:
        return word
    if before.valid_until is None or word.valid_until is None or before.valid_until <= now:
        return word
    if Reason.SECONDED not in before.reasons and (not _waits_for_second(pair, number) or _same(before, word)):
        return word
    use = max(before.use, word.use, key=list(Use).index)
    until = min(before.valid_until, word.valid_until)
    return replace(word, use=use, valid_until=until, reasons=(*word.reasons, Reason.SECONDED))


def _waits_for_second(pair: Pair, number: int) -> bool:
    decision = pair.decision if pair.decision_version == number else None
    return decision is not None and Reason.SECOND_APPROVAL in decision.reasons


def _same(one: Decision, other: Decision) -> bool:
    """Whether the same person said both, by name."""
    first, second = (word.by or "" for word in (one, other))
    return (fold_name(first) or first) == (fold_name(second) or second)


def _on_record(settlement: Settlement, words: Mapping[str, Decision]) -> Settlement:
    """``settlement`` with the words themselves, where a second person must agree: what counts there is the hold, and
    the first yes is found again as the newest decision of a person."""
    rulings: list[Ruling] = []
    for one in settlement.rulings:
        if Reason.SECOND_APPROVAL in one.decision.reasons:
            rulings.append(replace(one, decision=words[one.destination], cancels=False))
        rulings.append(one)
    return replace(settlement, rulings=tuple(rulings))


def _only(settlement: Settlement, keys: frozenset[str]) -> Settlement:
    """What concerns these destinations: a word on one place changes nothing at another."""
    return replace(
        settlement,
        rulings=tuple(one for one in settlement.rulings if one.destination in keys),
        orders=tuple(one for one in settlement.orders if one.destination in keys),
        shelved=tuple(one for one in settlement.shelved if one.destination in keys),
    )


def _check(story: Story, view: View, word: Decision, key: str, settlement: Settlement) -> None:
    """Raise Refused unless ``word`` is what counts at ``key`` from now on."""
    ruled = next((one.decision for one in settlement.rulings if one.destination == key), None)
    if ruled is None:
        pair = story.pairs.get(key)
        if pair is None or pair.decision is None:
            raise Refused(
                f"{story.uuid} is in no channel that goes to {key}; see: newsroad article explain {story.uuid}"
            )
        ruled = pair.decision
    if Reason.SECOND_APPROVAL in ruled.reasons and word.use in PERMITTED:
        _check_person(story, word, key)
        return
    if ruled.by != word.by or ruled.reasons[0] is not word.reasons[0]:
        why = reason_text(ruled.reasons[0], view.catalogue.operator.language)
        raise Refused(f"{key}: a person's word does not change this: {why} [{ruled.reasons[0].value}]")


def _check_person(story: Story, word: Decision, key: str) -> None:
    """Raise Refused where whoever says ``word`` has said yes already, and a second person must."""
    pair, number = story.pair(key), story.current.number if story.current else 0
    if pair.approval is not None and _waits_for_second(pair, number) and _same(pair.approval, word):
        raise Refused(f"{key}: {word.by} has agreed already; a second, different person must (--by NAME)")


def review(
    desk: Desk,
    article: UUID,
    word: Decision,
    destinations: Sequence[str] | None,
) -> list[Reviewed]:
    """Write ``word`` on an article down and settle it anew, in one transaction; None: wherever it is held.

    Audited per destination. Raises NotFound for an unknown article or destination and Refused as ``give_word`` does;
    nothing is written then.
    """
    with desk.works.open() as work:
        story = work.stories([work.article(article)])[0]
        keys = tuple(dict.fromkeys(destinations)) if destinations is not None else held_at(story, desk.view)
        for key in keys:
            if key not in desk.view.destinations:
                raise NotFound(f"no destination is called {key}; see: newsroad destination list")
        if not keys:
            raise Refused(f"{article} is held nowhere; name a destination: --destination KEY")
        settlement = _write(work, story, desk.view, word, keys, desk.clock())
    ring([settlement], desk.view, desk.hints)
    return [_reviewed(story, settlement, key) for key in keys]


def review_seen(
    desk: Desk,
    article: UUID,
    word: Decision,
    destinations: Sequence[str],
    version: int,
) -> list[Reviewed]:
    """As ``review``, of what somebody saw in a list: at those of ``destinations`` that hold it still.

    Raises Refused where it is another version by now, or nobody waits for a word any more.
    """
    with desk.works.open() as work:
        story = work.stories([work.article(article)])[0]
        number = story.current.number if story.current else 0
        if number != version:
            raise Refused(f"{article} has changed since it was listed; look at it: newsroad review show {article}")
        waiting = held_at(story, desk.view)
        keys = tuple(key for key in dict.fromkeys(destinations) if key in waiting)
        if not keys:
            raise Refused(f"{article} waits for nobody any more; see: newsroad article explain {article}")
        settlement = _write(work, story, desk.view, word, keys, desk.clock())
    ring([settlement], desk.view, desk.hints)
    return [_reviewed(story, settlement, key) for key in keys]


def _write(work: Work, story: Story, view: View, word: Decision, keys: Sequence[str], now: datetime) -> Settlement:
    settlement = give_word(story, view, word, keys, now)
    write(work, [settlement], now)
    verb = "reject" if word.use is Use.REJECT else "approve"
    number = story.current.number if story.current else 0
    for key in keys:
        made = _reviewed(story, settlement, key)
        before, after = (_told(one) for one in (story.pair(key).decision, made.decision))
        detail = {"destination": key, "version": number, "before": before, "after": after, "action": made.action}
        work.note(by=word.by or "", verb=verb, target=str(story.uuid), note=word.note, now=now, detail=detail)
    return settlement


def _told(decision: Decision | None) -> dict[str, object] | None:
    """A decision as the audit keeps it."""
    if decision is None:
        return None
    until = decision.valid_until.isoformat() if decision.valid_until else None
    return {"use": decision.use.value, "reasons": list(decision.reasons), "until": until, "by": decision.by}


def _reviewed(story: Story, settlement: Settlement, key: str) -> Reviewed:
    ruling = next((one for one in reversed(settlement.rulings) if one.destination == key), None)
    order = next((one for one in settlement.orders if one.destination == key), None)
    decision = ruling.decision if ruling is not None else story.pairs[key].decision
    assert decision is not None
    number = story.current.number if story.current else 0
    return Reviewed(story.uuid, key, number, decision, order.action if order is not None else None)
