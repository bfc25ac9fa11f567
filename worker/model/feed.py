"""What a parser makes of one document: a feed, its entries, its tombstones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes to parse, with what the exchange said of them. ``zone`` is an IANA name for zone-less times."""

    body: bytes
    url: str | None = None
    content_type: str | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Person:
    """An author as the document names one."""

    name: str | None = None
    email: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    url: str
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where an entry says it came from: RSS ``<source>``, ``atom:source``, ``dc:source``/``dc:publisher``.

    ``url`` is the address of the publication (or of its feed, as RSS has it), never of the text itself.
    """

    title: str | None = None
    url: str | None = None
    authors: tuple[Person, ...] = ()
    rights: str | None = None
    license: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item of a document, cleaned: titles are plain text, ``summary`` and ``content`` clean HTML (nh3, once) with
    absolute links; every URL field is http(s) or None. Times are aware UTC; absent stays None, never invented.

    ``digest`` (16 bytes) is the hash of the item's own markup, by which a repeat is dropped unparsed; ``raw`` is that
    markup, kept as evidence. ``rights`` and ``license`` are the item's own, never inherited from the feed.
    """

    digest: bytes
    raw: bytes
    guid: str | None = None
    link: str | None = None
    title: str | None = None
    authors: tuple[Person, ...] = ()
    summary: str | None = None
    content: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    rights: str | None = None
    license: str | None = None
    source: SourceRef | None = None
    via: str | None = None
    language: str | None = None
    guid_is_permalink: bool = False


@dataclass(frozen=True, slots=True)
class Tombstone:
    """RFC 6721 ``at:deleted-entry``: the entry ``ref`` was withdrawn by its publisher."""

    ref: str
    when: datetime | None = None
    by: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """One document. ``entries`` are the unseen ones in document order, exact repeats inside the document collapsed;
    ``digests`` are those of *all* items the document holds. ``warnings`` are sentences for a person."""

    format: str  # "rss", "atom", "rdf", "json" or "" when it is no feed at all
    entries: tuple[ParsedEntry, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    digests: tuple[bytes, ...] = ()
    title: str | None = None
    description: str | None = None
    link: str | None = None
    self_link: str | None = None
    hubs: tuple[str, ...] = ()
    language: str | None = None
    rights: str | None = None
    license: str | None = None
    authors: tuple[Person, ...] = ()
    generator: str | None = None
    updated: datetime | None = None
    ttl_minutes: int | None = None
    charset: str | None = None
    warnings: tuple[str, ...] = ()
