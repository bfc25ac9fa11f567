"""Article pages → entries: what the page says, beside it what led there (a feed's item, a listing's line).

Read by kind ``site``, and by kind ``feed`` with ``body = "page"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from worker.identity.urls import link_digest, own_canonical
from worker.model.catalog import Source, SourceKind
from worker.model.feed import Document, Found, ParsedEntry, ParsedFeed, Person, Role, SourceRef, Tombstone
from worker.model.page import CONFIDENCE, ParsedPage
from worker.model.polling import SnapshotClaim
from worker.parsers.page import read_page
from worker.rights.decide import is_reserved
from worker.sources import media

FORMAT = "page"
PARTS_MAX = 20
RELATED_MAX = 20
LEAST_BODY = 20  # characters under which a page holds no article


def read(claim: SnapshotClaim, source: Source) -> ParsedFeed:
    """One entry, or what became of it: a tombstone after a 410, ``missing`` after a 404 that lasts."""
    if claim.role is Role.MEDIA:
        return media.read(claim)
    if claim.status == 410:
        gone = Tombstone(ref=claim.own_url, when=claim.fetched_at, by=None)
        return ParsedFeed(FORMAT, tombstones=(gone,))
    if claim.status != 200:
        return ParsedFeed(FORMAT, missing=claim.own_url)
    document = Document(body=claim.body, url=claim.url, content_type=claim.content_type, zone=source.zone)
    page = read_page(document, now=claim.fetched_at, rules=source.rules)
    if len(page.body_text or "") < LEAST_BODY and page.title is None:
        return ParsedFeed("", warnings=(*page.warnings, "the page holds no article"))
    entry = make_entry(page, claim, source)
    if claim.role is Role.PART:
        return ParsedFeed(FORMAT, entries=(entry,), warnings=page.warnings)
    unread = _unread_parts(page, claim)
    if unread:
        entry = replace(entry, lacks=(*entry.lacks, "pages"))
    return ParsedFeed(
        FORMAT,
        entries=(entry,),
        language=page.language,
        charset=page.charset,
        warnings=page.warnings,
        found=tuple(Found(url, Role.PART) for url in unread),
    )


def make_entry(page: ParsedPage, claim: SnapshotClaim, source: Source) -> ParsedEntry:
    """The entry that a page makes. What the page says outranks the feed or listing that led to it."""
    hint = claim.hint or ParsedEntry(digest=b"", raw=b"")
    parts = list(_parts(page, claim))
    content = "\n".join(filter(None, [page.body_html, *(part.content for part in parts)])) or hint.content
    return ParsedEntry(
        digest=blake2b(claim.body, digest_size=16).digest(),
        raw=claim.body,
        guid=hint.guid or claim.own_url,
        guid_is_permalink=hint.guid is None or hint.guid_is_permalink,
        link=_own_link(page, claim),
        title=page.title or hint.title,
        subtitle=page.subtitle,
        authors=tuple(Person(author.name) for author in page.authors) or hint.authors,
        summary=hint.summary,
        content=content,
        published=_published(page, hint),
        updated=page.updated or hint.updated,
        categories=_categories(page, hint),
        enclosures=hint.enclosures,
        rights=_rights(page) or hint.rights,
        license=hint.license,
        source=_source_ref(page) or hint.source,
        via=page.original_url or hint.via,
        language=page.language or hint.language,
        editor=page.editor,
        breadcrumb=page.breadcrumb,
        images=(*page.images, *(image for part in parts for image in part.images)),
        attachments=(*page.attachments, *(file for part in parts for file in part.attachments)),
        statements=page.statements,
        related=page.related[:RELATED_MAX],
        translations=page.translations or hint.translations,
        lacks=tuple(_lacks(page, hint, source, content)),
    )


def _published(page: ParsedPage, hint: ParsedEntry) -> datetime | None:
    """The page's time; a page that gives only the day agrees with a feed that gives a time of that day."""
    if page.published is None or hint.published is None:
        return page.published or hint.published
    later = hint.published - page.published
    return hint.published if page.dated_by_day and timedelta(0) <= later < timedelta(days=1) else page.published


def _own_link(page: ParsedPage, claim: SnapshotClaim) -> str:
    """The page's own word for its address, where it lies on the same domain; else the one we were led to."""
    return own_canonical(page.canonical_url, claim.own_url) or claim.own_url


def _source_ref(page: ParsedPage) -> SourceRef | None:
    return SourceRef(title=page.source.name, url=page.source.url) if page.source is not None else None


def _categories(page: ParsedPage, hint: ParsedEntry) -> tuple[str, ...]:
    named = [page.category, *page.breadcrumb[-1:], *hint.categories]
    return tuple(dict.fromkeys(name for name in named if name))


def _rights(page: ParsedPage) -> str | None:
    """The statement that reserves the text, if there is one: what it says bears on whether we may use it."""
    return next((statement.text[:1000] for statement in page.statements if is_reserved(statement.text)), None)


def _parts(page: ParsedPage, claim: SnapshotClaim) -> Iterator[ParsedEntry]:
    for url in page.next_pages[:PARTS_MAX]:
        part = claim.parts.get(link_digest(url))
        if part is not None:
            yield part


def _unread_parts(page: ParsedPage, claim: SnapshotClaim) -> list[str]:
    own = link_digest(claim.own_url)
    urls = [url for url in page.next_pages[:PARTS_MAX] if link_digest(url) not in (own, *claim.parts)]
    return list(dict.fromkeys(urls))


def _lacks(page: ParsedPage, hint: ParsedEntry, source: Source, content: str | None) -> Iterable[str]:
    """Required fields that neither the page, surely enough, nor what led to it has."""
    told = {
        "title": hint.title,
        "published": hint.published,
        # A feed is its publisher's own word for whose texts it carries; a site's pages must say it themselves.
        "source": hint.source or (source.kind is SourceKind.FEED or None),
        "author": hint.authors,
        "body": None,
    }
    found = {
        "title": page.title,
        "published": page.published,
        "source": page.source,
        "author": page.authors,
        "body": content,
    }
    for name in source.needs:
        if not told[name] and not (found[name] and _is_sure(page, name, source.floor)):
            yield name


def _is_sure(page: ParsedPage, name: str, floor: str) -> bool:
    rule = page.confidence.get("authors" if name == "author" else name)
    return rule is None or rule not in CONFIDENCE or CONFIDENCE.index(rule) <= CONFIDENCE.index(floor)
