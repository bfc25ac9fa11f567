"""From a list of sources to entries of newsroad.toml. Pure but for the texts it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from worker.catalog.edit import add_entries, domain_key, domain_of, free_key
from worker.catalog.sheets import SheetRow, span_of
from worker.catalog.values import KEY
from worker.identity.names import fold_name
from worker.identity.urls import link_key
from worker.model.catalog import Catalogue, SourceKind
from worker.rights.publishers import Publishers, host_of

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Import:
    """What a list adds: entries by key. ``skipped`` are rows whose address is polled already, with the source's key;
    ``foreign`` are keys of sources that a publisher of the catalogue is to have by the list's word alone: they do not
    lie on its domains."""

    sources: Mapping[str, Values]
    publishers: Mapping[str, Values]
    skipped: tuple[tuple[SheetRow, str], ...]
    foreign: tuple[str, ...] = ()

    def written_into(self, text: str) -> str:
        """``text`` of a file of the catalogue with the new entries, every other byte as it was."""
        return add_entries(add_entries(text, "publishers", self.publishers), "sources", self.sources)


class _Publishers:
    """Those of the catalogue and those that a list makes; ``only`` is the key of the one that all rows are of."""

    def __init__(self, catalogue: Catalogue, only: str | None) -> None:
        self.made: dict[str, Values] = {}
        self._only = only
        self._owners = Publishers(catalogue.publishers)
        self._known = {one.key for one in catalogue.publishers}
        self._by_name: dict[str, str] = {}
        self._by_domain: dict[str, str] = {}
        self._by_claim: dict[str, str] = {}
        for one in catalogue.publishers:
            for name in (one.name, *one.aliases):
                self._by_name.setdefault(fold_name(name), one.key)

    def of(self, row: SheetRow) -> str:
        """The key of the row's publisher, made when it is missing. A feed that lies elsewhere than the site which the
        list gives it is not believed to be that site's: neither its publisher nor its domain."""
        site = row.site if row.site is not None and domain_of(row.site) else row.url
        claim = domain_of(site) or ""
        domain = claim if claim == domain_of(row.url) else ""
        if self._only is not None:
            return self._named(self._only, row, domain, site, name=self._only)
        if row.publisher is not None:
            found = row.publisher if row.publisher in self._known else self._by_name.get(fold_name(row.publisher))
            return found or self._named(self._key(row.publisher, claim), row, domain, site, name=row.publisher)
        owner = self._owners.by_url(row.url)
        if owner is not None:
            return owner.key
        made = self._by_domain if domain else self._by_claim
        if claim not in made:
            made[claim] = self._named(self._key("", claim), row, domain, site, name=None)
        return made[claim]

    def is_foreign(self, key: str, url: str) -> bool:
        """Whether ``url`` lies on none of the domains that the catalogue gives ``key``."""
        owner = self._owners.get(key)
        return owner is not None and bool(owner.domains) and not self._owners.owns(key, host_of(url))

    def _key(self, wish: str, domain: str) -> str:
        return free_key(wish if KEY.fullmatch(wish) else domain_key(domain), self._known)

    def _named(self, key: str, row: SheetRow, domain: str, site: str, *, name: str | None) -> str:
        if key in self._known:
            return key
        told = row.title if name is None or name == key else name
        values: dict[str, object] = {"name": told or name or domain}
        if domain and domain not in self._by_domain and self._owners.by_url(site) is None:
            values["domains"] = [domain]
            self._by_domain[domain] = key
        self.made[key] = values
        self._known.add(key)
        self._by_name.setdefault(fold_name(str(values["name"])), key)
        if name is not None:
            self._by_name.setdefault(fold_name(name), key)
        return key


def plan_import(catalogue: Catalogue, rows: Sequence[SheetRow], *, publisher: str | None = None) -> Import:
    """What ``rows`` add to ``catalogue``. A row's publisher is the one it names (by key, name or alias), else the one
    on whose domain its site lies, else a new one; ``publisher`` (a key) is that of all of them."""
    publishers = _Publishers(catalogue, publisher)
    polled = {_address(one.url): one.key for one in catalogue.sources}
    taken = {one.key for one in catalogue.sources}
    sources: dict[str, Values] = {}
    skipped: list[tuple[SheetRow, str]] = []
    foreign: list[str] = []
    for row in rows:
        address = _address(row.url)
        if address in polled:
            skipped.append((row, polled[address]))
            continue
        owner = publishers.of(row)
        key = free_key(owner, taken)
        taken.add(key)
        polled[address] = key
        if publisher is None and publishers.is_foreign(owner, row.url):
            foreign.append(key)
        sources[key] = {
            "publisher": owner,
            "kind": row.kind or SourceKind.FEED.value,
            "url": row.url,
            "every": None if row.every is None else span_of(row.every),
            "zone": row.zone,
            "language": row.language,
            "category": row.category,
        }
    return Import(sources, publishers.made, tuple(skipped), tuple(foreign))


def _address(url: str) -> str:
    return link_key(url) or url
