"""The fields around the text of an article page: title, times, source, people, links, place, language.

Read off the raw tree, which is never changed. A field that the page does not show is None: a wrong value is worse
than none. Order of trust: a source's own rules, what a reader sees beside the title, what the head declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from lxml.html import HtmlElement

from worker.model.page import PageAuthor, PageRules, PageSource
from worker.parsers.page.bylines import read_authors, read_editor
from worker.parsers.page.crumbs import read_breadcrumb
from worker.parsers.page.head import Head, read_head
from worker.parsers.page.headline import Headline, read_headline, site_names
from worker.parsers.page.language import read_language
from worker.parsers.page.links import read_canonical, read_category, read_original, read_translations
from worker.parsers.page.rules import apply_rules
from worker.parsers.page.scan import Line, key, read_lines
from worker.parsers.page.sources import read_source
from worker.parsers.page.stamps import Stamped, read_stamps
from worker.parsers.page.subtitles import read_subtitle
from worker.parsers.page.tree import Page
from worker.parsers.page.zones import Zones, find_zones


@dataclass(frozen=True, slots=True)
class Masthead:
    """The fields of ``ParsedPage`` that stand around its text, under the same names and promises."""

    title: str | None = None
    subtitle: str | None = None
    published: datetime | None = None
    dated_by_day: bool = False
    updated: datetime | None = None
    language: str | None = None
    source: PageSource | None = None
    authors: tuple[PageAuthor, ...] = ()
    editor: str | None = None
    original_url: str | None = None
    canonical_url: str | None = None
    translations: tuple[tuple[str, str], ...] = ()
    breadcrumb: tuple[str, ...] = ()
    category: str | None = None
    confidence: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


_NO_RULES = PageRules()
_BELOW = 12  # lines below the tail in which the original's link may stand


def read_masthead(
    page: Page, *, now: datetime, body: HtmlElement | None = None, rules: PageRules = _NO_RULES
) -> Masthead:
    """``now`` is aware and dates words such as 3小时前. ``body`` is the element of the text, where it is known."""
    head = read_head(page.root)
    lines = read_lines(page.root)
    headline = read_headline(lines, head)
    zones = find_zones(lines, headline.line if headline else None, body)
    stamps = read_stamps(zones, head, page, now)
    sourced = read_source(zones, head, stamps.line, headline.line if headline else None, page.url)
    found = _titled(Masthead(), headline, zones, head)
    found = _dated(found, stamps)
    if sourced:
        found = _with(found, sourced.rule, source=sourced.source)
    found = _signed(found, zones, head)
    found = _linked(found, page, lines, head, headline, zones)
    sample = [found.title or "", *(line.text[:300] for line in (*zones.masthead, *zones.opening[:4], *zones.closing))]
    if language := read_language(page.root, head, sample):
        found = _with(found, language[1], language=language[0])
    return apply_rules(page, found, rules, now) if rules != _NO_RULES else found


def _with(found: Masthead, rule: str, **values: Any) -> Masthead:
    return replace(found, **values, confidence={**found.confidence, **dict.fromkeys(values, rule)})


def _titled(found: Masthead, headline: Headline | None, zones: Zones, head: Head) -> Masthead:
    if headline is None:
        return found
    found = _with(found, headline.rule, title=headline.text)
    if headline.line is not None and (subtitle := read_subtitle(zones, headline.line, head)):
        found = _with(found, subtitle[1], subtitle=subtitle[0])
    return found


def _dated(found: Masthead, stamps: Stamped) -> Masthead:
    if stamps.published is not None:
        found = _with(found, stamps.rule, published=stamps.published.at)
        found = replace(found, dated_by_day=stamps.published.by_day)
    if stamps.updated is not None and (found.published is None or stamps.updated.at > found.published):
        found = _with(found, stamps.updated_rule, updated=stamps.updated.at)
    return found


def _signed(found: Masthead, zones: Zones, head: Head) -> Masthead:
    """Editor first: the section's editor is not the author, however the head calls her."""
    editor = read_editor(zones, head)
    if editor:
        found = _with(found, editor[1], editor=editor[0])
    others = {key(name) for name in site_names(head)}
    others |= {key(name) for name in (found.editor or "").split()} | {key(found.source.name if found.source else "")}
    signed = read_authors(zones, head, {name for name in others if name})
    if signed is None:
        return found
    found = _with(found, signed.rule, authors=signed.authors)
    names = {author.name for author in signed.authors}
    if found.source and found.confidence["source"] == "beside-time" and found.source.name in names:
        return _without_source(found)
    return found


def _without_source(found: Masthead) -> Masthead:
    confidence = {name: rule for name, rule in found.confidence.items() if name != "source"}
    return replace(found, source=None, confidence=confidence)


def _around(lines: list[Line], zones: Zones) -> list[Line]:
    """The lines from the masthead to well below the text."""
    ends = [line.index for line in (*zones.masthead, *zones.closing, *zones.tail)]
    return lines[min(ends) : max(ends) + _BELOW] if ends else lines


def _linked(
    found: Masthead, page: Page, lines: list[Line], head: Head, headline: Headline | None, zones: Zones
) -> Masthead:
    canonical = read_canonical(head, page.url)
    if canonical:
        found = _with(found, "meta", canonical_url=canonical)
    base = page.url or canonical
    found = replace(found, translations=read_translations(head, base))
    source_url = found.source.url if found.source else None
    if original := read_original(_around(lines, zones), head, base, canonical, source_url):
        found = _with(found, original[1], original_url=original[0])
    line = headline.line if headline else None
    if crumbs := read_breadcrumb(lines, head, line, found.title or ""):
        found = _with(found, crumbs[1], breadcrumb=crumbs[0])
        if found.source and found.confidence["source"] == "beside-time" and found.source.name in crumbs[0][1:]:
            found = _without_source(found)  # a column's name beside the time
    if category := read_category(head, found.breadcrumb):
        found = _with(found, category[1], category=category[0])
    return found
