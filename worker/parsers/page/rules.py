"""A source's own rules over the general ones: CSS selectors, a date format, words where a page names none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from worker.identity.names import clean_author, clean_name
from worker.model.page import PageAuthor, PageRules, PageSource
from worker.parsers.clean import safe_url
from worker.parsers.dates import zone_named
from worker.parsers.page import labels
from worker.parsers.page.people import authors_of
from worker.parsers.page.scan import squeeze
from worker.parsers.page.times import Moment, moments_in
from worker.parsers.page.tree import Page

if TYPE_CHECKING:
    from worker.parsers.page.masthead import Masthead

_LONGEST = 2000
_RULE = "rule"


@lru_cache(maxsize=512)
def _selector(css: str) -> CSSSelector | None:
    try:
        return CSSSelector(css, translator="html")
    except SelectorError:
        return None


def select(root: HtmlElement, css: str) -> list[HtmlElement]:
    """The elements a selector finds, in document order; none where it is no selector."""
    selector = _selector(css)
    found: Any = selector(root) if selector is not None else []
    return list(found)


Values = dict[str, Any]


def apply_rules(page: Page, found: Masthead, rules: PageRules, now: datetime) -> Masthead:
    """``found`` with every field that a rule names taken from what its selector finds; else a warning."""
    values: Values = {}
    missed: list[str] = []
    for name, css, read in _readers(page, rules, now):
        made = next((made for element in select(page.root, css)[:20] if (made := read(element))), None)
        if made is None:
            missed.append(f"the rule {name} = {css!r} finds nothing on this page")
        else:
            values |= made
    values |= _defaults(found, values, rules)
    ruled = dict.fromkeys((name for name in values if name != "dated_by_day"), _RULE)
    return replace(found, **values, confidence={**found.confidence, **ruled}, warnings=(*found.warnings, *missed))


def _readers(
    page: Page, rules: PageRules, now: datetime
) -> Iterator[tuple[str, str, Callable[[HtmlElement], Values | None]]]:
    """Name, selector and reader of every rule that is set."""
    readers: dict[str, tuple[str | None, Callable[[HtmlElement], Values | None]]] = {
        "title": (rules.title, lambda element: _text("title", element)),
        "subtitle": (rules.subtitle, lambda element: _text("subtitle", element)),
        "published": (rules.published, lambda element: _published(element, page, rules.date_format, now)),
        "source": (rules.source, lambda element: _source(element, page.url)),
        "author": (rules.author, _authors),
        "editor": (rules.editor, _editor),
        "original_link": (rules.original_link, lambda element: _link(element, page.url)),
        "breadcrumb": (rules.breadcrumb, _breadcrumb),
        "category": (rules.category, lambda element: _text("category", element)),
    }
    return ((name, css, read) for name, (css, read) in readers.items() if css)


def words_of(element: HtmlElement) -> str:
    """What an element says: ``content`` or ``datetime`` of those that show nothing, else its text."""
    given = element.get("content") or element.get("datetime")
    return squeeze(given[:_LONGEST] if given else "".join(element.itertext())[:_LONGEST])


def _text(name: str, element: HtmlElement) -> Values | None:
    words = words_of(element)
    return {name: words} if words else None


def _published(element: HtmlElement, page: Page, date_format: str | None, now: datetime) -> Values | None:
    words = words_of(element)
    moment = _formatted(words, date_format, page.zone) if date_format else None
    if moment is None:
        moment = next(moments_in(words, page.zone, now), None)
    return {"published": moment.at, "dated_by_day": moment.by_day} if moment else None


def _formatted(words: str, date_format: str, zone: str) -> Moment | None:
    try:
        read = datetime.strptime(words, date_format)  # noqa: DTZ007 - its zone is the page's where the format has none
    except ValueError:
        return None
    aware = read if read.tzinfo else read.replace(tzinfo=zone_named(zone))
    return Moment(aware.astimezone(UTC), not any(code in date_format for code in ("%H", "%I", "%X", "%c", "%T")))


def _source(element: HtmlElement, base: str | None) -> Values | None:
    name = clean_name(words_of(element))
    link = element if element.tag == "a" else element.find(".//a")
    return (
        {"source": PageSource(name, safe_url(link.get("href"), base) if link is not None else None)} if name else None
    )


def _authors(element: HtmlElement) -> Values | None:
    words = words_of(element)
    value = next(iter(labels.AUTHOR.split(words)[1:]), words)
    authors = authors_of(value)
    return {"authors": authors} if authors else None


def _editor(element: HtmlElement) -> Values | None:
    words = words_of(element)
    name = clean_author(next(iter(labels.EDITOR.split(words)[1:]), words))
    return {"editor": name} if name else None


def _link(element: HtmlElement, base: str | None) -> Values | None:
    link = element if element.get("href") else element.find(".//a[@href]")
    url = safe_url(link.get("href"), base) if link is not None else safe_url(words_of(element), None)
    return {"original_url": url} if url else None


def _breadcrumb(element: HtmlElement) -> Values | None:
    anchors = [squeeze("".join(link.itertext())[:60]) for link in element.iter("a")]
    steps = tuple(step for step in anchors[:12] if step)
    return {"breadcrumb": steps} if steps else None


def _defaults(found: Masthead, values: Values, rules: PageRules) -> Values:
    """The words for pages that name no source or author."""
    made: Values = {}
    if rules.source_default and found.source is None and "source" not in values:
        made["source"] = PageSource(rules.source_default)
    if rules.author_default and not found.authors and "authors" not in values:
        made["authors"] = authors_of(rules.author_default) or (PageAuthor(rules.author_default),)
    return made
