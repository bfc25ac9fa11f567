"""Kind ``feed``: one resource, an RSS, Atom or JSON feed; every item is an entry, or leads to the page that is one."""

from __future__ import annotations

from dataclasses import replace

from worker.model.catalog import Source
from worker.model.feed import Document, Found, ParsedFeed, Role
from worker.model.polling import SnapshotClaim
from worker.parsers import parse
from worker.sources import pages
from worker.sources.site import first_ones


def read(claim: SnapshotClaim, source: Source) -> ParsedFeed:
    """The unseen entries of a snapshot. Never raises for anything a document contains."""
    if claim.role is not Role.FEED:
        return pages.read(claim, source)
    # The catalogue's word on the language goes before the feed's, and an entry's own before both.
    inherits = source.language is None
    document = Document(claim.body, claim.url, claim.content_type, source.zone, inherits)
    parsed = parse(document, claim.seen)
    return with_pages(parsed, claim, source) if source.body == "page" else parsed


def with_pages(parsed: ParsedFeed, claim: SnapshotClaim, source: Source) -> ParsedFeed:
    """The items as addresses to read; an item that links to nothing stays the entry it is."""
    linked = [Found(entry.link, Role.ARTICLE, entry) for entry in parsed.entries if entry.link]
    found = first_ones(linked, claim, source) if claim.first_contact else linked
    return replace(parsed, entries=tuple(entry for entry in parsed.entries if not entry.link), found=tuple(found))
