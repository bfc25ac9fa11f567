"""RSS 0.9x, 1.0 and 2.0 with the usual modules: elements → entry and feed.

Elements of the same meaning are read in a fixed order, the format's own first, its modules after.
"""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

from worker.model.feed import Enclosure, ParsedEntry, ParsedFeed, Person
from worker.parsers.clean import safe_url
from worker.parsers.dates import parse_date
from worker.parsers.terms import licence_of, related, rights_of, source_of, translations_in, via_of
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

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_BODY_FIELDS = (
    "content:encoded",
    "encoded",
    "xhtml:body",
    "xhtml:div",
    "body",
    "fullitem",
    "atom:content",
    "content",
    "yandex:full-text",
)
_SUMMARY_FIELDS = (
    "description",
    "dc:description",
    "summary",
    "atom:summary",
    "itunes:summary",
    "media:description",
    "excerpt:encoded",
    "dcterms:abstract",
    "itunes:subtitle",
)
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}


def read_entry(element: Element, scope: Scope, digest: bytes, raw: bytes) -> ParsedEntry:
    """One ``item``, as ``worker.model.feed.ParsedEntry`` describes."""
    fields = gather(element, scope.core)
    links = _atom_links(fields)
    guid, permalink = _guid(fields, element)
    link = _link(fields, links, scope) or (safe_url(guid, None) if permalink else None)
    base = scope.base_of(element) if scope.bases else link or scope.base
    published, updated = _times(fields, scope.zone)
    return ParsedEntry(
        digest=digest,
        raw=raw,
        guid=guid,
        link=link,
        title=first_label(fields, "title", "dc:title", "atom:title", "media:title", "itunes:title"),
        authors=_authors(fields, scope, "author"),
        summary=first_body(fields, base, *_SUMMARY_FIELDS) or _group_description(fields, scope, base),
        content=first_body(fields, base, *_BODY_FIELDS),
        published=published,
        updated=updated,
        categories=_categories(fields),
        enclosures=_enclosures(fields, links, scope),
        rights=rights_of(fields),
        license=licence_of(fields, links, scope),
        source=source_of(fields, scope),
        via=via_of(fields, links, scope),
        language=language_tag(first_line(fields, "dc:language", "language")) or language_in(element) or scope.language,
        translations=translations_in(links, scope, link),
        guid_is_permalink=permalink and safe_url(guid, None) is not None,
    )


def read_feed(channel: Element, scope: Scope, form: str) -> ParsedFeed:
    """The channel without its items."""
    fields = gather(channel, scope.core)
    links = _atom_links(fields)
    own = related(links, scope, "self")
    generator = fields.get("admin:generatoragent", [])
    return ParsedFeed(
        format=form,
        title=first_label(fields, "title", "dc:title", "atom:title"),
        description=first_label(
            fields,
            "description",
            "dc:description",
            "atom:subtitle",
            "subtitle",
            "tagline",
            "itunes:summary",
            "itunes:subtitle",
        ),
        link=_link(fields, links, scope),
        self_link=own[0] if own else None,
        hubs=tuple(related(links, scope, "hub")),
        language=language_tag(first_line(fields, "language", "dc:language")) or _language(channel),
        rights=rights_of(fields),
        license=licence_of(fields, links, scope),
        authors=_authors(fields, scope, "managingeditor", "author"),
        generator=first_label(fields, "generator") or (generator[0].get(_RESOURCE) if generator else None),
        updated=first_time(
            fields, scope.zone, "lastbuilddate", "atom:updated", "dc:date", "pubdate", "dcterms:modified", "updated"
        ),
        ttl_minutes=_ttl(fields),
    )


def _atom_links(fields: Fields) -> list[Element]:
    """Atom links in RSS, also those written without the namespace; an RSS ``link`` has text instead of ``href``."""
    return [*fields.get("atom:link", ()), *(link for link in fields.get("link", ()) if link.get("href"))]


def _link(fields: Fields, links: list[Element], scope: Scope) -> str | None:
    for element in fields.get("link", ()):
        if not element.get("href") and (url := scope.url(element, text_of(element).strip() or element.get(_RESOURCE))):
            return url
    alternates = related(links, scope, "alternate")
    return alternates[0] if alternates else None


def _guid(fields: Fields, element: Element) -> tuple[str | None, bool]:
    """The item's id, and whether the feed lets it stand in for the link."""
    for guid in fields.get("guid", ()):
        if text := line_of(guid):
            return text, (guid.get("isPermaLink") or guid.get("ispermalink") or "true").strip().lower() != "false"
    other = first_line(fields, "atom:id", "id")
    if other:
        return other, False
    about = (element.get(_ABOUT) or "").strip()
    return (about, True) if about else (None, False)


