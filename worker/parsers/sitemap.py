"""Sitemaps (sitemaps.org, with the news extension) and lists of addresses → articles and sitemaps, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from worker.model.catalog import Listing
from worker.model.feed import Document, Found, Role, SourceRef
from worker.parsers.clean import collapse
from worker.parsers.dates import parse_date
from worker.parsers.links import Gate, Leads, absolute, address_score, article, known_as
from worker.parsers.text import language_tag, text_of
from worker.parsers.xml import Element, children

_MOST_URLS = 50_000  # the protocol's own bound
_MOST_CHILDREN = 50
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def read_sitemap(root: Element, document: Document, listing: Listing) -> Leads:
    """``root`` is ``urlset`` or ``sitemapindex``."""
    gate = Gate(document.url, listing)
    if local(root) == "sitemapindex":
        return Leads("sitemap", tuple(_sitemaps(root, document, gate)))
    found: dict[bytes, Found] = {}
    count = 0
    for element in children(root):
        count += 1
        if count > _MOST_URLS:
            break
        lead = _lead(element, document, gate) if local(element) == "url" else None
        if lead is not None:
            found.setdefault(known_as(lead), lead)
    warnings = (f"only the first {_MOST_URLS} addresses of the sitemap were read",) if count > _MOST_URLS else ()
    return Leads("sitemap", tuple(sorted(found.values(), key=_age)), warnings=warnings)


def read_addresses(lines: Iterable[str], document: Document, listing: Listing) -> Leads:
    """A sitemap that is plain text: an address a line."""
    gate = Gate(document.url, listing)
    found: dict[bytes, Found] = {}
    for number, line in enumerate(lines):
        if number >= _MOST_URLS:
            break
        url = absolute(line.strip(), None)
        if url and gate.admits(url) and _counts(url, listing):
            lead = article(url)
            found.setdefault(known_as(lead), lead)
    return Leads("sitemap", tuple(found.values()))


def sitemaps_named(urls: Iterable[str], document: Document, listing: Listing) -> Leads:
    """What a robots.txt leads to: the sitemaps that it names."""
    gate = Gate(document.url, listing)
    return Leads("robots", tuple(Found(url, Role.LISTING) for url in urls if gate.admits_listing(url))[:_MOST_CHILDREN])


def local(element: Element) -> str:
    """An element's name without namespace, lower case; sitemaps are written with many namespaces, or none."""
    return element.tag.rpartition("}")[2].lower()


def _sitemaps(root: Element, document: Document, gate: Gate) -> list[Found]:
    dated: dict[str, datetime] = {}
    for number, element in enumerate(children(root)):
        if number >= _MOST_URLS:
            break
        fields = _fields(element)
        url = absolute(fields.get("loc"), document.url)
        if url and gate.admits_listing(url):
            dated.setdefault(url, parse_date(fields.get("lastmod"), document.zone) or _NEVER)
    newest = sorted(dated, key=lambda url: dated[url], reverse=True)
    return [Found(url, Role.LISTING) for url in newest[:_MOST_CHILDREN]]


def _lead(element: Element, document: Document, gate: Gate) -> Found | None:
    fields = _fields(element)
    url = absolute(fields.get("loc"), document.url)
    if url is None or not gate.admits(url):
        return None
    news = next((child for child in children(element) if local(child) == "news"), None)
    updated = parse_date(fields.get("lastmod"), document.zone)
    if news is None:
        return article(url, updated=updated) if _counts(url, gate.listing) else None
    said = _fields(news)
    publication = next((child for child in children(news) if local(child) == "publication"), None)
    of = {} if publication is None else _fields(publication)
    return article(
        url,
        title=said.get("title"),
        published=parse_date(said.get("publication_date"), document.zone),
        updated=updated,
        source=SourceRef(title=of["name"]) if of.get("name") else None,
        language=language_tag(of.get("language")),
    )


def _counts(url: str, listing: Listing) -> bool:
    """Unless the source says which addresses count, front pages and lists do not."""
    return listing.match is not None or address_score(url) > -3


def _fields(element: Element) -> dict[str, str]:
    """The texts of an element's children by local name, the first of each."""
    fields: dict[str, str] = {}
    for number, child in enumerate(children(element)):
        if number >= 100:
            break
        if next(children(child), None) is None:
            fields.setdefault(local(child), collapse(text_of(child)[:4_000]))
    return fields


def _age(lead: Found) -> float:
    """Newest first; those without a date keep their order behind the others."""
    when = lead.entry.published or lead.entry.updated if lead.entry is not None else None
    return -when.timestamp() if when else float("inf")
