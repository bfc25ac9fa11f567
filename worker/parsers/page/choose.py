"""Which element of a page holds its article: the one whose lines weigh most, prose for it and link lists against it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from lxml.html import HtmlElement

from worker.parsers.clean import collapse
from worker.parsers.page.lines import Line, Span, Walk
from worker.parsers.page.names import Kind

_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_STOPS = re.compile("[，。；！？、：,;!?：”」]|\\.(?=\\s|$)")
_NO_LETTERS = re.compile(r"[\W_]+")
_AWAY = frozenset({Kind.FURNITURE, Kind.RELATED, Kind.COMMENTS})
_HEADINGS = frozenset({"h1", "h2", "h3"})


def length(text: str) -> float:
    """How much a text says: an ideograph counts as two letters and a half."""
    han = 0 if text.isascii() else len(_HAN.findall(text))
    return len(text) + 1.5 * han


def bare(text: str) -> str:
    """Letters and digits only, to compare titles."""
    return _NO_LETTERS.sub("", text).lower()


def weight(line: Line) -> float:
    """What a line says for (> 0) or against (< 0) the element it stands in."""
    if line.image is not None or not line.text:
        return 0.0
    size = length(line.text)
    linked = line.links / len(line.text)
    if linked > 0.6:
        return -min(size, 60.0) - 10.0
    stops = len(_STOPS.findall(line.text))
    if size < 40 or not stops:
        return 1.0 if size >= 20 and line.tag == "p" else -4.0
    return (min(size, 600.0) + 20.0 * min(stops, 5)) * (1.0 - linked)


def page_titles(root: HtmlElement) -> list[str]:
    """What head and headings say the page is called, bare."""
    found = [root.findtext(".//title") or ""]
    for meta in root.iterfind(".//meta[@content]"):
        if (meta.get("property") or meta.get("name") or "").lower() in {"og:title", "twitter:title"}:
            found.append(meta.get("content") or "")
    return [each for each in map(bare, map(collapse, found)) if len(each) > 3]


def title_line(lines: Sequence[Line], titles: Sequence[str]) -> int | None:
    """The line that shows the title: a heading first, the last of its rank that the head knows as well."""
    best: tuple[int, int] | None = None
    for index, line in enumerate(lines):
        if not line.text or len(line.text) > 300 or line.hidden:
            continue
        own = bare(line.text)
        if len(own) < 4 or not any(_same(own, title) for title in titles):
            continue
        linked = line.links * 2 > len(line.text)
        rank = (2 if line.tag == "h1" else 1 if line.tag in _HEADINGS else 0) - 2 * linked
        if rank >= 0 and (best is None or rank > best[0]):
            best = rank, index
    return best[1] if best else None


def _same(own: str, title: str) -> bool:
    return title.startswith(own) or (len(own) >= 8 and own in title) or (len(title) >= 8 and own.startswith(title))


def article_span(walk: Walk, title: int | None) -> Span | None:
    """The span of the element that holds the article; None on a page without prose."""
    weights = [weight(line) for line in walk.lines]
    if title is not None and sum(each for each in weights[title + 1 :] if each > 0) > 100:
        weights[: title + 1] = [min(each, 0.0) for each in weights[: title + 1]]
    else:
        title = None
    right_names(walk, weights, 0, len(weights), 0.5)
    for index, line in enumerate(walk.lines):
        if line.kind in _AWAY or line.hidden:
            weights[index] = min(weights[index], -2.0)
        elif line.kind is Kind.BODY and weights[index] > 0:
            weights[index] *= 1.5
    sums = [0.0, *accumulate(weights)]
    best: Span | None = None
    best_sum = 0.0
    for span in walk.spans:  # children come before their parents
        total = sums[span.end] - sums[span.first]
        if total > best_sum * 1.02 + 1.0:
            best, best_sum = span, total
    return best


def right_names(walk: Walk, weights: Sequence[float], first: int, end: int, share: float) -> None:
    """A name that would take most of the prose away says nothing."""
    prose = [0.0, *accumulate(max(0.0, each) for each in weights)]
    whole = prose[end] - prose[first]
    for span in walk.spans:
        low, high = max(span.first, first), min(span.end, end)
        if span.kind in _AWAY and low < high and prose[high] - prose[low] > share * whole:
            for line in walk.lines[low:high]:
                if line.kind is span.kind:
                    line.kind = Kind.PLAIN
