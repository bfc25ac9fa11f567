"""From the address of a page to the feed behind it, or to the articles on it. The network is the caller's ``fetch``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag

from lxml import etree, html

from worker.errors import NotFound
from worker.http.guard import check_url
from worker.model.catalog import Listing, SourceKind
from worker.model.feed import Document, ParsedEntry, ParsedFeed, Role
from worker.model.fetch import Outcome
from worker.parsers import parse
from worker.parsers.clean import safe_url
from worker.parsers.leads import read_leads

WELL_KNOWN = ("/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/rss")

_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/xml",
    "text/xml",
}
_FEED_PATH = re.compile(r"(?:\.xml|\.rss|\.atom|\.rdf|/rss2?|/feed|/atom|/feed\.json)/?$", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|div|ul|table)\b", re.IGNORECASE)
_SIDE_FEED = re.compile(r"comment|评论", re.IGNORECASE)
_MOST_TRIES = 12
_MOST_HOSTS = 5

Fetch = Callable[[str], Outcome]


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that answered, or a listing that leads to articles, and the address it answered at."""

    url: str
    feed: ParsedFeed

    @property
    def kind(self) -> SourceKind:
        return SourceKind.SITE if self.feed.format == "listing" else SourceKind.FEED

    @property
    def entries(self) -> tuple[ParsedEntry, ...]:
        """What it holds; of a listing, what it says of the articles it leads to."""
        if self.kind is SourceKind.FEED:
            return self.feed.entries
        return tuple(lead.entry for lead in self.feed.found if lead.role is Role.ARTICLE and lead.entry is not None)


def find_source(fetch: Fetch, url: str, zone: str = "UTC") -> Found:
    """The feed at ``url``, the first that answers behind the page there, or else the page itself as a listing, its
    dates read in ``zone``. Raises NotFound saying what was tried.

    ``fetch`` follows redirects within a host; those to other hosts are followed here.
    """
    outcome = _answer(fetch, url)
    if found := _as_feed(outcome):
        return found
    content_type = outcome.headers.get("content-type")
    listing = Found(outcome.url, read_leads(Document(outcome.body, outcome.url, content_type, zone), Listing()))
    if listing.feed.format and not _is_page(outcome.body):
        return listing  # a sitemap or the answer of a data call: no feed is declared there
    candidates = find_feeds(outcome.body, outcome.url)[:_MOST_TRIES]
    for candidate in candidates:
        try:
            found = _as_feed(_answer(fetch, candidate))
        except NotFound:
            continue
        if found:
            return found
    if listing.feed.format:
        return listing
    tried = "".join(f"\n  {candidate}" for candidate in candidates)
    why = "; ".join(listing.feed.warnings)
    raise NotFound(
        f"{url} is no feed, and none was found behind it. Tried:{tried}\nAs a listing of articles: {why}.\n"
        "If you know the feed, the sitemap or the page that lists the articles, name it."
    )


def _is_page(body: bytes) -> bool:
    return _PAGE.search(body[:2_000]) is not None


def _answer(fetch: Fetch, url: str) -> Outcome:
    at = url
    for _ in range(_MOST_HOSTS):
        outcome = fetch(at)
        if outcome.error is not None:
            raise NotFound(f"{at}: {outcome.error}: {outcome.detail or 'no answer'}; check the address")
        if outcome.status == 200:
            return outcome
        location = outcome.headers.get("location", "")
        if outcome.status not in {301, 302, 303, 307, 308} or check_url(location):
            raise NotFound(f"{at}: the answer was {outcome.status}; check the address in a browser")
        at = location
    raise NotFound(f"{url}: redirected over more than {_MOST_HOSTS} hosts; give the address where it ends")


def _as_feed(outcome: Outcome) -> Found | None:
    feed = parse(Document(outcome.body, outcome.url, outcome.headers.get("content-type")))
    return Found(outcome.url, feed) if feed.format else None


def find_feeds(page: bytes, base: str) -> list[str]:
    """Addresses at which a feed of ``page`` may be found, most likely first, each once.

    What the page declares (``<link rel=alternate>``, feeds of comments last), then links that look like feeds, then
    the usual places of the host. ``base`` is the page's own address.
    """
    references: list[tuple[str, str]] = []
    tree = _tree(page)
    if tree is not None:
        root = safe_url(_first(tree, "//base/@href"), base) or base
        references += [(root, href) for href in _declared(tree)]
        references += [(root, href) for href in _texts(tree, "//a/@href") if _looks_like_feed(href)]
    references += [(base, path) for path in WELL_KNOWN]
    found = (safe_url(reference, root) for root, reference in references)
    return list(dict.fromkeys(url for url in found if url and url != base))


def _tree(page: bytes) -> html.HtmlElement | None:
    try:
        return html.document_fromstring(page)
    except (etree.ParserError, ValueError):  # empty, or nothing but comments
        return None


def _texts(tree: html.HtmlElement, path: str) -> list[str]:
    found = tree.xpath(path)
    return [str(text) for text in found] if isinstance(found, list) else []


def _first(tree: html.HtmlElement, path: str) -> str | None:
    return next(iter(_texts(tree, path)), None)


def _declared(tree: html.HtmlElement) -> Iterator[str]:
    links = [link for link in tree.iter("link") if _is_feed_link(link)]
    yield from (link.get("href", "") for link in sorted(links, key=_is_side_feed))


def _is_feed_link(link: html.HtmlElement) -> bool:
    relations = link.get("rel", "").lower().split()
    media_type = link.get("type", "").partition(";")[0].strip().lower()
    return "alternate" in relations and "stylesheet" not in relations and media_type in _FEED_TYPES


def _is_side_feed(link: html.HtmlElement) -> bool:
    return _SIDE_FEED.search(f"{link.get('title', '')} {link.get('href', '')}") is not None


def _looks_like_feed(href: str) -> bool:
    path = urldefrag(href).url.partition("?")[0]
    return _FEED_PATH.search(path.strip()) is not None
