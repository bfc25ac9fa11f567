"""Where the masthead stands: between the title and the text; and the tail: the end of the text and below."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from worker.parsers.page.scan import Line

_BEFORE_TITLE, _AFTER_TITLE, _TAIL = 6, 30, 16
_OPENING, _CLOSING = 10, 6  # paragraphs of the text in which bylines stand
_PARAGRAPH = 60  # characters from which a line with a full stop is one
_HAN = re.compile("[\u3400-\u9fff]")
_STOP = re.compile(r"[。！？；.!?;…”」]")
_ELSEWHERE = re.compile(
    r"^(?:相关|相關|推荐|推薦|热门|熱門|延伸阅读|延伸閱讀|猜你|更多|热点|最新评论|网友评论|精彩|上一篇|下一篇|上一条|下一条|友情链接|主办单位"
    r"|版权所有|copyright|©|related|recommended|most read|comments?$|you may|more from|read next|next article)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Zones:
    """``masthead``: short lines around the title, before the text. ``opening`` and ``closing``: paragraphs at the ends
    of the text. ``tail``: lines right below it. ``under``: of the masthead, what stands below the title.
    Each in reading order."""

    masthead: list[Line]
    opening: list[Line]
    closing: list[Line]
    tail: list[Line]
    under: list[Line]
    below: int = 0  # the index from which lines stand below the title
    ideographic: bool = True  # written with ideographs: names and sources stand otherwise than in Latin script


def find_zones(lines: list[Line], title: Line | None, body: HtmlElement | None) -> Zones:
    start, end = _text_bounds(lines, title, body)
    after = title.index + 1 if title is not None else max(0, start - _AFTER_TITLE)
    start = max(start, after)
    end = max(start, end)
    under = lines[after : min(start, after + _AFTER_TITLE)]
    masthead = lines[max(0, after - 1 - _BEFORE_TITLE) : after] + under
    text = lines[start : end + 1]
    tail = []
    for line in lines[end + 1 : end + 1 + _TAIL]:
        if _ELSEWHERE.match(line.text):
            break
        tail.append(line)
    sample = " ".join(line.text[:80] for line in [*masthead[-8:], *text[:4]])
    ideographic = 10 * len(_HAN.findall(sample)) > len(sample)
    return Zones(masthead, text[:_OPENING], text[-_CLOSING:], tail, under, after, ideographic)


def _text_bounds(lines: list[Line], title: Line | None, body: HtmlElement | None) -> tuple[int, int]:
    """Index of the text's first and last line; behind the last line where there is none."""
    from_title = title.index + 1 if title is not None else 0
    if body is not None:
        inside = set(body.iter())
        places = [line.index for line in lines if line.block in inside]
        long = [place for place in places if place >= from_title and len(lines[place].text) >= 30]
        # A stamp line (发布时间：… 来源：… 作者：…) is long as well, but holds no sentence.
        told = [place for place in long if _STOP.search(lines[place].text[:400])] or long
        if told:
            return told[0], places[-1]
    paragraphs = [line for line in lines[from_title:] if _is_paragraph(line)]
    if not paragraphs:
        return _largest(lines, from_title)
    weights: dict[HtmlElement, int] = {}
    for line in paragraphs:
        for holder in _holders(line):
            weights[holder] = weights.get(holder, 0) + len(line.text)
    # Comments may weigh more than a short text, but they stand behind it.
    enough = 0.3 * max(weights.values())
    heaviest = next(holder for line in paragraphs for holder in reversed(_holders(line)) if weights[holder] >= enough)
    own = [line.index for line in paragraphs if heaviest in _holders(line)]
    last = own[-1]
    while last + 1 < len(lines) and heaviest in _holders(lines[last + 1]):
        last += 1
    return own[0], last


def _largest(lines: list[Line], start: int) -> tuple[int, int]:
    """No paragraphs: the longest line is the text, where it is long enough for one."""
    longest = max(lines[start : start + 200], key=lambda line: len(line.text), default=None)
    if longest is None or len(longest.text) < 25:
        return min(len(lines), start + _AFTER_TITLE), min(len(lines), start + _AFTER_TITLE)
    return longest.index, longest.index


def _holders(line: Line) -> tuple[HtmlElement, ...]:
    above = line.block.getparent()
    return (line.block,) if above is None else (line.block, above)


def _is_paragraph(line: Line) -> bool:
    if len(line.text) < _PARAGRAPH or not _STOP.search(line.text[:400]):
        return False
    linked = sum(len(piece.text) for piece in line.pieces if piece.link is not None)
    return 2 * linked < len(line.text)
