"""One article page, decoded and taken apart once; every reader of the package looks at the same tree.

What a page may cost is bounded here: bytes, tags and depth. Nothing after it needs a bound of its own as long as it
goes over the tree once and calls itself nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import lxml.html
from lxml.etree import ParserError
from lxml.html import HtmlElement

from worker.model.feed import Document
from worker.parsers.charset import decode
from worker.parsers.clean import safe_url
from worker.parsers.ends import without_ends

_MOST_BYTES = 2_500_000
_MOST_TAGS = 60_000
_DEPTH_ERROR = "depth"
_SHED = (b"script", b"style")
_KEPT_SCRIPT = b"ld+json"
_INLINE = re.compile(
    rb"</?(?:font|span|b|i|u|em|strong|big|small|center|o:p|a|code|tt|s|strike|label|abbr|ins|del|sub|sup)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_LARGER = (
    f"the page is larger than what is read of one ({_MOST_BYTES:,} bytes, {_MOST_TAGS:,} tags); its end is missing"
)
_DEEPER = "the page nests deeper than any page should; some of it is missing"
_LOST = "\ufffd".encode()


@dataclass(frozen=True, slots=True)
class Page:
    """``root`` is the raw tree as the publisher wrote it: readers never change it. ``url`` is absolute or None.
    ``base`` is what links are read against: the document's own ``<base>``, else ``url``. ``zone`` is the IANA name
    for zone-less times."""

    root: HtmlElement
    url: str | None
    zone: str
    charset: str
    warnings: tuple[str, ...] = ()
    base: str | None = None


def open_page(document: Document) -> Page | None:
    """The tree of an HTML document; None when there is nothing in it."""
    charset, text = decode(document.body, document.content_type)
    warnings: list[str] = []
    if _LOST in text and _LOST not in document.body:
        warnings.append(f"some bytes are no valid {charset} and were replaced")
    text = without_ends(text)
    bounded = _bounded(text)
    if len(bounded) < len(text) and bounded == text[: len(bounded)]:
        warnings.append(_LARGER)
    root, deep = _parsed(bounded)
    if deep:
        root, deep = _parsed(_INLINE.sub(b"", bounded))
        if deep:
            warnings.append(_DEEPER)
    if root is None:
        return None
    base = root.find(".//base[@href]")
    address = safe_url(base.get("href"), document.url) if base is not None else None
    return Page(root, document.url, document.zone, charset, tuple(warnings), address or document.url)


def _parsed(text: bytes) -> tuple[HtmlElement | None, bool]:
    """The tree, and whether the parser stopped at its depth."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=False)
    try:
        root = lxml.html.document_fromstring(text, parser=parser)
    except (ValueError, ParserError):
        root = None
    deep = any(_DEPTH_ERROR in (entry.message or "") for entry in parser.error_log.filter_from_fatals())
    return root, deep


def _bounded(text: bytes) -> bytes:
    """A page that is too much without its scripts and styles, and cut where it is still too much."""
    if len(text) <= _MOST_BYTES and text.count(b"<") <= _MOST_TAGS:
        return text
    text = _shed(text)[:_MOST_BYTES]
    pieces = text.split(b"<", _MOST_TAGS)
    return text[: len(text) - len(pieces[-1]) - 1] if len(pieces) > _MOST_TAGS else text


def _shed(text: bytes) -> bytes:
    """``text`` without scripts and styles; linear, whatever is left open."""
    for name in _SHED:
        lowered = text.lower()
        kept: list[bytes] = []
        at = 0
        while (start := lowered.find(b"<" + name, at)) >= 0:
            end = lowered.find(b"</" + name, start)
            if end < 0:
                break
            wanted = _KEPT_SCRIPT in lowered[start : start + 200]
            kept.append(text[at : end if wanted else start])
            at = end
        text = b"".join((*kept, text[at:]))
    return text
