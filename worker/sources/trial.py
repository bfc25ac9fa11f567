"""What a source's rules find on pages that were read: field by field, and what is lost since the site changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from worker.model.catalog import Source
from worker.model.feed import Document
from worker.model.page import ParsedPage
from worker.model.polling import SnapshotClaim
from worker.parsers.page import read_page
from worker.sources.pages import make_entry

FIELDS = ("title", "subtitle", "published", "source", "authors", "editor", "original_url", "category", "body", "images")
EVERYWHERE = frozenset({"title", "published", "source", "body"})
ENOUGH = 5  # earlier pages that must be there before the absence of another field says anything
USUAL = 0.7  # share of the earlier pages that show a field, from which its absence on the newest is a loss


@dataclass(frozen=True, slots=True)
class Seen:
    """One field on one page: its value in words (None: not found) and the rule that found it."""

    value: str | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class Tried:
    """One page. ``lacks`` are the required fields for which it would be held."""

    url: str
    fetched_at: datetime
    fields: dict[str, Seen]
    lacks: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldReport:
    """``found`` of ``of`` pages show the field, by ``rules``. ``lost_since``: the newest pages do not, although the
    earlier ones did."""

    name: str
    found: int
    of: int
    rules: tuple[str, ...]
    lost_since: datetime | None = None


def try_page(claim: SnapshotClaim, source: Source) -> Tried:
    """Read one page as ingest would, with ``source``'s rules."""
    document = Document(body=claim.body, url=claim.url, content_type=claim.content_type, zone=source.zone)
    page = read_page(document, now=claim.fetched_at, rules=source.rules)
    entry = make_entry(page, replace(claim, parts={}), source)
    return Tried(
        url=claim.own_url,
        fetched_at=claim.fetched_at,
        fields={name: _seen(page, name, source.zone) for name in FIELDS},
        lacks=entry.lacks,
        warnings=page.warnings,
    )


def _seen(page: ParsedPage, name: str, zone: str) -> Seen:
    value = _words(page, name, zone)
    return Seen(value, page.confidence.get(name, "found") if value else None)


def _words(page: ParsedPage, name: str, zone: str) -> str | None:
    if name == "published":
        return page.published.astimezone(ZoneInfo(zone)).isoformat() if page.published else None
    if name == "source":
        return " · ".join(filter(None, (page.source.name, page.source.url))) if page.source else None
    if name == "authors":
        return ", ".join(f"{author.name} ({author.state.value})" for author in page.authors) or None
    if name == "body":
        return page.body_text
    if name == "images":
        return str(len(page.images)) if page.images else None
    value = getattr(page, name)
    return str(value) if value else None


def report(pages: Sequence[Tried]) -> list[FieldReport]:
    """Each field over all ``pages``, which come newest first."""
    return [_field(name, pages) for name in FIELDS]


def _field(name: str, pages: Sequence[Tried]) -> FieldReport:
    shown = [page.fields[name].value is not None for page in pages]
    rules = dict.fromkeys(rule for page in pages if (rule := page.fields[name].rule))
    return FieldReport(name, sum(shown), len(shown), tuple(rules), _lost_since(name, shown, pages))


def _lost_since(name: str, shown: Sequence[bool], pages: Sequence[Tried]) -> datetime | None:
    """When the first of the newest pages without the field was read, if most pages before them show it."""
    newest = next((place for place, there in enumerate(shown) if there), len(shown))
    before = shown[newest:]
    enough = 1 if name in EVERYWHERE else ENOUGH
    if not newest or len(before) < enough or sum(before) < USUAL * len(before):
        return None
    return pages[newest - 1].fetched_at
