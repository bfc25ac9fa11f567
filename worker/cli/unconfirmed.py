"""Retractions that a partner has not confirmed, and whom to call about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from worker.bootstrap import Services
from worker.cli.output import Times, span
from worker.model.alerts import Unconfirmed
from worker.model.delivery import Action, DeliveryState
from worker.model.overview import DeliveryRow

OPEN = (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.PARKED)
LISTED = 20


def unconfirmed_lines(found: Sequence[Unconfirmed], times: Times) -> list[str]:
    """One line a retraction, the oldest first, with the partner's name and contact."""
    lines = [_words(one, times) for one in found[:LISTED]]
    more = len(found) - LISTED
    return [*lines, f"… and {more} more: newsroad delivery list --state due"] if more > 0 else lines


def _words(one: Unconfirmed, times: Times) -> str:
    age = span((times.now - one.since).total_seconds())
    whom = f"call {one.subscriber}: {one.contact}" if one.contact else f"{one.subscriber} has no contact on record"
    return f"Not confirmed for {age}: the retraction of “{one.title}” at {one.destination}; {whom}"


def among(services: Services, rows: Iterable[DeliveryRow]) -> list[Unconfirmed]:
    """Of these deliveries, the retractions that are not confirmed."""
    wanted = {row.uuid: row.article for row in rows if row.action is Action.RETRACT and row.state in OPEN}
    if not wanted:
        return []
    return [one for one in services.figures.unconfirmed(set(wanted.values())) if one.delivery in wanted]
