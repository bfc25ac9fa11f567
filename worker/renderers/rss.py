"""RSS 2.0 with content, Dublin Core and Atom links. RSS has no tombstone, so a withdrawn article stays as a stub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree

from worker.model.catalog import Use
from worker.model.delivery import FeedHead, Release, Rendition, Withdrawal
from worker.ports import ShelfRow
from worker.renderers import terms
from worker.renderers.words import words
from worker.renderers.xml import (
    ATOM,
    CONTENT,
    DC,
    DCTERMS,
    child,
    provenance,
    say_merged,
    say_operator,
    say_use,
    serialise,
)
from worker.rights.credit import dress

CONTENT_TYPE = "application/rss+xml; charset=utf-8"
_PREFIXES = {"content": CONTENT, "dc": DC, "dcterms": DCTERMS, "atom": ATOM, "nr": terms.NAMESPACE}


def render(head: FeedHead, rows: Sequence[ShelfRow]) -> Rendition:
    """RSS 2.0 of ``rows`` in their order. The same input gives the same bytes."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap=_PREFIXES)
    channel = child(root, "channel")
    _say_head(channel, head, rows)
    for row in rows:
        if row.withdrawal is not None:
            _say_stub(channel, row.withdrawal)
        elif row.release is not None:
            _say_entry(channel, row.release)
    return Rendition(CONTENT_TYPE, serialise(root))


def _date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _say_head(channel: etree._Element, head: FeedHead, rows: Sequence[ShelfRow]) -> None:
    child(channel, "title", head.title)
    child(channel, "link", head.home)
    child(channel, "description", terms.description(head))
    child(channel, "language", head.language)
    child(channel, "copyright", words(head.language)["feed_rights"])
    # Not managingEditor: parsers read that as the author of everything below.
    if address := terms.mailbox(head.imprint):
        child(channel, "webMaster", f"{address} ({head.imprint.name})")
    child(channel, "lastBuildDate", _date(terms.updated(head, rows)))
    child(channel, f"{{{ATOM}}}link", None, {"rel": "self", "type": "application/rss+xml", "href": head.self_url})
    for hub in head.hubs:
        child(channel, f"{{{ATOM}}}link", None, {"rel": "hub", "href": hub})
    say_operator(channel, head.imprint)


def _say_entry(channel: etree._Element, release: Release) -> None:
    entry = child(channel, "item")
    child(entry, "title", release.title)
    if link := terms.link(release):
        child(entry, "link", link)
    child(entry, "guid", terms.guid(release.article), {"isPermaLink": "false"})
    child(entry, "pubDate", _date(release.published or release.first_released))
    child(entry, f"{{{DCTERMS}}}modified", terms.rfc3339(release.released))
    _say_body(entry, release)
    _say_credit(entry, release)
    for category in release.categories:
        child(entry, "category", category)
    _say_enclosures(entry, release)
    say_use(entry, release)


def _say_body(entry: etree._Element, release: Release) -> None:
    """Readers show either element, so each opens with the credit line."""
    if release.use is not Use.FULL_TEXT or release.body is None:
        child(entry, "description", dress(release))
        return
    if release.excerpt:
        child(entry, "description", dress(replace(release, use=Use.EXCERPT, body=None)))
    child(entry, f"{{{CONTENT}}}encoded", dress(release))


def _say_credit(entry: etree._Element, release: Release) -> None:
    credit = release.credit
    for author in release.credit.persons:
        child(entry, f"{{{DC}}}creator", author.name)
    child(entry, f"{{{DC}}}publisher", credit.origin)
    if credit.original_link:
        child(entry, f"{{{DC}}}source", credit.original_link)
        child(entry, f"{{{ATOM}}}link", None, {"rel": "via", "href": credit.original_link})
    child(entry, f"{{{DC}}}language", release.language)
    child(entry, f"{{{DC}}}rights", terms.copyright_notice(release))
    child(entry, f"{{{ATOM}}}link", None, {"rel": "license", "href": terms.licence(release)})
    child(entry, f"{{{DCTERMS}}}provenance", provenance(release))
    if release.valid_until:
        child(entry, f"{{{DCTERMS}}}valid", terms.rfc3339(release.valid_until))


def _say_enclosures(entry: etree._Element, release: Release) -> None:
    """RSS Best Practices: one enclosure; the others are Atom links, which readers that know several do read."""
    for position, enclosure in enumerate(release.enclosures):
        kind = enclosure.type or "application/octet-stream"
        length = str(enclosure.length or 0)
        if position == 0:
            child(entry, "enclosure", None, {"url": enclosure.url, "length": length, "type": kind})
        else:
            facts = {"rel": "enclosure", "href": enclosure.url, "type": enclosure.type}
            child(entry, f"{{{ATOM}}}link", None, facts)


def _say_stub(channel: etree._Element, withdrawal: Withdrawal) -> None:
    """Readers keep what merely vanishes; under the same guid this replaces it."""
    entry = child(channel, "item")
    child(entry, "title", terms.stub_title(withdrawal))
    if withdrawal.merged_into is not None and withdrawal.merged_into.address:
        child(entry, "link", withdrawal.merged_into.address)
    child(entry, "guid", terms.guid(withdrawal.article), {"isPermaLink": "false"})
    child(entry, "pubDate", _date(withdrawal.first_released))
    child(entry, f"{{{DCTERMS}}}modified", terms.rfc3339(withdrawal.when))
    # An expiration in the past beside a newer modified is how some portals take a withdrawal.
    child(entry, f"{{{DCTERMS}}}valid", terms.rfc3339(withdrawal.when))
    child(entry, "description", terms.stub_line(withdrawal))
    facts = {"when": terms.rfc3339(withdrawal.when), "by": withdrawal.by}
    child(entry, f"{{{terms.NAMESPACE}}}withdrawn", withdrawal.reason, facts)
    if withdrawal.merged_into is not None:
        say_merged(entry, withdrawal.merged_into)
