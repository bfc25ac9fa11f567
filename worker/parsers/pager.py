"""Where a listing goes on: at most one next page of an HTML page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from worker.parsers.anchors import Anchor
from worker.parsers.clean import collapse
from worker.parsers.links import absolute

_NEXT = re.compile(
    r"[\s<\[【(›»>]*(?:下一?[页頁]|[后後]一?[页頁]|次[页頁]|下一個?"
    r"|next(?: page)?|older(?: posts| entries| articles| stories)?|more (?:results|stories)"
    r"|следующая|suivante?|siguiente|weiter|次へ|다음)[\s>›»→\]】)]*",
    re.IGNORECASE,
)
_ARROW = re.compile(r"[›>→]|»|>>")
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])(?:next|nextpage)(?:$|[\s_-])", re.IGNORECASE)
# TRS and its kin write the pager by script: createPageHTML(pages, current, "index", "shtml"), whose second page is
# index_1, or createPageHTML("page_div", pages, current, "index", "shtml", rows), whose second page is index_2.
_SCRIPTED = re.compile(
    r"createPageHTML\w{0,20}\(\s*([\"'][^\"']{0,60}[\"']\s*,\s*)?(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*[\"']([\w.-]{1,60})[\"']\s*,"
    r"\s*[\"']\.?(\w{1,8})[\"']"
)
_COUNT = re.compile(r"(?:var|let|const)?\s*(?:countPage|pageCount|nPageCount)\s*=\s*[\"']?(\d{1,5})")
_CURRENT = re.compile(r"(?:var|let|const)?\s*(?:currentPage|nCurrIndex)\s*=\s*[\"']?(\d{1,5})")
_SUFFIX = re.compile(r"[\"']\.(s?html?|jsp|aspx?)[\"']|\.[\"']\s*\+\s*[\"'](s?html?)[\"']")
_PAGER = re.compile(r"pag(?:e|er|es|ing|ination|enav|elist)|fenye|fanye|页", re.IGNORECASE)
_CURRENT_CLASS = re.compile(r"current|active|selected|thisclass|(?:^|[\s_-])(?:on|cur|now)(?:$|[\s_-])", re.IGNORECASE)
_MOST_SCRIPT = 200_000
_MOST_NUMBERS = 100


def next_page(root: HtmlElement, anchors: list[Anchor], url: str | None, base: str | None) -> str | None:
    """The address of the page after this one; None on the last, or where only a script knows it."""
    for found in _candidates(root, anchors, url, base):
        if found and found.partition("#")[0] != (url or "").partition("#")[0]:
            return found
    return None


def _candidates(root: HtmlElement, anchors: list[Anchor], url: str | None, base: str | None) -> Iterator[str | None]:
    for node in root.iter("link", "a"):
        if "next" in (node.get("rel") or "").lower().split():
            yield absolute(node.get("href"), base)
    named = [anchor for anchor in anchors if len(anchor.words) <= 20]
    yield from (anchor.url for anchor in named if _NEXT.fullmatch(anchor.words) or _says_next(anchor.element))
    yield _scripted(root, url)
    yield from (anchor.url for anchor in named if _ARROW.fullmatch(_text(anchor.element)) and _in_pager(anchor.element))
    yield _numbered(anchors)


def _says_next(node: HtmlElement) -> bool:
    for name in ("title", "aria-label"):
        if (label := node.get(name)) and len(label) <= 30 and _NEXT.fullmatch(label.strip()):
            return True
    names = node.get("class") or ""
    if not _NEXT_CLASS.search(names[:200]):
        return False
    return _in_pager(node) and "disabled" not in names


def _in_pager(node: HtmlElement) -> bool:
    """Does the link stand in something named as a pager, at most four elements up?"""
    for _ in range(4):
        parent = node.getparent()
        if parent is None:
            return False
        node = parent
        if _PAGER.search(f"{node.get('class') or ''} {node.get('id') or ''}"[:200]):
            return True
    return False


def _scripted(root: HtmlElement, url: str | None) -> str | None:
    """The next page of a pager written by a script whose pages are ``index.html``, ``index_1.html`` …"""
    if url is None:
        return None
    for script in root.iter("script"):
        text = (script.text or "")[:_MOST_SCRIPT]
        if "createPageHTML" in text and (found := _SCRIPTED.search(text)):
            return _numbered_name(url, int(found[2]) + bool(found[1]), found[4], found[5], first=int(bool(found[1])))
        if "countPage" in text or "nPageCount" in text or "pageCount" in text:
            count, current = _COUNT.search(text), _CURRENT.search(text)
            if count and current and "_" in text:
                name, suffix = _own_name(url, text)
                return _numbered_name(url, int(count[1]), name, suffix)
    return None


def _own_name(url: str, script: str) -> tuple[str, str]:
    last = urlsplit(url).path.rpartition("/")[2]
    stem, _, suffix = last.rpartition(".")
    if stem:
        return re.sub(r"_\d+$", "", stem), suffix
    found = _SUFFIX.search(script)
    return "index", (found[1] or found[2]) if found else "html"


def _numbered_name(url: str, end: int, name: str, suffix: str, *, first: int = 0) -> str | None:
    """The page numbered ``first`` is ``name.suffix``, page n up to before ``end`` is ``name_n.suffix``; which one
    ``url`` is, its own name says."""
    own = re.search(rf"{re.escape(name)}_(\d{{1,5}})\.\w+$", urlsplit(url).path)
    following = (int(own[1]) if own else first) + 1
    return absolute(urljoin(url, f"{name}_{following}.{suffix}"), None) if following < end else None


def _numbered(anchors: list[Anchor]) -> str | None:
    """The link to the number after the one that a pager shows as current."""
    texts = [(anchor, _text(anchor.element)) for anchor in anchors]
    numbers = [(anchor, int(text)) for anchor, text in texts if text.isdecimal() and len(text) < 5]
    for anchor, number in numbers[:_MOST_NUMBERS]:
        parent = anchor.element.getparent()
        for around in (parent, parent.getparent() if parent is not None else None):
            if around is not None and number > 1 and _shows(around, number - 1) and _in_pager(anchor.element):
                return anchor.url
    return None


def _shows(around: HtmlElement, number: int) -> bool:
    """Is ``number`` the current page inside ``around``: marked, or written without a link?"""
    for node in islice(around.iter("a", "span", "b", "strong", "em", "li", "font"), 2 * _MOST_NUMBERS):
        if _text(node) == str(number):
            unlinked = node.tag != "a" and node.find(".//a") is None and node.getparent().tag != "a"
            if unlinked or _CURRENT_CLASS.search((node.get("class") or "")[:200]):
                return True
    return False


def _text(node: HtmlElement) -> str:
    """The text of a small element; nothing where it holds more than a pager's link would."""
    if len(node) > 3:
        return ""
    return collapse("".join(text[:40] for text in islice(map(str, node.itertext()), 6)))
