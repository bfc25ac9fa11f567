"""The catalogue as the stages look at it: indexed once per version, then only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from worker.identity.urls import registrable_domain
from worker.model.catalog import Catalogue, Destination, Grant, Source, Subscriber
from worker.model.delivery import ChannelPath, Imprint
from worker.rights.provenance import Publishers
from worker.routing import Router, paths


@dataclass(frozen=True, slots=True)
class View:
    """``local`` are the destination kinds whose send is an upsert on our own shelf; ``own_domains`` are ours, for
    recognising our own articles coming back."""

    catalogue: Catalogue
    publishers: Publishers
    router: Router
    paths: Mapping[str, ChannelPath]
    sources: Mapping[str, Source]
    subscribers: Mapping[str, Subscriber]
    destinations: Mapping[str, Destination]
    grants: tuple[Grant, ...]
    local: frozenset[str]
    own_domains: frozenset[str]
    imprint: Imprint
    portal: str | None

    def carrying(self, channels: frozenset[str]) -> list[Destination]:
        """The destinations that any of these channels goes to, in catalogue order."""
        return [one for one in self.destinations.values() if channels.intersection(one.channels)]

    def is_local(self, destination: Destination) -> bool:
        return destination.kind in self.local


def make_view(catalogue: Catalogue, local: frozenset[str]) -> View:
    """Index ``catalogue``; ``local`` names the local destination kinds."""
    operator = catalogue.operator
    host = operator.site.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    portal = next((one.key for one in catalogue.destinations if one.kind == "portal"), None)
    return View(
        catalogue=catalogue,
        publishers=Publishers(catalogue.publishers),
        router=Router(catalogue.channels, catalogue.sources),
        paths=paths(catalogue.channels),
        sources={one.key: one for one in catalogue.sources},
        subscribers={one.key: one for one in catalogue.subscribers},
        destinations={one.key: one for one in catalogue.destinations},
        grants=catalogue.grants,
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
