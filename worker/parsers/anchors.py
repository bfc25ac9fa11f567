"""Every link of a page in reading order, with its words, the date beside it and the part of the page it stands in.

The tree is walked once. A date belongs to the best link of the smallest element that holds both; where one element
holds many of each (``<a>…</a> <span>date</span><br>``), each date goes to a link between it and the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree
from lxml.html import HtmlElement

from worker.parsers.clean import collapse
from worker.parsers.dates import parse_date
from worker.parsers.links import absolute, address_date, address_score, words
from worker.parsers.neardates import date_in, joined_date, may_be_month_day

_SKIPPED = words("script style noscript template select textarea iframe svg object embed head")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = words("ul ol dl table tbody section main article")
_LATE = ("data-url", "data-href", "data-link")
_MOST_ANCHORS = 5_000
_MOST_NODES = 200_000
_MOST_DATES = 10_000
_MOST_WORDS = 1_000  # letters of one link that are kept
_EDGES = " \t\r\n\xa0\u3000·•>»›-–—|、◆■●▪★※　"
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_LETTER = re.compile(r"[^a-z]+")
_AWAY_TAGS = frozenset({"nav", "footer"})
_AWAY = words(
    "nav navbar navi navigation menu submenu topnav subnav mainnav leftnav footer foot bottom footbar "
    "breadcrumb breadcrumbs crumb crumbs location position dqwz weizhi pager pagination pagenav paging pages "
    "copyright friendlink friendlinks flink yqlj youlian login search share bdshare toolbar topbar langs "
    "sitemap cookie cookies skip"
)
_SIDE_TAGS = frozenset({"aside"})
_SIDE = words(
    "aside sidebar side rank ranking hot hotnews recommend recommended tuijian related popular trending "
    "mostread mostpopular header head top banner links promo zt zhuanti"
)
AWAY, SIDE = 2, 1


@dataclass(slots=True)
class Anchor:
    """``words`` is what it is called, heading and title attribute considered. ``places`` are the named parts of the
    page around it (indexes into ``Walk.places``); ``block`` the list it stands in."""

    url: str
    score: int
    element: HtmlElement
    places: tuple[int, ...]
    block: int
    words: str = ""
    heading: bool = False
    date: datetime | None = None


@dataclass(slots=True)
class Place:
    """A part of the page that is named as navigation (AWAY) or as something beside the list (SIDE)."""

    weight: int
    strong: int = 0  # links in it that look like articles by address


@dataclass(slots=True)
class _Words:
    text: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)
    image: str = ""
    size: int = 0


@dataclass(slots=True)
class _Open:
    element: HtmlElement
    first_anchor: int
    first_token: int
    anchor: Anchor | None
    place: bool
    block: int
    heading: bool


@dataclass(slots=True)
class _Dated:
    """A date on the page; ``at`` is how many links came before it. ``text`` waits for the year of a link's address."""

    at: int
    date: datetime | None
    text: str = ""


