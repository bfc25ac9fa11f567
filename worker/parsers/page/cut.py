"""The lines of the article's element without what is not its text: title and masthead on top, furniture, the tail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from worker.parsers.clean import collapse
from worker.parsers.page import furniture
from worker.parsers.page.choose import bare, length, right_names, weight
from worker.parsers.page.lines import Line, Span, Walk
from worker.parsers.page.names import Kind

_AWAY = frozenset({Kind.FURNITURE, Kind.RELATED, Kind.COMMENTS})
_DATE = re.compile(
    r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}|\d{1,2}:\d\d(?::\d\d)?|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)"
    r"[a-z]*\.? \d{1,2}, (?:19|20)\d\d|\b\d{1,2} (?:hours?|minutes?|days?) ago\b|\d+\s*(?:小时|分钟|天)前",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"^(?:by|from|written by|posted by|updated|published|last updated|photos? by)\b", re.IGNORECASE)
_STATEMENT_HEAD = re.compile(
    r"^[\W_]{0,3}(?:(?:免责|版权|郑重|特别|重要|平台|本站|本网|本文|法律)?(?:声明|聲明)|版权(?:说明|信息|提示|归|属|所有)|转载(?:说明|声明|请|须)"
    r"|未经|本文(?:系|为|由|来源|转载)|©|copyright|\(c\)|all rights reserved)",
    re.IGNORECASE,
)
_PROSE = 60.0  # the weight from which a line is prose


@dataclass(slots=True)
class Kept:
    """``lines`` are the body, by their numbers on the page. ``statements`` likewise."""

    lines: list[int] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    related: list[int] = field(default_factory=list)


def cut(walk: Walk, span: Span, titles: Sequence[str], *, cut_after: Sequence[str] = ()) -> Kept:
    """What of the lines of ``span`` is the article's text."""
    weights = [weight(line) for line in walk.lines]
    right_names(walk, weights, span.first, span.end, 0.4)
    kept = Kept()
    prose = [
        index
        for index in range(span.first, span.end)
        if weights[index] >= _PROSE and _stays(walk.lines[index], walk.lines[index].text)
    ]
    if not prose:
        prose = [index for index in range(span.first, span.end) if walk.lines[index].text]
    first, last = (prose[0], prose[-1]) if prose else (span.first, span.end - 1)
    run_of_links = _link_runs(walk.lines, span)
    after_related = False
    for index in range(span.first, span.end):
        line = walk.lines[index]
        if line.text and any(line.text.startswith(mark) for mark in cut_after):
            break
        if index < first and _is_masthead(line, titles):
            continue
        if furniture.heads_related(line.text):
            after_related = True
            if _little_left(weights, index, span, prose):
                break
            continue
        if furniture.ends_text(line.text) and _little_left(weights, index, span, prose):
            break
        if after_related and line.image is None and line.links * 2 > len(line.text):
            kept.related.append(index)
            continue
        after_related = after_related and line.image is not None
        if (
            line.text
            and furniture.is_statement(line.text)
            and (index > last or index < first or _STATEMENT_HEAD.match(line.text))
        ):
            kept.statements.append(index)
            continue
        if line.kind in _AWAY or line.hidden or index in run_of_links or furniture.is_furniture(line.text):
            continue
        kept.lines.append(index)
    _trim(walk.lines, kept, titles)
    return kept


def _stays(line: Line, text: str) -> bool:
    return not (
        line.kind in _AWAY
        or line.hidden
        or furniture.is_furniture(text)
        or (furniture.is_statement(text) and (_STATEMENT_HEAD.match(text) is not None or len(text) < 300))
    )


def _little_left(weights: Sequence[float], index: int, span: Span, prose: Sequence[int]) -> bool:
    """Is what comes from here on a small part of the prose?"""
    whole = sum(weights[each] for each in prose)
    return sum(weights[each] for each in prose if each > index) <= 0.25 * whole


def _link_runs(lines: Sequence[Line], span: Span) -> set[int]:
    """Lines that are links and stand beside another such line."""
    links = {
        index
        for index in range(span.first, span.end)
        if lines[index].text and lines[index].links > 0.8 * len(lines[index].text) - 2
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
    if line.tag == "h1":
        return True
    if length(text) < 120 and (_DATE.search(text) or _BYLINE.match(text)):
        return True
    return line.links * 2 > len(text)


def _trim(lines: Sequence[Line], kept: Kept, titles: Sequence[str]) -> None:
    """Headings and empty cells that nothing follows go; a paragraph loses the editor's note at its end."""
    while kept.lines:
        last = lines[kept.lines[-1]]
        if last.image is None and (not last.text or last.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}):
            kept.lines.pop()
        else:
            break
    for index in kept.lines[-3:]:
        line = lines[index]
        while (note := furniture.trailing(line.text)) is not None:
            line.text = collapse(line.text.removesuffix(note))
            line.html = without_end(line.html, note)


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
