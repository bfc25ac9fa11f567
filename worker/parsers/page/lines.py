"""The text of a page as lines in reading order, each with the markup inside it and the elements around it.

A line is what stands between two breaks of a block: a paragraph, a heading, a list item, a cell, what ``<br>`` parts,
or one picture. Everything that chooses and cuts a body works on lines; the tree is walked once and never changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

from lxml import etree
from lxml.html import HtmlElement

from worker.parsers.clean import collapse, escape_text, plain_text, unturned
from worker.parsers.page.names import Kind, kind_of, words

_SKIPPED = words(
    "script style noscript template select option textarea button input iframe frame frameset object embed "
    "applet svg canvas audio video map head title noframes noembed datalist dialog math"
)
_INLINE = words(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark q rb rp rt ruby s samp small "
    "span strike strong sub sup time tt u var wbr nobr tbody thead tfoot picture source o:p st1:p"
)
# Inline elements whose markup stays; the others leave their text.
_KEPT = words("abbr b bdi bdo cite code del dfn em i ins kbd mark q rp rt ruby s samp strike strong sub sup u var")
_STRUCTURE = words("ul ol li dl dt dd blockquote table tr td th caption figure figcaption pre")
_ANCHOR = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SOFT = re.compile("[ \t\r\n\f\v]+")
_LAZY = (
    "data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-original-src", "data-echo", "data-url",
    "data-lazyload", "data-lazy", "data-hi-res-src", "original", "_src", "data-img", "data-srcset", "srcset",
)  # fmt: skip
_DEEPEST = 40  # structural elements inside one another
_MOST_LINES = 30_000
_INDENT = "\u3000\u3000"  # how a Chinese paragraph begins
_EDGES = " \t\r\n\f\v\xa0\u3000\u200b\ufeff"


@dataclass(slots=True)
class Line:
    """``links`` counts the characters of ``text`` inside links. ``around`` are the structural elements it stands in,
    from the outside in. ``soft`` says that only a ``<br>`` parts it from the line before. ``kind`` is what the
    names of ``namer``, an element around it, say."""

    text: str
    html: str
    block: HtmlElement
    around: tuple[HtmlElement, ...]
    links: int = 0
    hrefs: tuple[str, ...] = ()
    image: HtmlElement | None = None
    kind: Kind = Kind.PLAIN
    namer: HtmlElement | None = None
    hidden: bool = False
    soft: bool = False

    @property
    def tag(self) -> str:
        return str(self.block.tag)


@dataclass(slots=True)
class Span:
    """The lines ``first`` up to before ``end`` stand in ``element``."""

    element: HtmlElement
    first: int
    end: int
    kind: Kind  # by its own names


@dataclass(slots=True)
class _Open:
    element: HtmlElement
    first: int
    own: Kind
    kind: Kind
    namer: HtmlElement | None
    hidden: bool
    structural: bool


@dataclass(slots=True)
class Walk:
    """One walk over a tree, past the elements in ``without``; ``lines`` and ``spans`` are what it leaves behind."""

    without: frozenset[HtmlElement] = frozenset()
    lines: list[Line] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)  # a line each, once they are known
    _stack: list[_Open] = field(default_factory=list)
    _inline: list[tuple[HtmlElement, str, str]] = field(default_factory=list)
    _html: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _links: int = 0
    _hrefs: list[str] = field(default_factory=list)
    _anchors: int = 0
    _hidden: int = 0
    _soft: bool = False
    _pre: int = 0
    _around: tuple[HtmlElement, ...] = ()

    def run(self, root: HtmlElement) -> Walk:
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, node in walker:
            if event == "start":
                if node.tag in _SKIPPED or (self.without and node in self.without):
                    walker.skip_subtree()
                else:
                    self._start(node)
            elif event == "end" and node.tag not in _SKIPPED and node not in self.without:
                self._end(node)
            if event != "start" and node.tail and node is not root:
                self._say(node.tail)
            if len(self.lines) >= _MOST_LINES:
                break
        self._break()
        while self._stack:
            self._close(self._stack.pop())
        return self

    def _start(self, node: HtmlElement) -> None:
        tag = node.tag
        if tag == "br":
            if self._pre:
                self._say("\n")
            else:
                soft = bool(self._text)  # a second one in a row parts paragraphs
                self._break()
                self._soft = soft
        elif tag == "img":
            self._picture(node)
        elif tag in _INLINE:
            self._open_inline(node)
        else:
            self._open_block(node)
        if node.text and tag != "br":
            self._say(node.text)

    def _end(self, node: HtmlElement) -> None:
        tag = node.tag
        if tag in {"br", "img"}:
            return
        if tag in _INLINE:
            self._close_inline(node)
        else:
            self._break()
            if self._stack and self._stack[-1].element is node:
                self._close(self._stack.pop())

    def _open_block(self, node: HtmlElement) -> None:
        self._break()
        parent = self._stack[-1] if self._stack else None
        own = kind_of(node.tag, node.get("class"), node.get("id"))
        if own is not Kind.PLAIN or parent is None:
            kind, namer = own, node
        else:
            kind, namer = parent.kind, parent.namer
        hidden = node.get("hidden") is not None or bool(_HIDDEN.search(node.get("style") or ""))
        structural = node.tag in _STRUCTURE and len(self._around) < _DEEPEST
        self._stack.append(_Open(node, len(self.lines), own, kind, namer, hidden, structural))
        self._hidden += hidden
        if structural:
            self._around = (*self._around, node)
            self._pre += node.tag == "pre"

    def _close(self, opened: _Open) -> None:
        node = opened.element
        if node.tag in {"td", "th"} and opened.first == len(self.lines):
            self.lines.append(Line("", "", node, self._around, kind=opened.kind))
        if opened.structural:
            self._around = self._around[:-1]
            self._pre -= node.tag == "pre"
        self._hidden -= opened.hidden
        if len(self.lines) > opened.first:
            self.spans.append(Span(node, opened.first, len(self.lines), opened.own))

    def _open_inline(self, node: HtmlElement) -> None:
        before = after = ""
        if node.tag == "a":
            self._anchors += 1
            if href := node.get("href"):
                quoted = escape_text(href).replace('"', "&quot;")
                before, after = f'<a href="{quoted}">', "</a>"
        elif node.tag in _KEPT:
            before, after = f"<{node.tag}>", f"</{node.tag}>"
        self._inline.append((node, before, after))
        if self._text:
            self._html.append(before)
            self._note_link(node)

    def _close_inline(self, node: HtmlElement) -> None:
        if not self._inline or self._inline[-1][0] is not node:
            return
        _, _, after = self._inline.pop()
        self._anchors -= node.tag == "a"
        if self._text:
            self._html.append(after)

    def _note_link(self, node: HtmlElement) -> None:
        if node.tag == "a" and (href := node.get("href")):
            self._hrefs.append(href)

    def _say(self, text: str) -> None:
        if not self._text and text.isspace():
            return
        if not self._pre:
            text = _SOFT.sub(" ", text)
        if not self._text:
            if text.lstrip(" ").startswith(_INDENT):
                self._soft = False
            text = text.lstrip(_EDGES)
            if not text:
                return
            for node, before, _ in self._inline:
                self._html.append(before)
                self._note_link(node)
        self._text.append(text)
        self._html.append(escape_text(text))
        if self._anchors:
            self._links += len(text.strip())

    def _picture(self, node: HtmlElement) -> None:
        if picture_address(node) is None or _is_small(node):
            return
        self._break()
        link = next((each for each, _, _ in reversed(self._inline) if each.tag == "a"), None)
        hrefs = (link.get("href") or "",) if link is not None else ()
        self._append(Line("", "", self._block(), self._around, hrefs=hrefs, image=node))

    def _break(self) -> None:
        """The line so far is one."""
        if self._text:
            text = "".join(self._text)
            text = text.rstrip(_EDGES) if self._pre else collapse(unturned(text))
            if text:
                html = "".join((*self._html, *(after for _, _, after in reversed(self._inline))))
                line = Line(text, html.strip(), self._block(), self._around, self._links, tuple(self._hrefs))
                line.soft = self._soft
                self._append(line)
            self._text, self._html, self._links, self._hrefs = [], [], 0, []
        self._soft = False

    def _append(self, line: Line) -> None:
        if self._stack:
            line.kind, line.namer = self._stack[-1].kind, self._stack[-1].namer
        line.hidden = self._hidden > 0
        self.lines.append(line)

    def _block(self) -> HtmlElement:
        return self._stack[-1].element


def links_of(line: Line) -> Iterator[tuple[str, str]]:
    """Address as written and words of every link of a line."""
    for match in _ANCHOR.finditer(line.html):
        yield unescape(match[1]), plain_text(match[2])


@lru_cache(maxsize=2_048)
def _pixels(value: str) -> int | None:
    digits = value.strip().lower().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _is_small(image: HtmlElement) -> bool:
    """Icons, smileys, counters."""
    sides = [_pixels(image.get(side) or "") for side in ("width", "height")]
    return any(side is not None and side <= 40 for side in sides)


def picture_address(image: HtmlElement) -> str | None:
    """Where a picture is, its late-loading address first; None where there is none or it is inside the page."""
    for address in _addresses(image):
        if address and not address.startswith(("data:", "javascript:", "about:", "blob:")):
            return address
    return None


def _addresses(image: HtmlElement) -> Iterator[str]:
    for name in _LAZY[:-2]:
        if value := image.get(name):
            yield value.strip()
    yield (image.get("src") or "").strip()
    for name in _LAZY[-2:]:
        if value := image.get(name):
            yield value.split(",")[0].split()[0] if value.strip() else ""
