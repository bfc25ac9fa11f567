"""Updates that nobody was sent, and whom to tell about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from worker.bootstrap import Services
from worker.cli.output import Times
from worker.model.alerts import WithheldUpdate
from worker.model.delivery import DeliveryState
from worker.model.overview import DeliveryRow
from worker.pipeline.updates import NOTIFY

LISTED = 20


def to_tell(services: Services, since: datetime) -> list[WithheldUpdate]:
    """The newest withheld update of each article since then, at destinations whose partner a person tells."""
    if services.catalogue.current() is None:
        return []
    by_hand = [one.key for one in services.view().destinations.values() if one.updates == NOTIFY]
    return services.figures.withheld(since, by_hand) if by_hand else []


def among(services: Services, rows: Iterable[DeliveryRow]) -> list[WithheldUpdate]:
    """Of these deliveries, those that a person tells a partner about."""
    withheld = {row.uuid: row.created_at for row in rows if row.state is DeliveryState.WITHHELD}
    if not withheld:
        return []
    return [one for one in to_tell(services, min(withheld.values())) if one.delivery in withheld]


def withheld_lines(found: Sequence[WithheldUpdate], times: Times) -> list[str]:
    """One line an update, the oldest first, with the partner's name and contact."""
    lines = [_words(one, times) for one in found[:LISTED]]
    more = len(found) - LISTED
    return [*lines, f"… and {more} more: newsroad delivery list --state withheld"] if more > 0 else lines


def _words(one: WithheldUpdate, times: Times) -> str:
    whom = f"tell {one.subscriber}: {one.contact}" if one.contact else f"{one.subscriber} has no contact on record"
    return f"Not sent at {times.at(one.since)}: the update of “{one.title}” to {one.destination}; {whom}"
