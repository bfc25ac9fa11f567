"""Kind ``feed``: one resource, an RSS, Atom or JSON feed; every item is an entry."""

from __future__ import annotations

from worker.model.catalog import Source
from worker.model.feed import Document, ParsedFeed
from worker.model.polling import SnapshotClaim
from worker.parsers import parse


def read(claim: SnapshotClaim, source: Source) -> ParsedFeed:
    """The unseen entries of a snapshot. Never raises for anything a document contains."""
    document = Document(body=claim.body, url=claim.url, content_type=claim.content_type, zone=source.zone)
    return parse(document, claim.seen)
