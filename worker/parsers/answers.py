"""Answers of data calls → articles: JSON, JSONP and XML whose items are objects, or HTML text inside them.

Without keys of the source, the list with the most items that hold a link is read, and an item's fields are found by the
names that content systems give them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import quote

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from worker.model.catalog import Listing
from worker.model.feed import Document, Found, Role
from worker.parsers.anchors import Anchor, Walk
from worker.parsers.clean import collapse, plain_text
from worker.parsers.dates import parse_date
from worker.parsers.links import Gate, Leads, absolute, article, known_as
from worker.parsers.listing import read_listing, select, within
from worker.parsers.neardates import date_in
from worker.parsers.sitemap import local
from worker.parsers.text import inner_markup, text_of
from worker.parsers.xml import Element, children

LARGEST = 5_000_000  # bytes of JSON that are still read
_MOST_ITEMS = 2_000
_MOST_NODES = 100_000
_DEEPEST = 12
_LONGEST_ITEM = 200_000
_LARGEST_ITEM = 300  # elements inside one item
_CALL = re.compile(r"(?:/\*.*?\*/\s*)?(?:(?:var|let|const)\s+)?[\w$.]{1,100}\s*[(=]\s*(?=[\[{])", re.DOTALL)
_TEMPLATE = re.compile(r"\{([\w.\-\[\]@]+)\}")
_ADDRESS = re.compile(r"https?://|//[\w-]|/[\w.~-]|\.{1,2}/|[\w-]+(?:/[\w.-]+)*\.(?:s?html?|jsp|aspx?|php)(?:$|\?)")
_LINK_NAMES = (
    "url", "link", "href", "pageurl", "docurl", "docpuburl", "puburl", "articleurl", "linkurl", "weburl",
    "detailurl", "shareurl", "fullurl", "newsurl", "contenturl", "htmlurl", "permalink", "path", "staticurl",
    "infourl", "jumpurl",
)  # fmt: skip
_TITLE_NAMES = (
    "title", "doctitle", "headline", "newstitle", "articletitle", "subject", "showtitle", "listtitle", "infotitle",
    "maintitle", "name", "topic", "caption", "linktitle",
)  # fmt: skip
_DATE_NAMES = (
    "published", "publishtime", "publishdate", "pubtime", "pubdate", "publishedat", "publishedtime", "docreltime",
    "docpubtime", "docrelpubtime", "releasetime", "releasedate", "issuetime", "issuedate", "showtime", "showdate",
    "displaytime", "deploytime", "fbsj", "fbrq", "date", "time", "datetime", "newstime", "inputtime", "createdat",
    "createtime", "createdate", "crtime", "ctime", "addtime", "writetime", "updatetime", "timestamp",
)  # fmt: skip
_NOT_NAME = re.compile(r"[^a-z0-9]+")


def json_in(text: str) -> Any:
    """The value that a JSON or JSONP answer holds, read from its first letter. Raises ValueError for anything else,
    RecursionError for one nested too deep."""
    call = _CALL.match(text[:20_000])
    return json.JSONDecoder().raw_decode(text, call.end() if call else 0)[0]


def is_json(text: bytes) -> bool:
    """Does ``text`` begin as JSON or JSONP does?"""
    return text[:1] in {b"{", b"["} or _CALL.match(text[:5_000].decode("utf-8", "replace")) is not None


def read_json(value: Any, document: Document, listing: Listing) -> Leads:
    items = _at(value, listing.items) if listing.items else _largest(value, document)
    if isinstance(items, Mapping):
        items = list(items.values()) if all(isinstance(one, Mapping) for one in items.values()) else [items]
    if isinstance(items, str):
        return _read_html(items, document, listing, "json")
    if not isinstance(items, list) or not items:
        return Leads("json", warnings=(_nothing_at(listing),))
    return _read_items(items[:_MOST_ITEMS], document, listing, "json")


def read_xml(root: Element, document: Document, listing: Listing) -> Leads:
    """``root`` is of any vocabulary; ``listing.items`` names the element that holds one item."""
    by_name: dict[str, list[Element]] = {}
    for number, element in enumerate(root.iter(etree.Element)):
        if number >= _MOST_NODES:
            break
        alike = by_name.setdefault(local(element), [])
        if len(alike) < _MOST_ITEMS:
            alike.append(element)
    if listing.items:
        wanted = listing.items.rpartition(".")[2].lower()
        return _read_items([_value(one) for one in by_name.get(wanted, ())], document, listing, "xml")
    best = Leads("xml", warnings=(_nothing_at(listing),))
    for elements in sorted(by_name.values(), key=len, reverse=True)[:20]:
        read = _read_items([_value(one) for one in elements], document, listing, "xml")
        if len(read.found) > len(best.found):
            best = read
    following = next((_value(one) for one in by_name.get("nextgroup", ())), None)
    url = _first_link(following, document) if isinstance(following, str) else None
    if url and Gate(document.url, listing).admits_listing(url):
        return Leads("xml", (*best.found, Found(url, Role.LISTING)), best.title, best.warnings)
    return best


def _nothing_at(listing: Listing) -> str:
    if listing.items:
        return f"listing.items = {listing.items!r} leads to no item in this answer"
    return "the answer holds no list whose items have a link (say which with listing.items and listing.link)"


def _read_items(items: list[Any], document: Document, listing: Listing, kind: str) -> Leads:
    gate = Gate(document.url, listing)
    found: dict[bytes, Found] = {}
    without = 0
    for item in items:
        lead = _from_html(item, document, listing) if isinstance(item, str) else _from_object(item, document, listing)
        if lead is None:
            without += 1
        elif gate.admits(lead.url):
            found.setdefault(known_as(lead), lead)
    warnings: tuple[str, ...] = ()
    if without:
        warnings = (f"{without} of {len(items)} items have no link",)
    return Leads(kind, tuple(found.values()), warnings=warnings if items else (_nothing_at(listing),))


def _read_html(text: str, document: Document, listing: Listing, kind: str) -> Leads:
    root = _tree(text)
    if root is None:
        return Leads(kind, warnings=(_nothing_at(listing),))
    read = read_listing(root, document.url, document.zone, listing)
    return Leads(kind, read.found, warnings=read.warnings)


def _from_object(item: Any, document: Document, listing: Listing) -> Found | None:
    """One item that is an object."""
    if not isinstance(item, Mapping):
        return None
    flat = {_NOT_NAME.sub("", str(name).lower()): value for name, value in list(item.items())[:200]}
    url = _link(item, flat, document, listing)
    if url is None:
        html = next((value for value in item.values() if isinstance(value, str) and "<a" in value), None)
        return _from_html(html, document, listing) if html else None
    title = _at(item, listing.title) if listing.title else _by_name(flat, _TITLE_NAMES)
    date = _at(item, listing.date) if listing.date else _by_name(flat, _DATE_NAMES)
    words = plain_text(str(title)[:2_000]) if isinstance(title, str | int) else None
    return article(url, title=words, published=_date(date, document.zone))


def _link(item: Mapping[Any, Any], flat: Mapping[str, Any], document: Document, listing: Listing) -> str | None:
    if listing.link and "{" in listing.link:
        return absolute(_filled(listing.link, item), document.url)
    if listing.link:
        value = _at(item, listing.link)
        return absolute(value.strip(), document.url) if isinstance(value, str) else None
    named = [flat[name] for name in _LINK_NAMES if name in flat]
    for value in (*named, *flat.values()):
        if isinstance(value, str) and len(value) < 2_000 and _ADDRESS.match(value.strip()):
            url = absolute(value.strip(), document.url)
            if url and (value in named or Gate(document.url, Listing()).admits(url)):
                return url
    return None


def _filled(template: str, item: Mapping[Any, Any]) -> str | None:
    """``/article/{id}.html`` with the item's own values; None when one is missing."""
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        found = _at(item, match[1])
        if isinstance(found, bool) or not isinstance(found, str | int):
            missing = True
            return ""
        return quote(str(found).strip()[:500].encode("utf-8", "replace"), safe="/:?&=%-_.~")

    filled = _TEMPLATE.sub(value, template)
    return None if missing else filled


