"""Atom (RFC 4287) with licences (RFC 4946) and tombstones (RFC 6721)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from lxml import etree

from worker.model.delivery import FeedHead, Release, Rendition, Withdrawal
from worker.ports import ShelfRow
from worker.renderers import terms
from worker.renderers.words import words
from worker.renderers.xml import (
    ATOM,
    DC,
    DCTERMS,
    TOMBSTONES,
    XML,
    child,
    provenance,
    say_merged,
    say_operator,
    say_use,
    serialise,
)
from worker.rights.credit import dress

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
_PREFIXES: dict[str | None, str] = {None: ATOM, "at": TOMBSTONES, "dc": DC, "dcterms": DCTERMS, "nr": terms.NAMESPACE}


def render(head: FeedHead, rows: Sequence[ShelfRow]) -> Rendition:
    """Atom of ``rows`` in their order. The same input gives the same bytes."""
    root = etree.Element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": head.language}, nsmap=cast("dict[str, str]", _PREFIXES))
    _say_head(root, head, rows)
    for row in rows:
        if row.withdrawal is not None:
            _say_tombstone(root, row.withdrawal)
        elif row.release is not None:
            _say_entry(root, row.release)
    return Rendition(CONTENT_TYPE, serialise(root))


def _atom(parent: etree._Element, name: str, text: str | None = None, **attributes: str | None) -> etree._Element:
    return child(parent, f"{{{ATOM}}}{name}", text, attributes)


def _say_head(root: etree._Element, head: FeedHead, rows: Sequence[ShelfRow]) -> None:
    _atom(root, "id", head.feed_id)
    _atom(root, "title", head.title)
    _atom(root, "subtitle", terms.description(head))
    _atom(root, "updated", terms.rfc3339(terms.updated(head, rows)))
    _atom(root, "link", rel="self", type="application/atom+xml", href=head.self_url)
    _atom(root, "link", rel="alternate", type="text/html", href=head.home)
    for hub in head.hubs:
        _atom(root, "link", rel="hub", href=hub)
    # RFC 4287 §4.1.1 wants an author here. No entry inherits it (§4.2.1): each brings its own or its source's.
    _say_person(root, head.imprint.name, head.imprint.site or None, terms.mailbox(head.imprint))
    _atom(root, "rights", words(head.language)["feed_rights"])
    say_operator(root, head.imprint)


def _say_person(parent: etree._Element, name: str, uri: str | None = None, email: str | None = None) -> None:
    person = _atom(parent, "author")
    _atom(person, "name", name)
    if uri:
        _atom(person, "uri", uri)
    if email:
        _atom(person, "email", email)


def _say_entry(root: etree._Element, release: Release) -> None:
    credit = release.credit
    entry = _atom(root, "entry")
    entry.set(f"{{{XML}}}lang", release.language)
    _atom(entry, "id", terms.guid(release.article))
    _atom(entry, "title", release.title)
    _atom(entry, "published", terms.rfc3339(release.published or release.first_released))
    _atom(entry, "updated", terms.rfc3339(release.released))
    for author in release.credit.persons:
        _say_person(entry, author.name or "", author.uri)
    if link := terms.link(release):
        _atom(entry, "link", rel="alternate", type="text/html", href=link)
    if credit.original_link:
        _atom(entry, "link", rel="via", href=credit.original_link)
    _atom(entry, "link", rel="license", href=terms.licence(release))
    for enclosure in release.enclosures:
        length = str(enclosure.length) if enclosure.length else None
        _atom(entry, "link", rel="enclosure", href=enclosure.url, type=enclosure.type, length=length)
    for category in release.categories:
        _atom(entry, "category", term=category)
    _atom(entry, "rights", terms.copyright_notice(release))
    _say_source(entry, release)
    _atom(entry, "content", dress(release), type="html")
    _say_dublin_core(entry, release)
    say_use(entry, release)


def _say_source(entry: etree._Element, release: Release) -> None:
    """RFC 4287 §4.2.11. Its author stands for an unsigned text, so that the feed's author never does."""
    credit = release.credit
    home = credit.site or credit.original_link
    source = _atom(entry, "source")
    _atom(source, "id", home or f"{terms.NAMESPACE}:publisher:{credit.publisher or credit.origin}")
    _atom(source, "title", credit.origin)
    _atom(source, "updated", terms.rfc3339(release.updated or release.published or release.first_released))
    if home:
        _atom(source, "link", rel="alternate", href=home)
    _say_person(source, credit.origin, credit.site)


def _say_dublin_core(entry: etree._Element, release: Release) -> None:
    child(entry, f"{{{DC}}}publisher", release.credit.origin)
    if release.credit.original_link:
        child(entry, f"{{{DC}}}source", release.credit.original_link)
    child(entry, f"{{{DCTERMS}}}provenance", provenance(release))
    if release.valid_until:
        child(entry, f"{{{DCTERMS}}}valid", terms.rfc3339(release.valid_until))


def _say_tombstone(root: etree._Element, withdrawal: Withdrawal) -> None:
    """RFC 6721 §3: ``ref`` is the id the entry had."""
    tombstone = child(
        root,
        f"{{{TOMBSTONES}}}deleted-entry",
        None,
        {"ref": terms.guid(withdrawal.article), "when": terms.rfc3339(withdrawal.when)},
    )
    tombstone.set(f"{{{XML}}}lang", withdrawal.language)
    by = child(tombstone, f"{{{TOMBSTONES}}}by")
    _atom(by, "name", withdrawal.by)
    child(tombstone, f"{{{TOMBSTONES}}}comment", f"{terms.stub_line(withdrawal)} ({withdrawal.reason})")
    if withdrawal.merged_into is not None:
        _atom(tombstone, "link", rel="related", href=terms.merged_link(withdrawal))
        say_merged(tombstone, withdrawal.merged_into)