class Walk:
    """``anchors`` and ``places`` of one page; ``base`` resolves its links."""

    def __init__(self, base: str | None, zone: str) -> None:
        self.anchors: list[Anchor] = []
        self.places: list[Place] = []
        self._base = base
        self._zone = zone
        self._open: list[_Open] = []
        self._around: tuple[int, ...] = ()
        self._links: list[tuple[Anchor, _Words]] = []
        self._dates: list[_Dated] = []
        self._last = ""
        self._blocks = 0
        self._headings = 0

    def run(self, root: HtmlElement) -> Walk:
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for number, (event, node) in enumerate(walker):
            if event == "start":
                if node.tag in _SKIPPED:
                    walker.skip_subtree()
                else:
                    self._start(node)
            elif event == "end" and node.tag not in _SKIPPED:
                self._end()
            if event != "start" and node.tail and node is not root:
                self._say(node.tail)
            if len(self.anchors) >= _MOST_ANCHORS or number >= 2 * _MOST_NODES:
                break
        while self._open:
            self._end()
        return self

    def _start(self, node: HtmlElement) -> None:
        weight = _weight(node)
        if weight:
            self._around = (*self._around, len(self.places))
            self.places.append(Place(weight))
        outer = self._open[-1].block if self._open else 0
        if node.tag in _BLOCKS:
            self._blocks += 1
        block = self._blocks if node.tag in _BLOCKS else outer
        heading = node.tag in _HEADINGS
        self._headings += heading
        first = len(self.anchors)
        anchor = self._anchor(node, block)
        self._open.append(_Open(node, first, len(self._dates), anchor, bool(weight), block, heading))
        if node.tag == "img" and self._links and not self._links[-1][1].image:
            self._links[-1][1].image = collapse((node.get("alt") or node.get("title") or "")[:300])
        if node.tag == "time" and (moment := parse_date((node.get("datetime") or "")[:40], self._zone)):
            self._dates.append(_Dated(len(self.anchors), moment))
        elif node.text:
            self._say(node.text)

    def _anchor(self, node: HtmlElement, block: int) -> Anchor | None:
        reference = node.get("href") if node.tag == "a" else None
        url = absolute(reference, self._base)
        if url is None and node.tag not in {"img", "link", "base", "area"}:
            url = next((found for name in _LATE if (found := absolute(node.get(name), self._base))), None)
        if url is None:
            return None
        anchor = Anchor(url, address_score(url), node, self._around, block, heading=self._headings > 0)
        if anchor.score >= 3:
            for place in self._around:
                self.places[place].strong += 1
        self.anchors.append(anchor)
        self._links.append((anchor, _Words()))
        return anchor

    def _end(self) -> None:
        opened = self._open.pop()
        self._headings -= opened.heading
        if opened.place:
            self._around = self._around[:-1]
        if opened.anchor is not None:
            anchor, said = self._links.pop()
            anchor.heading = anchor.heading or bool(said.heading)
            anchor.words = _called(opened.element, said)
        if len(self._dates) > opened.first_token and len(self.anchors) > opened.first_anchor:
            self._settle(opened)

    def _say(self, text: str) -> None:
        line = text.strip()
        if not line:
            return
        dated = len(self._dates) < _MOST_DATES and self._date(line)
        if self._links and not dated:
            said = self._links[-1][1]
            if said.size < _MOST_WORDS:
                said.size += len(line)
                (said.heading if self._within_heading() else said.text).append(text[:_MOST_WORDS])
        self._last = line

    def _within_heading(self) -> bool:
        """Does the text stand in a heading inside the innermost link?"""
        if not self._headings:
            return False
        for opened in reversed(self._open):
            if opened.heading:
                return True
            if opened.anchor is not None:
                return False
        return False

    def _date(self, line: str) -> bool:
        """Note the date that ``line`` is; whether it is one."""
        inside = bool(self._links)
        if date := date_in(line, self._zone, whole=inside):
            self._dates.append(_Dated(len(self.anchors), date))
            return True
        if len(line) <= 12 and len(self._last) <= 12 and (date := joined_date(line, self._last, self._zone)):
            self._dates.append(_Dated(len(self.anchors), date))
            return True
        if not inside and may_be_month_day(line):
            self._dates.append(_Dated(len(self.anchors), None, line))
        return False

    def _settle(self, opened: _Open) -> None:
        """Give the dates of a closing element to its links."""
        dates = self._dates[opened.first_token :]
        del self._dates[opened.first_token :]
        end = len(self.anchors)
        leading = dates[0].at == opened.first_anchor
        for number, dated in enumerate(dates):
            if leading:
                first, last = dated.at, dates[number + 1].at if number + 1 < len(dates) else end
            else:
                first, last = dates[number - 1].at if number else opened.first_anchor, dated.at
            if opened.anchor is not None and first == last:
                first, last = opened.first_anchor, opened.first_anchor + 1
            self._give(dated, self.anchors[first:last], leading)

    def _give(self, dated: _Dated, anchors: list[Anchor], leading: bool) -> None:
        free = [anchor for anchor in anchors if anchor.date is None]
        if not free:
            return
        ordered = free if leading else free[::-1]
        best = max(ordered, key=lambda anchor: anchor.score + min(len(anchor.words), 12) / 6)
        date = dated.date or date_in(dated.text, self._zone, address=address_date(best.url))
        for anchor in free:
            if date and anchor.url == best.url:
                anchor.date = date


def _weight(node: HtmlElement) -> int:
    if node.tag in _AWAY_TAGS:
        return AWAY
    if node.tag in _SIDE_TAGS:
        return SIDE
    names = f"{node.get('class') or ''} {node.get('id') or ''}"[:300]
    if names == " ":
        return 0
    parts = set(_NOT_LETTER.split(_CAMEL.sub(" ", names).lower()))
    if parts & _AWAY:
        return AWAY
    return SIDE if parts & _SIDE or node.get("role") in {"navigation", "banner"} else 0


def _called(node: HtmlElement, said: _Words) -> str:
    """What a link is called: its heading, else its words, in full where they are cut short, else what its picture
    says."""
    title = collapse((node.get("title") or "")[:300])
    text = collapse(" ".join(said.heading) or " ".join(said.text)).strip(_EDGES)
    cut = text.rstrip(".… ")
    longer = len(title) > len(text) and cut in title
    if title and (longer or not text or (cut != text and title.startswith(cut[:10]))):
        return title
    return text or said.image
