"""Holds by rule: what word lists, sensitive periods, agreed approvals and unmapped columns make of a decision. Pure.

Rules say what may go out, not what must come back: a version that is there already stays as it is, in the use in which
it is there. Only a list that rejects takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from worker.model.catalog import Period, Use
from worker.model.delivery import Decision, Reason
from worker.rights.guards import NOTE, Hit, note_of

REJECT = "reject"  # what a list does, beside holding
PEOPLE = {"auto": 0, "one": 1, "two": 2}
_RANK = {use: rank for rank, use in enumerate(Use)}


@dataclass(frozen=True, slots=True)
class Rules:
    """What rules see in one version before one destination: words of the lists that hold there, the sensitive period it
    falls into, how many people must agree, whether none of its channels is mapped to a column of the partner's."""

    hits: tuple[Hit, ...] = ()
    period: Period | None = None
    people: int = 0
    unmapped: bool = False


NO_RULES = Rules()


def held(ruled: Decision, *why: Reason) -> Decision:
    """``ruled`` put on hold because of ``why``; that a permission ended still stands first."""
    first = [reason for reason in ruled.reasons if reason is Reason.EXPIRED]
    rest = [reason for reason in ruled.reasons if reason not in (Reason.EXPIRED, *why)]
    return replace(ruled, use=Use.HOLD, reasons=(*first, *why, *rest), obligations=())


def under_rules(ruled: Decision, rules: Rules, there: Use | None) -> Decision:
    """``ruled`` as far as ``rules`` let it pass; ``there`` is the use in which the destination has this version."""
    if rules == NO_RULES or ruled.use is Use.REJECT:
        return ruled
    refused = [hit for hit in rules.hits if hit.action == REJECT]
    if refused:
        return replace(ruled, use=Use.REJECT, reasons=(Reason.WORD_LISTED,), obligations=(), note=note_of(refused))
    if (there is not None and _RANK[ruled.use] >= _RANK[there]) or ruled.reasons[0] is Reason.GRANT_ENDED:
        return ruled
    why = tuple(_why(rules))
    if not why:
        return ruled
    ends = [one for one in (ruled.valid_until, rules.period.ends if rules.period else None) if one is not None]
    note = note_of(rules.hits, rules.period)
    return replace(held(ruled, *why), valid_until=min(ends, default=None), note=note)


def _why(rules: Rules) -> Iterable[Reason]:
    if rules.unmapped:
        yield Reason.COLUMN_UNMAPPED
    if rules.hits:
        yield Reason.WORD_LISTED
    if rules.period is not None:
        yield Reason.SENSITIVE_PERIOD
    if rules.people:
        yield Reason.APPROVAL_NEEDED


def stands_above(ruled: Decision) -> bool:
    """Whether a rule says what no person's yes changes: a list that rejects, a column that is not there."""
    return Reason.COLUMN_UNMAPPED in ruled.reasons or (ruled.use is Use.REJECT and Reason.WORD_LISTED in ruled.reasons)


def awaits_second(ruled: Decision, rules: Rules, approval: Decision, now: datetime) -> Decision | None:
    """``ruled`` after the yes of one person where two must agree; None when that is enough."""
    if Reason.APPROVAL_NEEDED not in ruled.reasons or rules.people < 2 or Reason.SECONDED in approval.reasons:
        return None
    reasons = [Reason.SECOND_APPROVAL if one is Reason.APPROVAL_NEEDED else one for one in ruled.reasons]
    ends = [moment for moment in (ruled.valid_until, approval.valid_until) if moment is not None and moment > now]
    note = "; ".join(part for part in (f"{approval.by}: {approval.note}", ruled.note) if part)[:NOTE]
    return replace(ruled, reasons=tuple(reasons), valid_until=min(ends, default=None), note=note)
