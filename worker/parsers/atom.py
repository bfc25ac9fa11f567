"""Atom 1.0 (RFC 4287) and 0.3: elements → entry and feed."""

from __future__ import annotations

from worker.identity.language import primary
from worker.model.feed import ParsedEntry, ParsedFeed
from worker.parsers.clean import safe_url
from worker.parsers.rss import enclosures, first_time, syndication_minutes
from worker.parsers.terms import (
    licence_of,
    related,
    relation,
    relations_of,
    rights_of,
    source_of,
    translations_in,
    via_of,
)
from worker.parsers.text import (
    Fields,
    Scope,
    first_body,
    first_label,
    first_line,
    gather,
    language_in,
    language_tag,
    line_of,
    people,
    reading_text,
    text_of,
)
from worker.parsers.xml import Element

_PAGES = frozenset({"", "text/html", "application/xhtml+xml"})


def read_entry(element: Element, scope: Scope, digest: bytes, raw: bytes) -> ParsedEntry:
    """One ``entry``. Its authors are its own: whoever inherits looks at ``source.authors``, then at the feed's."""
    fields = gather(element, scope.core)
    links = fields.get("link", [])
    guid = first_line(fields, "id")
    language = language_in(element) or language_tag(first_line(fields, "dc:language")) or scope.language
    link = (
        _page(links, scope, language) or _text_link(links, scope) or safe_url(guid, None) or _elsewhere(fields, scope)
    )
    base = scope.base_of(element) if scope.bases else link or scope.base
    published = first_time(fields, scope.zone, "published", "issued", "created", "dcterms:issued", "dc:date", "pubdate")
    return ParsedEntry(
        digest=digest,
        raw=raw,
        guid=guid,
        link=link,
        title=first_label(fields, "title", "dc:title", "media:title"),
        authors=tuple(people((*fields.get("author", ()), *_creators(fields)), scope)),
        summary=_body(fields, scope, base, "summary", "description", "media:description")
        or _described(fields, scope, base),
        content=_body(fields, scope, base, "content", "content:encoded"),
        published=published,
        updated=first_time(fields, scope.zone, "updated", "modified", "dcterms:modified"),
        categories=_categories(fields),
        enclosures=enclosures([(each, each.get("href")) for each in links if relation(each) == "enclosure"], scope),
        rights=rights_of(fields),
        license=licence_of(fields, links, scope),
        source=source_of(fields, scope),
        via=via_of(fields, links, scope),
        language=language,
        translations=translations_in(links, scope, link),
    )


def read_feed(feed: Element, scope: Scope, form: str) -> ParsedFeed:
    """The feed without its entries."""
    fields = gather(feed, scope.core)
    links = fields.get("link", [])
    own = related(links, scope, "self")
    return ParsedFeed(
        format=form,
        title=first_label(fields, "title", "dc:title"),
        description=first_label(fields, "subtitle", "tagline", "description", "dc:description"),
        link=_page(links, scope, None) or _text_link(links, scope) or safe_url(first_line(fields, "id"), None),
        self_link=own[0] if own else None,
        hubs=tuple(related(links, scope, "hub")),
        language=language_in(feed) or language_tag(first_line(fields, "dc:language", "language")),
        rights=rights_of(fields),
        license=licence_of(fields, links, scope),
        authors=tuple(people((*fields.get("author", ()), *_creators(fields)), scope)),
        generator=first_label(fields, "generator"),
        updated=first_time(fields, scope.zone, "updated", "modified", "dc:date"),
        ttl_minutes=syndication_minutes(fields),
    )


def _creators(fields: Fields) -> list[Element]:
    return [] if fields.get("author") else fields.get("dc:creator", [])


def _page(links: list[Element], scope: Scope, language: str | None) -> str | None:
    """The address of the page: an alternate that is HTML or says no type, else any alternate; one in another language
    only where there is no other."""
    alternates = [link for link in links if "alternate" in relations_of(link)]
    alternates.sort(key=lambda link: primary(link.get("hreflang")) not in {None, primary(language)})
    pages = [link for link in alternates if (link.get("type") or "").strip().lower() in _PAGES]
    found = related(pages, scope, "alternate") or related(alternates, scope, "alternate")
    return found[0] if found else None


def _text_link(links: list[Element], scope: Scope) -> str | None:
    """A link written the RSS way."""
    for link in links:
        if not link.get("href") and (url := scope.url(link, text_of(link))):
            return url
    return None


def _elsewhere(fields: Fields, scope: Scope) -> str | None:
    """The address of content that is not in the feed (RFC 4287 §4.1.3.2)."""
    for content in fields.get("content", ()):
        if url := scope.url(content, content.get("src")):
            return url
    return None


def _body(fields: Fields, scope: Scope, base: str | None, *names: str) -> str | None:
    if not scope.bases:
        return first_body(fields, base, *names)
    for name in names:
        for element in fields.get(name, ()):
            if body := first_body({name: [element]}, scope.base_of(element), name):
                return body
    return None


def _described(fields: Fields, scope: Scope, base: str | None) -> str | None:
    for group in fields.get("media:group", ()):
        if body := first_body(gather(group, scope.core), base, "media:description"):
            return body
    return None


def _categories(fields: Fields) -> tuple[str, ...]:
    given = (each.get("term") or each.get("label") or line_of(each) for each in fields.get("category", ()))
    subjects = (line_of(each) for each in fields.get("dc:subject", ()))
    labels = (reading_text(text) for text in (*given, *subjects) if text)
    return tuple(dict.fromkeys(label for label in labels if label))
