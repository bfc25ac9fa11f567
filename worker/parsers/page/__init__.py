"""Article pages → ParsedPage: the fields from the raw tree first, then the body without what surrounds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from worker.model.feed import Document
from worker.model.page import PageRules, ParsedPage
from worker.parsers.page.body import Body, read_body
from worker.parsers.page.tree import open_page

__all__ = ["read_page"]


def read_page(document: Document, *, now: datetime, rules: PageRules = PageRules()) -> ParsedPage:
    """What one article page says: ``now`` (aware) is when it was fetched, for times such as 3小时前.

    Never raises for anything a document contains; what was wrong or too much is in ``warnings``.
    """
    page = open_page(document)
    if page is None:
        return ParsedPage(warnings=("there is no page in it",))
    body = read_body(page, rules)
    parsed = ParsedPage(warnings=page.warnings, charset=page.charset)
    return _with_body(parsed, body)


def _with_body(parsed: ParsedPage, body: Body) -> ParsedPage:
    confidence = dict(parsed.confidence)
    if body.rule:
        confidence["body"] = body.rule
    return replace(
        parsed,
        body_html=body.html,
        body_text=body.text,
        images=body.images,
        attachments=body.attachments,
        statements=body.statements,
        related=body.related,
        next_pages=body.next_pages,
        confidence=confidence,
        warnings=(*parsed.warnings, *body.warnings),
    )
