"""One article page, decoded and taken apart once; every reader of the package looks at the same tree."""

from __future__ import annotations

from dataclasses import dataclass

import lxml.html
from lxml.html import HtmlElement

from worker.model.feed import Document
from worker.parsers.charset import decode


@dataclass(frozen=True, slots=True)
class Page:
    """``root`` is the raw tree as the publisher wrote it: readers never change it. ``url`` is absolute or None.
    ``zone`` is the IANA name for zone-less times."""

    root: HtmlElement
    url: str | None
    zone: str
    charset: str
    warnings: tuple[str, ...] = ()


def open_page(document: Document) -> Page | None:
    """The tree of an HTML document; None when there is nothing in it."""
    charset, text = decode(document.body, document.content_type)
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=False)
    try:
        root = lxml.html.document_fromstring(text, parser=parser)
    except (ValueError, lxml.etree.ParserError):
        return None
    return Page(root, document.url, document.zone, charset)