def _from_html(text: str, document: Document, listing: Listing) -> Found | None:
    """One item that is HTML text: a row of a list."""
    root = _tree(text)
    if root is None:
        return None
    anchors = Walk(document.url, document.zone).run(root).anchors
    anchor = _chosen(root, anchors, listing, document)
    if anchor is None:
        return None
    title = _selected_text(root, listing.title) or anchor.words
    dated = _selected_text(root, listing.date)
    date = (parse_date(dated, document.zone) or date_in(dated, document.zone)) if dated else anchor.date
    return article(anchor.url, title=title, published=date)


def _chosen(root: HtmlElement, anchors: list[Anchor], listing: Listing, document: Document) -> Anchor | None:
    if listing.link and "{" not in listing.link:
        anchors = within(anchors, select(root, listing.link))
    gate = Gate(document.url, listing)
    admitted = [anchor for anchor in anchors if gate.admits(anchor.url)]
    return max(admitted, key=lambda anchor: anchor.score + min(len(anchor.words), 12) / 6, default=None)


def _selected_text(root: HtmlElement, selector: str | None) -> str | None:
    selected = select(root, selector) if selector else []
    return collapse("".join(map(str, selected[0].itertext()))[:2_000]) or None if selected else None


def _first_link(text: str, document: Document) -> str | None:
    root = _tree(text)
    found = next(root.iter("a"), None) if root is not None else None
    return absolute(found.get("href"), document.url) if found is not None else None


