"""Which element of a page holds its article: the one whose lines weigh most, prose for it and link lists against it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from lxml.html import HtmlElement

from worker.parsers.clean import collapse
from worker.parsers.page.furniture import heads_related, is_furniture, is_statement
from worker.parsers.page.lines import Line, Span, Walk
from worker.parsers.page.names import Kind

_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_STOPS = re.compile("[，。；！？、：,;!?：”」]|\\.(?=\\s|$)")
_NO_LETTERS = re.compile(r"[\W_]+")
_AWAY = frozenset({Kind.FURNITURE, Kind.RELATED, Kind.COMMENTS})
_SOME = 150.0  # the weight of two sentences
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
    if line.image is not None or not line.text or line.kind is Kind.CAPTION:
        return 0.0
    size = length(line.text)
    linked = line.links / len(line.text)
    if linked > 0.6:
        return -min(size, 60.0) - 10.0
    stops = len(_STOPS.findall(line.text))
    if size < 40 or not stops:
        return 1.0 if size >= 20 and line.tag == "p" else -4.0
    return (min(size, 600.0) + 20.0 * min(stops, 5)) * (1.0 - linked)


def weights_of(walk: Walk) -> list[float]:
    """The weights of all lines, the caller's own to change."""
    if len(walk.weights) != len(walk.lines):
        walk.weights = [weight(line) for line in walk.lines]
    return list(walk.weights)


def page_titles(root: HtmlElement) -> list[str]:
    """What head and headings say the page is called, bare."""
    found = [root.findtext(".//title") or ""]
    found += [
        meta.get("content") or ""
        for meta in root.iterfind(".//meta[@content]")
        if (meta.get("property") or meta.get("name") or "").lower() in {"og:title", "twitter:title"}
    ]
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
    if title.startswith(own) or (len(own) >= 8 and own in title):
        return True
    return len(title) >= 8 and (own.startswith(title) or (title in own and len(own) <= len(title) + 6))


def article_span(walk: Walk, title: int | None) -> Span | None:
    """The span of the element that holds the article; None on a page without prose."""
    weights = weights_of(walk)
    if title is not None and sum(each for each in weights[title + 1 :] if each > 0) > 100:
        weights[: title + 1] = [min(each, 0.0) for each in weights[: title + 1]]
    right_names(walk, weights, 0, len(weights), 0.5, title)
    _lean(walk.lines, weights, title)
    return _heaviest(walk.spans, weights) or _heaviest(walk.spans, _littles(walk.lines, title))


def _littles(lines: Sequence[Line], title: int | None) -> list[float]:
    """Weights for a page without prose: its short lines below the title."""
    begin = title + 1 if title is not None else 0
    return [
        length(line.text)
        if index >= begin
        and line.text
        and not line.hidden
        and line.kind not in _AWAY
        and not line.links
        and not is_furniture(line.text)
        and not is_statement(line.text)
        and length(line.text) >= 10
        else -8.0
        for index, line in enumerate(lines)
    ]


def _heaviest(spans: Sequence[Span], weights: Sequence[float]) -> Span | None:
    sums = [0.0, *accumulate(weights)]
    best: Span | None = None
    best_sum = 0.0
    for span in spans:  # children come before their parents
        total = sums[span.end] - sums[span.first]
        if total > best_sum * 1.02 + 1.0:
            best, best_sum = span, total
    return best


def _lean(lines: Sequence[Line], weights: list[float], title: int | None) -> None:
    """Names count, and so does the order: what follows the head of a list of other articles is hardly this one."""
    read = 0.0
    factor = 1.0
    for index, line in enumerate(lines):
        if line.kind in _AWAY or line.hidden:
            weights[index] = min(weights[index], -2.0)
        elif weights[index] > 0:
            read += weights[index]
            weights[index] *= factor * (1.5 if line.kind is Kind.BODY else 1.0)
        elif (
            read > 120
            and factor == 1.0
            and ((line.tag == "h1" and title is not None) or (line.text and heads_related(line.text)))
        ):
            factor = 0.3


def right_names(
    walk: Walk, weights: Sequence[float], first: int, end: int, share: float, title: int | None = None
) -> None:
    """A name that would take the title or most of the prose away says nothing."""
    prose = [0.0, *accumulate(max(0.0, each) for each in weights)]
    named = sum(
        each
        for each, line in zip(weights[first:end], walk.lines[first:end], strict=True)
        if line.kind is Kind.BODY and each > 0
    )
    whole = prose[end] - prose[first]
    for span in walk.spans:
        low, high = max(span.first, first), min(span.end, end)
        if span.kind not in _AWAY or low >= high:
            continue
        inside = prose[high] - prose[low]
        most = inside > share * whole if span.kind is Kind.FURNITURE else inside > whole - _SOME
        much = most and named < 100
        if much or (title is not None and low <= title < high):
            for line in walk.lines[low:high]:
                if line.namer is span.element:
                    line.kind = Kind.PLAIN
