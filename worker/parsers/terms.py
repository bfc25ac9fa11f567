"""Who says what about rights, licence, origin and withdrawal, read from the XML itself.

Only elements that speak for the text count. ``media:copyright``, ``media:license`` and ``media:credit`` speak for a
picture and are never looked at.
"""

from __future__ import annotations

import re

from worker.model.feed import SourceRef, Tombstone
from worker.parsers.clean import safe_url
from worker.parsers.dates import parse_date
from worker.parsers.text import Fields, Scope, first_label, first_line, gather, label_of, line_of, people
from worker.parsers.translations import translations
from worker.parsers.xml import Element

_RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_LICENCE_FIELDS = ("cc:license", "creativecommons:license", "dcterms:license", "license", "dc:license")
_RIGHTS_FIELDS = ("copyright", "rights", "dc:rights", "dcterms:rights", "atom:rights", "atom:copyright")
_CC_URI = re.compile(r"https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/\S+")


def relation(link: Element) -> str:
    """The relation of an Atom link, its registered name in lower case; ``alternate`` when it says none."""
    given = (link.get("rel") or "").strip().lower() or "alternate"
    return given.removeprefix("http://www.iana.org/assignments/relation/")


def related(links: list[Element], scope: Scope, *relations: str) -> list[str]:
    """The addresses of links that bear one of the relations, in order."""
    urls = (scope.url(link, link.get("href")) for link in links if relations_of(link) & set(relations))
    return list(dict.fromkeys(url for url in urls if url))


def relations_of(link: Element) -> set[str]:
    return set(relation(link).split())


def translations_in(links: list[Element], scope: Scope, own: str | None) -> tuple[tuple[str, str], ...]:
    """Where the entry at ``own`` says it stands in other languages."""
    alternates = [link for link in links if link.get("hreflang") and "alternate" in relations_of(link)]
    return translations(((link.get("hreflang"), scope.url(link, link.get("href"))) for link in alternates), own)


def rights_of(fields: Fields) -> str | None:
    """The copyright notice, plain text; several different ones are joined, since each of them may restrict."""
    notices = [label for name in _RIGHTS_FIELDS for element in fields.get(name, ()) if (label := label_of(element))]
    return "; ".join(dict.fromkeys(notices)) or None


def licence_of(fields: Fields, links: list[Element], scope: Scope) -> str | None:
    """The address of the licence declared for the text; a notice that is nothing but a CC address counts as one."""
    for name in _LICENCE_FIELDS:
        for element in fields.get(name, ()):
            given = element.get(_RDF_RESOURCE) or element.get("resource") or line_of(element) or element.get("href")
            if url := safe_url(given, None):
                return url
    if linked := related(links, scope, "license"):
        return linked[0]
    for name in ("dc:rights", "dcterms:rights"):
        for element in fields.get(name, ()):
            if (given := element.get(_RDF_RESOURCE)) and _CC_URI.fullmatch(given):
                return given
    rights = rights_of(fields)
    return rights if rights and _CC_URI.fullmatch(rights) else None


def via_of(fields: Fields, links: list[Element], scope: Scope) -> str | None:
    """The address of the text this one was taken from."""
    if linked := related(links, scope, "via"):
        return linked[0]
    for name in ("dc:source", "dcterms:source"):
        for element in fields.get(name, ()):
            if url := safe_url(element.get(_RDF_RESOURCE) or line_of(element), None):
                return url
    return None


def source_of(fields: Fields, scope: Scope) -> SourceRef | None:
    """Where the entry says it comes from: ``source`` of RSS or Atom, else ``dc:source`` by name, else the publisher."""
    for element in (*fields.get("source", ()), *fields.get("atom:source", ())):
        found = _atom_source(element, scope) if len(element) else _rss_source(element, scope)
        if found is not None:
            return found
    for name in ("dc:source", "dcterms:source", "dc:publisher", "dcterms:publisher"):
        label = first_label(fields, name)
        if label and not safe_url(label, None):
            return SourceRef(title=label)
    return None


def _rss_source(element: Element, scope: Scope) -> SourceRef | None:
    title, url = label_of(element), scope.url(element, element.get("url"))
    return SourceRef(title, url) if title or url else None


def _atom_source(element: Element, scope: Scope) -> SourceRef | None:
    fields = {name.removeprefix("atom:"): nodes for name, nodes in gather(element, scope.core).items()}
    links = fields.get("link", [])
    addresses = related(links, scope, "alternate") or related(links, scope, "self")
    found = SourceRef(
        title=first_label(fields, "title"),
        url=addresses[0] if addresses else safe_url(first_line(fields, "id"), None),
        authors=tuple(people(fields.get("author", ()), scope)),
        rights=rights_of(fields),
        license=licence_of(fields, links, scope),
    )
    return found if found != SourceRef() else None


def tombstones_in(root: Element, scope: Scope) -> tuple[Tombstone, ...]:
    """Every ``at:deleted-entry`` of the document (RFC 6721), in order; one without ``ref`` says nothing."""
    found = []
    for element in root.iter("{http://purl.org/atompub/tombstones/1.0}deleted-entry"):
        ref = (element.get("ref") or "").strip()
        if not ref:
            continue
        fields = gather(element, scope.core)
        who = people(fields.get("at:by", ()), scope)
        found.append(
            Tombstone(
                ref=ref,
                when=parse_date(element.get("when"), scope.zone),
                by=(who[0].name or who[0].email or who[0].uri) if who else None,
                comment=first_label(fields, "at:comment"),
            )
        )
    return tuple(found)
