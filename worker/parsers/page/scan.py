"""The readable text of a page as lines, in reading order: what every masthead rule looks at.

Bounded: at most ``_MOST_TEXTS`` pieces of text are looked at, and of each piece and line only the beginning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

_MOST_TEXTS = 6000
_LONGEST_PIECE = 2000  # characters of one piece that are read
_LONGEST_LINE = 4000
_CLIMB = 40  # ancestors looked at to find a block

_TEXTS = etree.XPath(f"(descendant::text()[normalize-space()])[position() <= {_MOST_TEXTS}]")
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_UNREAD = frozenset(
    ["script", "style", "noscript", "textarea", "option", "select", "template", "svg", "iframe", "button"]
)
_WIDE = re.compile("[ \t\r\n\f\v]{2,}|[ \t\r\n\f\v]*[\xa0\u3000\u2002\u2003]+[\\s\xa0\u3000]*|[\t\n]")
_UNEVEN = re.compile("[\\s\xa0\u3000]{2}|[\t\n\xa0\u2000-\u200f\u2028-\u202e\u2060\u3000\ufeff\x00-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(slots=True)
class Piece:
    """One text node. ``element`` holds it; ``link`` is the anchor around it. ``text`` is stripped and its wide gaps are
    two spaces; ``raw`` still has its edges."""

    text: str
    raw: str
    element: HtmlElement
    link: HtmlElement | None


@dataclass(slots=True)
class Line:
    """What stands in one block between breaks. ``text`` keeps a gap of two spaces where layout put one."""

    index: int
    block: HtmlElement
    pieces: list[Piece] = field(default_factory=list)
    text: str = ""

    def running(self) -> str:
        """The line as running text: its pieces joined as they stand, without gaps of layout."""
        return squeeze("".join(piece.raw for piece in self.pieces)[:_LONGEST_LINE])


def squeeze(text: str) -> str:
    """White space of any kind to single spaces, invisible characters gone."""
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return _SPACES.sub(" ", text).strip()


def key(text: str) -> str:
    """Letters and digits only, of one width and case: for telling whether two texts are the same words."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _NOT_WORD.sub("", text).lower()


_Place = tuple[HtmlElement, HtmlElement | None] | None  # the block, the anchor in between; None where nothing is read


def read_lines(root: HtmlElement) -> list[Line]:
    """All readable lines below ``root``, in document order."""
    body = root.find("body")
    lines: list[Line] = []
    places: dict[HtmlElement, _Place] = {}
    line: Line | None = None
    for text in _texts(root if body is None else body):
        element = text.getparent()
        broken = False
        if text.is_tail:
            broken = element.tag == "br" or element.tag in _BLOCKS
            element = element.getparent()
        place = places[element] if element in places else _place(element, places)
        if place is None:
            continue
        raw = text[:_LONGEST_PIECE]
        bare = raw.strip()
        if _UNEVEN.search(bare):
            bare = _WIDE.sub("  ", _INVISIBLE.sub("", bare)).strip()
        if not bare:
            continue
        if line is None or broken or line.block is not place[0]:
            line = Line(len(lines), place[0])
            lines.append(line)
        line.pieces.append(Piece(bare, raw, element, place[1]))
    for line in lines:
        pieces = line.pieces
        line.text = pieces[0].text if len(pieces) == 1 else "  ".join([piece.text for piece in pieces])[:_LONGEST_LINE]
    return lines


def _texts(root: HtmlElement) -> list[Any]:
    """The text nodes, as strings that know their parents."""
    found: Any = _TEXTS(root)
    return list(found)


def _place(element: HtmlElement, places: dict[HtmlElement, _Place]) -> _Place:
    """The nearest block around ``element``. Every element on the way is remembered, so that none is asked twice."""
    way: list[HtmlElement] = []
    current: HtmlElement | None = element
    found: _Place = None
    while current is not None:
        if current in places:
            found = places[current]
            break
        way.append(current)
        tag = current.tag
        if tag in _BLOCKS or len(way) > _CLIMB:
            found = current, None
            break
        if tag in _UNREAD:
            break
        current = current.getparent()
    for inner in reversed(way):
        if found is not None and inner.tag == "a":
            found = found[0], inner
        places[inner] = found
    return found


def hidden(element: HtmlElement) -> bool:
    """Is it, or one of the elements close around it, styled away? Broken markup makes farther ancestors liars."""
    current: HtmlElement | None = element
    for _ in range(2):
        if current is None:
            return False
        if current.get("hidden") is not None or _HIDDEN.search((current.get("style") or "")[:500]):
            return True
        current = current.getparent()
    return False


def marks(element: HtmlElement) -> str:
    """Class and id, lower case, bounded: what the publisher calls the place."""
    return f"{(element.get('class') or '')[:200]} {(element.get('id') or '')[:100]}".lower()
