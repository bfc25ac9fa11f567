"""The deadline of a hold: what nobody decided in time is dropped, and stays so until a person says otherwise. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from worker.model.catalog import Use
from worker.model.delivery import WAITS_BY_ITSELF, Decision, Reason
from worker.model.ingest import Pair


def in_time(decision: Decision, pair: Pair, version: int, deadline: int | None, now: datetime) -> Decision:
    """``decision`` about ``version`` under the ``deadline`` (seconds) of holds.

    A hold is to be decided about again when its time is over; then it is dropped. What was dropped is not sent by any
    change of the rules either: another version, or a person, begins anew.
    """
    if decision.use is Use.REJECT or (decision.by is not None and decision.use is not Use.HOLD):
        return decision
    dropped = pair.decision if pair.decision_version == version and is_dropped(pair.decision) else None
    if dropped is not None and decision.by is None and not _first_of_two(decision, dropped):
        return dropped
    by_itself = decision.reasons[0] in (*WAITS_BY_ITSELF, Reason.FAULT)
    if deadline is None or decision.use is not Use.HOLD or by_itself:
        return decision
    since = pair.held_since if pair.held_since is not None and pair.decision_version == version else now
    over = since + timedelta(seconds=deadline)
    if over <= now:
        return replace(decision, reasons=(Reason.DEADLINE_PASSED, *decision.reasons), valid_until=None)
    return replace(decision, valid_until=min(over, decision.valid_until or over))


def _first_of_two(decision: Decision, dropped: Decision) -> bool:
    """Whether the first of two persons has agreed since: a second one is waited for, from now on."""
    return Reason.SECOND_APPROVAL in decision.reasons and Reason.SECOND_APPROVAL not in dropped.reasons


def is_dropped(decision: Decision | None) -> bool:
    """Whether it says that nobody decided in time."""
    return decision is not None and decision.use is Use.HOLD and decision.reasons[0] is Reason.DEADLINE_PASSED