def _tree(text: str) -> HtmlElement | None:
    if "<" not in text or len(text) > 20 * _LONGEST_ITEM:
        return None
    try:
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=_parser())
    except (ValueError, etree.ParserError):
        return None


@lru_cache(maxsize=1)
def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(encoding="utf-8")


def _value(element: Element) -> Any:
    """An XML item as text (HTML in CDATA, escaped or plain) or as an object of its children and attributes."""
    if next(islice(element.iter(), _LARGEST_ITEM, None), None) is not None:
        return None
    parts = list(children(element))
    if any(local(part) in {"a", "li", "tr", "div", "p", "span", "td"} for part in parts):
        return inner_markup(element)
    if not parts and not element.attrib:
        return text_of(element)[:_LONGEST_ITEM]
    fields: dict[str, Any] = {f"@{name!s}": value for name, value in element.attrib.items()}
    for part in parts[:200]:
        fields.setdefault(part.tag.rpartition("}")[2], text_of(part).strip()[:_LONGEST_ITEM])
    text = (element.text or "").strip()
    return text if "<a" in text else fields


def _at(value: Any, path: str | None) -> Any:
    """What stands at ``data.list.0`` or ``data[0].rows``; None where the path leads nowhere."""
    for part in (path or "").replace("[", ".").replace("]", "").split("."):
        if not part:
            continue
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and len(part) < 8 and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _by_name(flat: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((flat[name] for name in names if flat.get(name) not in {None, ""} and _is_plain(flat[name])), None)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _date(value: Any, zone: str) -> datetime | None:
    if not _is_plain(value):
        return None
    text = str(value).strip()[:100]
    if found := re.fullmatch(r"/Date\((\d{13})(?:[+-]\d{4})?\)/", text):
        text = found[1]
    return parse_date(text.removesuffix(".0"), zone) or date_in(text, zone)


def _largest(value: Any, document: Document) -> Any:
    """The list, or the HTML text, that most likely holds the items."""
    best: tuple[int, Any] = (0, None)
    for candidate in _containers(value):
        if isinstance(candidate, str):
            weight = candidate.count("<a ")
        else:
            sample = candidate[:50]
            linked = sum(_holds_link(item, document) for item in sample)
            weight = linked * len(candidate) // len(sample)
        if weight > best[0]:
            best = weight, candidate
    return best[1]


def _holds_link(item: Any, document: Document) -> bool:
    if isinstance(item, str):
        return "<a" in item
    lead = _from_object(item, document, Listing())
    return lead is not None and lead.entry is not None and bool(lead.entry.title)


def _containers(value: Any) -> Iterator[Any]:
    """Every list that is not empty, and every text with links, not too deep, outermost first."""
    level: list[Any] = [value]
    nodes = 0
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for one in level:
            nodes += 1
            if nodes > _MOST_NODES:
                return
            if isinstance(one, list) and one:
                yield one
                below += one[:_MOST_ITEMS]
            elif isinstance(one, Mapping):
                below += one.values()
            elif isinstance(one, str) and "<a " in one:
                yield one
        level = below
