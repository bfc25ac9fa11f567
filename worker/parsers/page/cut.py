"""The lines of the article's element without what is not its text: title and masthead on top, furniture, the tail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from worker.parsers.clean import collapse
from worker.parsers.page import furniture
from worker.parsers.page.choose import bare, length, right_names, weight, weights_of
from worker.parsers.page.figures import is_file
from worker.parsers.page.lines import Line, Span, Walk
from worker.parsers.page.names import Kind

_AWAY = frozenset({Kind.FURNITURE, Kind.RELATED, Kind.COMMENTS})
_DATE = re.compile(
    r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}|\d{1,2}:\d\d(?::\d\d)?|\d+\s*(?:小时|分钟|天)前"
    r"|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}, (?:19|20)\d\d"
    r"|\b\d{1,2} (?:hours?|minutes?|days?) ago\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"来\s*源|來源|作者|编辑|选稿|发布|\bby\b|updated|posted|published|[AP]M\b|tags?:|categor", re.IGNORECASE
)
_BYLINE = re.compile(r"^(?:by|from|written by|posted by|updated|published|last updated|photos? by)\b", re.IGNORECASE)
_STATEMENT_HEAD = re.compile(
    r"^[\W_]{0,3}(?:(?:免责|版权|郑重|特别|重要|平台|本站|本网|本文|法律)?(?:声明|聲明)|版权(?:说明|信息|提示|归|属|所有)"
    r"|转载(?:说明|声明|请|须)|未经|本文(?:系|为|由|来源|转载)|以上内容|©|copyright|\(c\)|all rights reserved)",
    re.IGNORECASE,
)
_TEXT = frozenset({"p", "li", "blockquote", "pre", "dd", "dt", "td", "th", "h2", "h3", "h4"})
_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PROSE = 60.0  # the weight from which a line is prose
_PARAGRAPHS = 4  # as many in a row are a text
_TOP = 14  # lines among which the masthead ends
_TOP_SHARE = 0.15  # the share of the prose that may stand above a byline: a deck
_TAIL = 0.25  # the share of the prose that may follow the end of the text
_TAIL_SIGNED = 0.6  # likewise, where an editor signed it


@dataclass(slots=True)
class Kept:
    """Numbers of lines: what is the body, what is a word on reuse, what leads to other articles."""

    lines: list[int] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    related: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Cutter:
    walk: Walk
    span: Span
    titles: Sequence[str]
    ends: Sequence[str]
    weights: list[float]
    prose: list[int] = field(default_factory=list)
    links: set[int] = field(default_factory=set)
    kept: Kept = field(default_factory=Kept)

    def run(self) -> Kept:
        first, last = self.span.first, self.span.end
        if self.prose:
            first, last = max(self.prose[0], self._below_masthead()), self.prose[-1] + 1
        related = ended = False
        for index in range(self.span.first, self.span.end):
            line = self.walk.lines[index]
            if line.text and any(line.text.startswith(mark) for mark in self.ends):
                ended = True
            if index < first and (_is_masthead(line, self.titles) or self._is_deck(line, index, first)):
                continue
            if self._is_statement(line, index < first or index >= last):
                self.kept.statements.append(index)
                continue
            if furniture.heads_related(line.text):
                related = True
                ended = ended or self._little_left(index)
                continue
            if related and line.image is None and line.links * 2 > len(line.text):
                self.kept.related.append(index)
                continue
            related = related and line.image is not None
            ended = ended or (furniture.ends_text(line.text) and self._little_left(index))
            ended = ended or (furniture.signs_off(line.text) and self._little_left(index, _TAIL_SIGNED))
            if not ended and self._is_text(line, index):
                self.kept.lines.append(index)
        self._trim()
        return self.kept

    def _below_masthead(self) -> int:
        """The line after the title, date or byline that stands above all but a little of the text."""
        whole = sum(self.weights[each] for each in self.prose)
        above = 0.0
        top = self.span.first
        for index in range(self.span.first, min(self.span.first + _TOP, self.span.end)):
            line = self.walk.lines[index]
            if line.tag == "h1" or _is_stamp(line.text) or bare(line.text) in self.titles:
                top = index + 1
            elif index in self.prose:
                above += self.weights[index]
            if above > _TOP_SHARE * whole:
                break
        return top

    def _is_deck(self, line: Line, index: int, first: int) -> bool:
        return bool(line.text) and index < first and bool(self.prose) and self.prose[0] < first

    def _is_statement(self, line: Line, outside: bool) -> bool:
        if not line.text or not furniture.is_statement(line.text):
            return False
        return outside or _STATEMENT_HEAD.match(line.text) is not None

    def _is_text(self, line: Line, index: int) -> bool:
        return not (line.kind in _AWAY or line.hidden or index in self.links or furniture.is_furniture(line.text))

    def _little_left(self, index: int, share: float = _TAIL) -> bool:
        """Is what comes from here on a small part of the prose, or links with a word on each?"""
        rest = [line for line in self.walk.lines[index + 1 : self.span.end] if line.text]
        linked = [line.links * 2 > len(line.text) for line in rest]
        if rest and sum(linked) >= 0.2 * len(rest) and not self._goes_on(index):
            return True
        whole = sum(self.weights[each] for each in self.prose)
        return sum(self.weights[each] for each in self.prose if each > index) <= share * whole

    def _goes_on(self, index: int) -> bool:
        """Do paragraphs follow one another below, as they do in a text and not in a list of teasers?"""
        wanted = set(self.prose)
        run = 0
        for below in range(index + 1, self.span.end):
            line = self.walk.lines[below]
            if below in wanted:
                run += 1
                if run == _PARAGRAPHS:
                    return True
            elif line.links * 2 > len(line.text):
                run = 0
        return False

    def _trim(self) -> None:
        """Headings and empty cells that nothing follows go; a paragraph loses the editor's note at its end."""
        lines, kept = self.walk.lines, self.kept.lines
        while kept and lines[kept[-1]].image is None and (not lines[kept[-1]].text or lines[kept[-1]].tag in _TITLES):
            kept.pop()
        for index in kept[-3:]:
            line = lines[index]
            while (note := furniture.trailing(line.text)) is not None:
                line.text = collapse(line.text.removesuffix(note))
                line.html = without_end(line.html, note)


