"""What an entry that begins an article of its own is known by from then on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from worker.identity.digest import text_key
from worker.identity.keys import link_digests
from worker.identity.near.engine import Recogniser
from worker.identity.near.index import MemoryIndex
from worker.identity.near.keys import exact_key
from worker.identity.recognise import reading_of, ready_of, site_of, text_of
from worker.identity.urls import host_of
from worker.model.feed import ParsedEntry
from worker.model.nearness import Filed
from worker.model.repair import Carrier
from worker.pipeline.view import View
from worker.ports import Nearby


def keys_alone(carriers: Sequence[Carrier], entry: int, view: View) -> set[bytes]:
    """The global keys that of an article's entries only ``entry`` has, or ever had. What another one shares stays the
    article's."""
    mine = next(one for one in carriers if one.entry == entry)
    shared = {key for one in carriers if one.entry != entry for key in _keys(one, view)}
    return _keys(mine, view) - shared


def _keys(carrier: Carrier, view: View) -> set[bytes]:
    return {key for document in carrier.documents for key in _keys_of(document, carrier, view)}


def _keys_of(document: ParsedEntry, carrier: Carrier, view: View) -> set[bytes]:
    """As ``prepare`` makes them: text, text without what stands around it, and its link on its publisher's own site."""
    text = text_of(document)
    exact = exact_key(reading_of(document)) if text else None
    return {key for key in (text_key(document.title, text), exact) if key} | _links_of(document, carrier, view)


def _links_of(document: ParsedEntry, carrier: Carrier, view: View) -> set[bytes]:
    source, host = view.sources.get(carrier.source), host_of(document.link) if document.link else None
    if source is None or not host or not view.publishers.owns(source.publisher, host):
        return set()
    return link_digests(document) & carrier.aliases  # it is known by the one it was filed under


def filings(carriers: Sequence[Carrier], articles: Mapping[int, int], nearby: Nearby, view: View) -> list[Filed]:
    """What later texts are recognised by, of these entries; ``articles`` are theirs, by the entry's id."""
    sites = {one.entry: _site(one, view) for one in carriers}
    recogniser = Recogniser(MemoryIndex(), nearby.furniture({host for host in sites.values() if host}))
    found = []
    for one in carriers:
        document = one.documents[-1]
        if not text_of(document):
            continue
        own = bool(_links_of(document, one, view))
        ready = ready_of(recogniser, str(one.entry), document, sites[one.entry], own=own)
        found.append(recogniser.file(ready, str(articles[one.entry])))
    return found


def _site(carrier: Carrier, view: View) -> str:
    source = view.sources.get(carrier.source)
    return site_of(carrier.documents[-1], source.url if source is not None else "")
