"""The body of a page and what belongs to it: text, pictures, files, statements, related links, further pages."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from worker.model.page import Attachment, PageImage, PageRules, Related, Statement
from worker.parsers.clean import clean_html, safe_url
from worker.parsers.page.choose import article_span, page_titles, title_line
from worker.parsers.page.cut import cut
from worker.parsers.page.lines import Walk, picture_address
from worker.parsers.page.render import body_html, body_text
from worker.parsers.page.tree import Page


@dataclass(frozen=True, slots=True)
class Body:
    element: HtmlElement | None = None
    html: str | None = None
    text: str | None = None
    images: tuple[PageImage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    statements: tuple[Statement, ...] = ()
    related: tuple[Related, ...] = ()
    next_pages: tuple[str, ...] = ()
    rule: str | None = None
    warnings: tuple[str, ...] = ()


def read_body(page: Page, rules: PageRules) -> Body:
    root = page.root.find("body")
    walk = Walk().run(root if root is not None else page.root)
    titles = page_titles(page.root)
    span = article_span(walk, title_line(walk.lines, titles))
    if span is None:
        return Body(warnings=("no text was found on the page",))
    kept = cut(walk, span, titles, cut_after=rules.cut_after)
    lines = [walk.lines[index] for index in kept.lines]
    images: dict[int, PageImage] = {}
    for number, line in enumerate(lines):
        if line.image is not None and (address := safe_url(picture_address(line.image), page.url)):
            images[number] = PageImage(address)
    html = clean_html(body_html(lines, images), page.url)
    text = body_text(lines, images)
    return Body(span.element, html or None, text or None, tuple(images.values()), rule="text")
