"""Article pages → ParsedPage: the fields from the raw tree first, then the body without what surrounds it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from worker.model.feed import Document
from worker.model.page import PageAuthor, PageRules, PageSource, ParsedPage
from worker.parsers.clean import unturned
from worker.parsers.page.body import Body, find_body, read_body
from worker.parsers.page.masthead import Masthead, read_masthead
from worker.parsers.page.tree import open_page

__all__ = ["read_page"]

_NO_RULES = PageRules()


def read_page(document: Document, *, now: datetime, rules: PageRules = _NO_RULES) -> ParsedPage:
    """What one article page says. ``now`` (aware) is when it was fetched, for times such as 3小时前.

    Never raises for anything a document contains; what was wrong or too much is in ``warnings``.
    """
    page = open_page(document)
    if page is None:
        return ParsedPage(warnings=("there is no page in it",))
    found = find_body(page, rules)
    masthead = read_masthead(page, now=now, body=found.element, rules=rules)
    body = read_body(page, found, rules, masthead.title)
    values = {**{name: _unturned(value) for name, value in _values(masthead).items()}, **_values(body)}
    values["confidence"] = {**masthead.confidence, **body.confidence}
    values["warnings"] = (*page.warnings, *masthead.warnings, *body.warnings)
    values["body_html"], values["body_text"] = values.pop("html"), values.pop("text")
    return ParsedPage(**values, charset=page.charset)


def _values(part: Masthead | Body) -> dict[str, Any]:
    return {each.name: getattr(part, each.name) for each in fields(part)}


def _unturned(value: Any) -> Any:
    """What the page says of its text, turning nothing round that stands beside it."""
    if isinstance(value, str):
        return unturned(value)
    if isinstance(value, PageSource | PageAuthor):
        return replace(value, name=unturned(value.name))
    return tuple(_unturned(each) for each in value) if type(value) is tuple else value
