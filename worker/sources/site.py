"""Kind ``site``: listings lead to articles' pages, each page is an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from worker.model.catalog import Source
from worker.model.feed import Document, Found, ParsedFeed, Role
from worker.model.polling import SnapshotClaim
from worker.parsers.leads import read_leads
from worker.sources import pages

MOST_AT_ONCE = 500  # articles that one reading of a listing may bring
DEEPEST_SITEMAP = 3


def read(claim: SnapshotClaim, source: Source) -> ParsedFeed:
    """What a snapshot of a listing leads to, or the entry that a page is. Never raises for what a document contains."""
    if claim.role is not Role.LISTING:
        return pages.read(claim, source)
    document = Document(body=claim.body, url=claim.url, content_type=claim.content_type, zone=source.zone)
    leads = read_leads(document, source.listing)
    unseen = [one for one in leads.found if one.role is Role.ARTICLE and _digest(one) not in claim.seen]
    articles = first_ones(unseen, claim, source) if claim.first_contact else unseen[:MOST_AT_ONCE]
    further = [one for one in leads.found if one.role is Role.LISTING] if _goes_on(leads, claim, source) else []
    return replace(leads, found=(*articles, *further))


def _digest(found: Found) -> bytes:
    return found.entry.digest if found.entry is not None else b""


def _goes_on(leads: ParsedFeed, claim: SnapshotClaim, source: Source) -> bool:
    """An index of sitemaps names nothing else; a listing's next page is read as far as the catalogue says."""
    if not leads.digests:
        return claim.depth < DEEPEST_SITEMAP
    return claim.depth + 1 < source.listing.pages


def first_ones(found: Sequence[Found], claim: SnapshotClaim, source: Source) -> list[Found]:
    """Of what a first contact finds, the newest, as many as the catalogue allows in all; never the whole archive.

    Where the listing tells no times, its order does: newest first.
    """
    room = max(0, source.first_contact.entries - claim.taken)
    dated = [(_when(one), place, one) for place, one in enumerate(found)]
    if all(when is not None for when, _, _ in dated):
        dated.sort(key=lambda item: (item[0] or claim.fetched_at, -item[1]), reverse=True)
    return [one for _, _, one in dated[:room]]


def _when(found: Found) -> datetime | None:
    entry = found.entry
    return (entry.published or entry.updated) if entry is not None else None
