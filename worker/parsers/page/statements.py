"""Disclaimers and words on reuse, copyright and licence: kept word for word with their place, whatever they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from worker.model.page import Place, Statement
from worker.parsers.clean import collapse
from worker.parsers.page.furniture import is_statement
from worker.parsers.page.lines import Line, Span, Walk
from worker.parsers.page.names import Kind

_MOST = 30
_LONGEST = 2_000
_METAS = frozenset({"copyright", "rights", "dc.rights", "dcterms.rights", "dcterms.license", "license", "og:rights"})


def statements(
    walk: Walk, span: Span | None, inside: Iterable[int], last: int, root: HtmlElement
) -> tuple[Statement, ...]:
    """``inside`` are the lines cut from the article's element as statements; ``last`` is the last line of its text."""
    found: dict[str, Statement] = {}
    within = set(inside)
    first, end = (span.first, span.end) if span else (0, 0)
    for index, line in enumerate(walk.lines):
        if len(found) >= _MOST:
            break
        if index in within or (not first <= index < end and _stands_alone(line)):
            text = line.text[:_LONGEST]
            found.setdefault(text, Statement(text, _place(line, index, last, end)))
    for text in _in_head(root):
        found.setdefault(text, Statement(text, Place.HEAD))
    return tuple(found.values())


def _stands_alone(line: Line) -> bool:
    if not line.text or line.kind in {Kind.COMMENTS, Kind.RELATED} or line.links > 0.8 * len(line.text):
        return False
    return is_statement(line.text)


def _place(line: Line, index: int, last: int, end: int) -> Place:
    if index < last:
        return Place.BODY
    named = any(each.tag == "footer" or _is_foot(each) for each in _up(line.block))
    return Place.FOOTER if named or (index >= end + 15) else Place.AFTER_BODY


def _is_foot(element: HtmlElement) -> bool:
    name = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return "foot" in name or "copyright" in name or "bottom" in name


def _up(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    for count, each in enumerate(element.iterancestors()):
        if count > 8 or each.tag == "body":
            return
        yield each


def _in_head(root: HtmlElement) -> Iterator[str]:
    for meta in root.iterfind(".//meta[@content]"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        content = collapse((meta.get("content") or "")[:_LONGEST])
        if name in _METAS and content:
            yield content
    for link in root.iter("link", "a"):
        if "license" in (link.get("rel") or "").lower().split() and (href := (link.get("href") or "").strip()):
            yield href[:_LONGEST]
