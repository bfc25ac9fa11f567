"""What ingest works out before its transaction: keys, fingerprints and credit of a document's entries. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from worker.identity.digest import content_digest, terms_digest, text_key
from worker.identity.keys import KeyMode, alias_keys, detect_mode
from worker.identity.language import language_of
from worker.identity.near.keys import exact_key
from worker.identity.recognise import address_of, reading_of, site_of, text_of
from worker.identity.urls import host_of
from worker.model.catalog import Source
from worker.model.feed import ParsedEntry, ParsedFeed, Role
from worker.model.ingest import Origin, Prepared, ReadSnapshot
from worker.model.polling import SnapshotClaim
from worker.pipeline.view import View
from worker.rights.provenance import Scene, trace


def make_ready(claim: SnapshotClaim, source: Source, feed: ParsedFeed, view: View) -> ReadSnapshot:
    """A snapshot that was read, ready to be written down. A later page of an article and a picture make no entries."""
    if claim.role is Role.PART or feed.media is not None:
        return ReadSnapshot(claim, source, feed, claim.guid_mode)
    mode = detect_mode(feed.entries, claim.guid_mode)
    scene = Scene(feed, source, view.publishers, view.catalogue.operator, view.own_domains)
    origin = Origin(claim.id, claim.source_id, claim.source, claim.fetched_at)
    routed = first_contact(feed.entries, source, claim) if claim.first_contact else None
    ready = [
        prepare(entry, scene, mode, origin, routed=routed is None or entry.digest in routed) for entry in feed.entries
    ]
    return ReadSnapshot(claim, source, feed, mode.value, tuple(oldest_first(ready)))


def oldest_first(ready: Sequence[Prepared]) -> list[Prepared]:
    """``ready`` turned round (feeds are newest first); of repeats in one document the first, newest one stays."""
    unique = {item.aliases[:1] or (item.entry.digest,): item for item in reversed(ready)}
    return [item for item in reversed(ready) if unique[item.aliases[:1] or (item.entry.digest,)] is item]


def prepare(entry: ParsedEntry, scene: Scene, mode: KeyMode, origin: Origin, *, routed: bool = True) -> Prepared:
    """Everything about an entry that needs no database."""
    aliases = alias_keys(entry, mode=mode)
    own = entry.link is not None and scene.publishers.owns(scene.source.publisher, host_of(entry.link))
    text = text_of(entry)
    # Of a first contact only what goes out is compared at once; the rest is filed when there is time for it.
    reading = reading_of(entry) if routed and text else None
    site = site_of(entry, scene.source.url)
    link = next((key.digest for key in aliases if key.kind == "link"), None) if own else None
    return Prepared(
        origin=origin,
        entry=entry,
        aliases=tuple(key.digest for key in aliases),
        text=text_key(entry.title, text),
        link=link,
        content=content_digest(entry),
        terms=terms_digest(entry),
        credit=trace(entry, scene),
        routed=routed,
        core=(exact_key(reading) or None) if reading is not None else None,
        reading=reading,
        host=site,
        address=address_of(entry, site, own=link is not None),
        language=language_of(entry.language or scene.source.language, text) if reading is not None else None,
    )


def first_contact(entries: Sequence[ParsedEntry], source: Source, claim: SnapshotClaim) -> frozenset[bytes]:
    """Digests of the entries of a first poll that go out: at most so old, at most so many, newest first.

    An entry without a date counts as new where it stands: only its place in the document tells its age.
    """
    oldest = claim.fetched_at - timedelta(seconds=source.first_contact.max_age)
    dated = [(entry.published or entry.updated or claim.fetched_at, entry) for entry in entries]
    recent = sorted((pair for pair in dated if pair[0] >= oldest), key=lambda pair: pair[0], reverse=True)
    return frozenset(entry.digest for _, entry in recent[: source.first_contact.entries])