def _is_stamp(text: str) -> bool:
    """A line that is a date or a byline and nothing else."""
    if not text or length(text) >= 160:
        return False
    found = _DATE.search(text)
    if found is None:
        return len(text) < 60 and _BYLINE.match(text) is not None and text[-1] not in ".!?,"
    return _LABEL.search(text) is not None or len(found[0]) * 2 >= len(text)


def cut(walk: Walk, span: Span, titles: Sequence[str], *, cut_after: Sequence[str] = ()) -> Kept:
    """What of the lines of ``span`` is the article's text."""
    weights = weights_of(walk)
    right_names(walk, weights, span.first, span.end, 0.4)
    inside = range(span.first, span.end)
    cutter = _Cutter(walk, span, titles, cut_after, weights)
    cutter.prose = [each for each in inside if weights[each] >= _PROSE and _is_prose(walk.lines[each])]
    cutter.links = _link_runs(walk.lines, span)
    return cutter.run()


def _is_prose(line: Line) -> bool:
    text = line.text
    if line.kind in _AWAY or line.hidden or line.tag == "h1" or furniture.is_furniture(text):
        return False
    if length(text) < 160 and _DATE.search(text) is not None and _LABEL.search(text) is not None:
        return False
    return not furniture.is_statement(text) or (len(text) >= 300 and _STATEMENT_HEAD.match(text) is None)


def _link_runs(lines: Sequence[Line], span: Span) -> set[int]:
    """Lines that are links and stand beside another such line."""
    links = {
        index
        for index in range(span.first, span.end)
        if lines[index].links and lines[index].links > 0.8 * len(lines[index].text) - 2 and not is_file(lines[index])
    }
    return {index for index in links if index - 1 in links or index + 1 in links}


def _is_masthead(line: Line, titles: Sequence[str]) -> bool:
    """Title, date, byline and the like above the first paragraph."""
    text = line.text
    if not text:
        return line.image is None
    own = bare(text)
    if own and any(own == title or (len(own) >= 8 and own in title) for title in titles):
        return True
    if line.tag == "h1" or (line.tag not in _TEXT and weight(line) < 0):
        return True
    if length(text) < 160 and (_DATE.search(text) or _BYLINE.match(text)):
        return True
    return line.links * 2 > len(text)


def without_end(html: str, text: str) -> str:
    """Inline markup without the text it ends with; tags stay."""
    left = len("".join(text.split()))
    out: list[str] = []
    for piece in reversed(re.findall(r"<[^>]*>|&[^;]{1,8};|[^<&]|[<&]", html)):
        if left and not piece.startswith("<") and not piece.isspace():
            left -= 1
        elif left and piece.isspace():
            continue
        else:
            out.append(piece)
    return "".join(reversed(out)).strip()
