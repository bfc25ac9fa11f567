"""The catalogue as the stages look at it: indexed once per version, then only read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from worker.identity.urls import registrable_domain
from worker.model.catalog import Catalogue, Destination, Grant, Schedule, Source, Subscriber
from worker.model.delivery import ChannelPath, Imprint
from worker.openings import Timetable, timetable
from worker.rights.guards import Guards
from worker.rights.holds import PEOPLE
from worker.rights.provenance import Publishers
from worker.routing import Router, paths


@dataclass(frozen=True, slots=True)
class View:
    """``local`` are the destination kinds whose send is an upsert on our own shelf; ``own_domains`` are ours, for
    recognising our own articles coming back; ``grants_of`` goes by publisher: only the polled one's ever count, those
    of ``gone_of`` have left the file. ``since`` is when destinations began, of those that not everything goes to;
    ``timetables`` are those of destinations with a schedule; ``approvals`` how many people channels want to agree."""

    catalogue: Catalogue
    publishers: Publishers
    router: Router
    paths: Mapping[str, ChannelPath]
    sources: Mapping[str, Source]
    subscribers: Mapping[str, Subscriber]
    destinations: Mapping[str, Destination]
    retired: Mapping[str, Destination]
    grants_of: Mapping[str, tuple[Grant, ...]]
    gone_of: Mapping[str, tuple[Grant, ...]]
    since: Mapping[str, datetime]
    timetables: Mapping[str, Timetable]
    guards: Guards
    approvals: Mapping[str, int]
    local: frozenset[str]
    own_domains: frozenset[str]
    imprint: Imprint
    portal: str | None

    def carrying(self, channels: frozenset[str]) -> list[Destination]:
        """The destinations that any of these channels goes to, in catalogue order."""
        return [one for one in self.destinations.values() if channels.intersection(one.channels)]

    def is_before(self, key: str, first_seen: datetime) -> bool:
        """Whether an article that came at ``first_seen`` was there before this destination began."""
        since = self.since.get(key)
        return since is not None and first_seen < since

    def find(self, key: str) -> Destination | None:
        """A destination, even one that has left the file: what is out there may still have to be taken back."""
        return self.destinations.get(key) or self.retired.get(key)

    def is_local(self, key: str) -> bool:
        destination = self.find(key)
        return destination is not None and destination.kind in self.local


def make_view(
    catalogue: Catalogue,
    local: frozenset[str],
    retired: tuple[Destination, ...] = (),
    *,
    gone: tuple[Grant, ...] = (),
    since: Mapping[str, datetime] | None = None,
) -> View:
    """Index ``catalogue``; ``local`` names the local destination kinds, ``retired`` are destinations and ``gone``
    grants that left the file, ``since`` when destinations began."""
    operator = catalogue.operator
    host = operator.site.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    portal = next((one.key for one in catalogue.destinations if one.kind == "portal"), None)
    return View(
        catalogue=catalogue,
        publishers=Publishers(catalogue.publishers),
        router=Router(catalogue.channels, {one.key: one for one in catalogue.sources}),
        paths=paths(catalogue.channels),
        sources={one.key: one for one in catalogue.sources},
        subscribers={one.key: one for one in catalogue.subscribers},
        destinations={one.key: one for one in catalogue.destinations},
        retired={one.key: one for one in retired},
        grants_of={one.key: _of(one.key, catalogue.grants) for one in catalogue.publishers},
        gone_of={one.key: _of(one.key, gone) for one in catalogue.publishers},
        since=since or {},
        timetables=_timetables(catalogue),
        guards=Guards(catalogue.guards),
        approvals={one.key: PEOPLE[one.approval] for one in catalogue.channels if PEOPLE[one.approval]},
        local=local,
        own_domains=frozenset({registrable_domain(host)}) if host else frozenset(),
        imprint=Imprint(
            name=operator.name,
            contact=operator.contact,
            address=operator.address,
            site=operator.site,
            licence_numbers=operator.licence_numbers,
        ),
        portal=portal,
    )


def _timetables(catalogue: Catalogue) -> dict[str, Timetable]:
    calendars = {one.key: one for one in catalogue.calendars}
    return {
        one.key: timetable(one.schedule, calendars, catalogue.operator.zone)
        for one in catalogue.destinations
        if one.schedule != Schedule()
    }


def _of(publisher: str, grants: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(grant for grant in grants if grant.publisher == publisher)
