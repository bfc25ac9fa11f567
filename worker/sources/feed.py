"""Kind ``feed``: one resource, an RSS, Atom or JSON feed; every item is an entry, or leads to the page that is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from worker.model.catalog import Source
from worker.model.feed import Document, Found, ParsedEntry, ParsedFeed, Role
from worker.model.polling import MOST_RETURNED, SnapshotClaim
from worker.parsers import parse
from worker.parsers.clean import plain_text
from worker.sources import pages
from worker.sources.site import first_ones

LEAST_BODY = 400  # characters of a summary from which on it is the text itself


def read(claim: SnapshotClaim, source: Source) -> ParsedFeed:
    """The unseen entries of a snapshot. Never raises for anything a document contains."""
    if claim.role is not Role.FEED:
        return pages.read(claim, source)
    # The catalogue's word on the language goes before the feed's, and an entry's own before both.
    inherits = source.language is None
    document = Document(claim.body, claim.url, claim.content_type, source.zone, inherits)
    parsed = without_many_returned(parse(document, claim.seen), claim)
    if source.body == "page":
        return with_pages(parsed, claim, source)
    if not source.needs:
        return parsed
    return replace(parsed, entries=tuple(replace(one, lacks=_lacks(one, source.needs)) for one in parsed.entries))


def without_many_returned(parsed: ParsedFeed, claim: SnapshotClaim) -> ParsedFeed:
    """An item that comes back as it was is an edit taken back. Many at once are a feed that was away for a while, or a
    site that moved back: nothing of theirs is new."""
    if len(claim.came_back(parsed.digests)) <= MOST_RETURNED:
        return parsed
    return replace(parsed, entries=tuple(one for one in parsed.entries if one.digest not in claim.left))


def _lacks(entry: ParsedEntry, required: Iterable[str]) -> tuple[str, ...]:
    """The required fields that an item does not tell itself: nothing is read into it."""
    told: dict[str, object] = {
        "title": entry.title,
        "published": entry.published,
        "source": entry.source is not None and (entry.source.title or entry.source.url),
        "author": entry.authors,
        "body": entry.content or len(plain_text(entry.summary or "")) >= LEAST_BODY,
    }
    return tuple(name for name in required if not told[name])


def with_pages(parsed: ParsedFeed, claim: SnapshotClaim, source: Source) -> ParsedFeed:
    """The items as addresses to read; an item that links to nothing stays the entry it is."""
    linked = [Found(entry.link, Role.ARTICLE, entry) for entry in parsed.entries if entry.link]
    found = first_ones(linked, claim, source) if claim.first_contact else linked
    return replace(parsed, entries=tuple(entry for entry in parsed.entries if not entry.link), found=tuple(found))
