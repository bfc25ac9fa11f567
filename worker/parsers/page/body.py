"""The body of a page and what belongs to it: text, pictures, files, statements, related links, further pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from worker.model.page import Attachment, PageImage, PageRules, Related, Statement
from worker.parsers.clean import clean_html, safe_url
from worker.parsers.page.choose import article_span, bare, page_titles, title_line
from worker.parsers.page.cut import Kept, cut
from worker.parsers.page.figures import attachments, figures
from worker.parsers.page.lines import Line, Span, Walk
from worker.parsers.page.onward import next_pages, related
from worker.parsers.page.render import body_html, body_text
from worker.parsers.page.rules import select
from worker.parsers.page.statements import statements
from worker.parsers.page.tree import Page


@dataclass(frozen=True, slots=True)
class Found:
    """Where the body is, before anything is cut from it. ``rule`` says by what it was found."""

    walk: Walk
    spans: tuple[Span, ...]
    titles: tuple[str, ...]
    rule: str
    warnings: tuple[str, ...] = ()

    @property
    def element(self) -> HtmlElement | None:
        return self.spans[0].element if self.spans else None


@dataclass(frozen=True, slots=True)
class Body:
    html: str | None = None
    text: str | None = None
    images: tuple[PageImage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    statements: tuple[Statement, ...] = ()
    related: tuple[Related, ...] = ()
    next_pages: tuple[str, ...] = ()
    confidence: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def find_body(page: Page, rules: PageRules) -> Found:
    """The element of the article's text: the one a rule selects, else the one whose prose weighs most."""
    root = page.root.find("body")
    without = frozenset(element for css in rules.cut for element in select(page.root, css))
    walk = Walk(without=without).run(root if root is not None else page.root)
    titles = tuple(page_titles(page.root))
    warnings: tuple[str, ...] = ()
    if rules.body:
        elements = set(select(page.root, rules.body))
        spans = tuple(sorted(_outermost(walk, elements), key=lambda span: span.first))
        if spans:
            return Found(walk, spans, titles, "rule")
        warnings = (f"the rule body = {rules.body!r} finds nothing on this page",)
    span = article_span(walk, title_line(walk.lines, titles))
    return Found(walk, (span,) if span else (), titles, "text", warnings)


def _outermost(walk: Walk, elements: set[HtmlElement]) -> list[Span]:
    """The spans of ``elements`` that stand in no other of them."""
    chosen = [span for span in walk.spans if span.element in elements]
    return [
        span
        for span in chosen
        if not any(other is not span and other.first <= span.first and span.end <= other.end for other in chosen)
    ]


def read_body(page: Page, found: Found, rules: PageRules, title: str | None) -> Body:
    """What ``found`` says once furniture is cut; ``title`` is the one the masthead gives."""
    walk = found.walk
    titles = (*found.titles, bare(title)) if title else found.titles
    kept = _merged([cut(walk, span, titles, cut_after=rules.cut_after) for span in found.spans])
    lines = [walk.lines[index] for index in kept.lines]
    pictures = figures(lines, page.base)
    html = clean_html(body_html(lines, pictures), page.base) or None
    text = body_text(lines, pictures) or None
    whole = _whole(found.spans)
    last = max((index for index in kept.lines if walk.lines[index].text), default=-1)
    pages = _ruled_pages(page, rules) or next_pages(walk, page.root, page.url)
    warnings = found.warnings if text else (*found.warnings, "no text was found on the page")
    return Body(
        html=html if text or pictures.images else None,
        text=text,
        images=tuple(pictures.images.values()),
        attachments=attachments(_up_to_end(walk, found.spans), page.base),
        statements=statements(walk, whole, kept.statements, last, page.root),
        related=related(walk, whole, kept.related, page.base),
        next_pages=pages,
        confidence={"body": found.rule} if text else {},
        warnings=warnings,
    )


def _merged(parts: Sequence[Kept]) -> Kept:
    whole = Kept()
    for part in parts:
        whole.lines += part.lines
        whole.statements += part.statements
        whole.related += part.related
    return whole


def _up_to_end(walk: Walk, spans: Sequence[Span]) -> list[Line]:
    """The lines of the article's element, kept or not: files often stand below the text."""
    return [line for span in spans for line in walk.lines[span.first : span.end] if line.hrefs]


def _whole(spans: Sequence[Span]) -> Span | None:
    if not spans:
        return None
    return Span(spans[0].element, spans[0].first, max(span.end for span in spans), spans[0].kind)


def _ruled_pages(page: Page, rules: PageRules) -> tuple[str, ...]:
    if not rules.next_page:
        return ()
    found = (safe_url(link.get("href"), page.base) for link in select(page.root, rules.next_page))
    return tuple(dict.fromkeys(each for each in found if each and each != page.base))
