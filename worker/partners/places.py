"""Where readers and partners look at what a local destination shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from worker.destinations import FeedOptions, PortalOptions, PullOptions
from worker.destinations.pull import CHANGES
from worker.model.catalog import Destination


@dataclass(frozen=True, slots=True)
class Place:
    """One address. ``needs`` says what must be shown there, in words."""

    what: str
    address: str
    needs: str | None = None


def places(destination: Destination, options: object, site: str, channels: Sequence[str]) -> list[Place]:
    """``channels`` are the keys of those that the destination shows, ``site`` the web face's address."""
    key = quote(destination.key)
    if isinstance(options, PullOptions):
        return [Place("changes", f"{site}{CHANGES}?since=0", "Authorization: Bearer TOKEN")]
    if isinstance(options, FeedOptions):
        needs = "?token=… or Authorization: Bearer TOKEN" if options.needs_token else None
        return [
            Place(f"{one} as {ending}", f"{site}/feeds/{key}/{quote(one)}.{ending}", needs)
            for one in channels
            for ending in options.formats
        ]
    if isinstance(options, PortalOptions):
        pages = [Place(one, f"{site}/portal/{key}/{quote(one)}/") for one in channels]
        return [Place("all channels", f"{site}/portal/{key}/"), *pages]
    return []