def _authors(fields: Fields, scope: Scope, *names: str) -> tuple[Person, ...]:
    """Authors of the format itself and of its modules; ``itunes:author`` only when nobody else is named."""
    signed = people([element for name in names for element in fields.get(name, ())], scope)
    credited = people([*fields.get("dc:creator", ()), *fields.get("dc:author", ())], scope)
    if len(signed) == len(credited) == 1 and signed[0].name is None and credited[0].email is None:
        return (Person(credited[0].name, signed[0].email, credited[0].uri or signed[0].uri),)
    found = [*signed]
    named = {person.name for person in signed}
    found += [person for person in credited if person.name is None or person.name not in named]
    found += [
        person for person in people(fields.get("atom:author", ()), scope) if person.name not in {p.name for p in found}
    ]
    return tuple(dict.fromkeys(found)) or tuple(people(fields.get("itunes:author", ()), scope))


def _times(fields: Fields, zone: str) -> tuple[datetime | None, datetime | None]:
    """Published and updated. ``dc:date`` is the publication where it stands alone (RSS 1.0), else the last change."""
    published = first_time(fields, zone, "pubdate", "atom:published", "dcterms:issued", "dcterms:created", "published")
    updated = first_time(fields, zone, "atom:updated", "dcterms:modified", "updated", "lastbuilddate")
    dated = first_time(fields, zone, "dc:date", "dcterms:date", "date")
    if published is None:
        return dated or first_time(fields, zone, "dcterms:available", "atom:issued"), updated
    return published, updated or dated


def first_time(fields: Fields, zone: str, *names: str) -> datetime | None:
    """The first time that can be read among the fields named, as aware UTC."""
    for name in names:
        for element in fields.get(name, ()):
            if moment := parse_date(text_of(element), zone):
                return moment
    return None


def _group_description(fields: Fields, scope: Scope, base: str | None) -> str | None:
    for group in fields.get("media:group", ()):
        if body := first_body(gather(group, scope.core), base, "media:description"):
            return body
    return None


def _language(channel: Element) -> str | None:
    parent = channel.getparent()
    return language_in(channel) or (language_in(parent) if parent is not None else None)


def _ttl(fields: Fields) -> int | None:
    """Minutes between polls the feed asks for: ``ttl``, else the syndication module."""
    return _whole(first_line(fields, "ttl")) or syndication_minutes(fields)


def syndication_minutes(fields: Fields) -> int | None:
    """``sy:updatePeriod`` divided by ``sy:updateFrequency``, in minutes."""
    period = _PERIODS.get((first_line(fields, "sy:updateperiod") or "").lower())
    if period is None:
        return None
    return max(1, period // (_whole(first_line(fields, "sy:updatefrequency")) or 1))


def _whole(text: str | None) -> int | None:
    found = re.fullmatch(r"(\d{1,9})(?:\.\d+)?", text or "", re.ASCII)
    return int(found[1]) or None if found else None


def _categories(fields: Fields) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("category", "dc:subject", "dcterms:subject", "atom:category", "itunes:category", "media:category"):
        for element in fields.get(name, ()):
            nodes = element.iter(etree.Element) if name == "itunes:category" else (element,)
            found += [label for node in nodes if (label := _category(node))]
    for element in fields.get("itunes:keywords", ()):
        found += [word for part in (line_of(element) or "").split(",") if (word := part.strip())]
    return tuple(dict.fromkeys(found))


def _category(element: Element) -> str | None:
    given = element.get("text") or element.get("term") or element.text or element.get("label")
    return reading_text(given) or None if given else None


def _enclosures(fields: Fields, links: list[Element], scope: Scope) -> tuple[Enclosure, ...]:
    given = [(element, element.get("url") or element.get("href")) for element in fields.get("enclosure", ())]
    given += [(link, link.get("href")) for link in links if link.get("rel") == "enclosure"]
    return enclosures(given, scope)


def enclosures(given: list[tuple[Element, str | None]], scope: Scope) -> tuple[Enclosure, ...]:
    """Attached files, each address once; a length that is no number is left out."""
    found: dict[str, Enclosure] = {}
    for element, address in given:
        if url := scope.url(element, address):
            length = (element.get("length") or "").strip()
            size = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None
            found.setdefault(url, Enclosure(url, (element.get("type") or "").strip() or None, size))
    return tuple(found.values())
