"""What a parser makes of one document: a feed, its entries, its tombstones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from worker.model.media import CheckedMedia
from worker.model.page import Attachment, PageImage, Related, Statement


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes to parse, with what the exchange said of them. ``zone`` is an IANA name for zone-less times; ``inherits``
    says that an entry which names no language has its feed's."""

    body: bytes
    url: str | None = None
    content_type: str | None = None
    zone: str = "UTC"
    inherits: bool = False


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
    markup, kept as evidence; both are empty in an entry read back from the database. ``rights`` and ``license`` are
    the item's own, never inherited from the feed.
    ``translations`` are pairs of language tag and address where the same text stands in other languages, as it says.
    What only a page tells: ``subtitle``, the page's ``editor`` (责任编辑), ``breadcrumb``, ``images``, ``attachments``,
    ``statements``, ``related`` (相关新闻: recorded, never followed). ``lacks`` names required fields that were not
    found, or not surely enough.
    """

    digest: bytes = b""
    raw: bytes = b""
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
    subtitle: str | None = None
    editor: str | None = None
    breadcrumb: tuple[str, ...] = ()
    images: tuple[PageImage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    statements: tuple[Statement, ...] = ()
    related: tuple[Related, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tombstone:
    """RFC 6721 ``at:deleted-entry``: the entry ``ref`` was withdrawn by its publisher."""

    ref: str
    when: datetime | None = None
    by: str | None = None
    comment: str | None = None


class Role(StrEnum):
    """What a resource is to its source."""

    FEED = "feed"
    LISTING = "listing"  # a listing page, a sitemap, the answer of a data call: leads to articles
    ARTICLE = "article"
    PART = "part"  # a later page of an article
    MEDIA = "media"  # a picture or file, copied to be served by us


@dataclass(frozen=True, slots=True)
class Found:
    """An address that a document leads to. ``entry`` is what the document says of it (title, time …), to be kept
    beside what the page says; its times are aware UTC. ``url`` is absolute http(s), as the document has it."""

    url: str
    role: Role = Role.ARTICLE
    entry: ParsedEntry | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """One document. ``entries`` are the unseen ones in document order, exact repeats inside the document collapsed;
    ``digests`` are those of *all* items the document holds. ``warnings`` are sentences for a person. ``found`` are
    addresses to ask next, in reading order; ``missing`` says that the page of this entry is not there any more.
    ``media`` is what a picture or file turned out to be.
    """

    format: str  # "rss", "atom", "rdf", "json", "listing", "page", "media"; "" when it is nothing that can be read
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
    found: tuple[Found, ...] = ()
    missing: str | None = None
    media: CheckedMedia | None = None
