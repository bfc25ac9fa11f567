"""What a parser makes of one article page: the fields a person would read off it, each with the rule that found it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

CONFIDENCE = ("rule", "masthead", "byline", "tail", "time", "beside-time", "json-ld", "meta", "fallback")
"""The rules by which fields are found, surest first: a source's own rule, the lines under the headline, a byline or
closing line of the text, a ``time`` element, a bare name beside the time, JSON-LD, meta elements, and last what merely
looks like it."""


class NameState(StrEnum):
    """What kind of name stands where the author's belongs. A page that names nobody has no authors: it is unsigned."""

    NAMED = "named"
    PEN_NAME = "pen_name"  # a name that hides a person: 笔名, an account's name
    PLACEHOLDER = "placeholder"  # a stand-in (佚名, 本站, admin), kept as the page prints it


@dataclass(frozen=True, slots=True)
class PageAuthor:
    name: str
    state: NameState = NameState.NAMED


@dataclass(frozen=True, slots=True)
class PageSource:
    """Where the page says its text came from (来源, 文章来源, 稿源, JSON-LD publisher): as printed, label cut off."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture of the body. ``credit`` is who took or gave it, where the caption or markup says so."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to the article (pdf, docx …)."""

    url: str
    title: str | None = None


class Place(StrEnum):
    """Where on the page a statement stood."""

    BODY = "body"  # inside the text, cut from it
    AFTER_BODY = "after_body"
    FOOTER = "footer"
    HEAD = "head"  # meta, JSON-LD, link elements


@dataclass(frozen=True, slots=True)
class Statement:
    """A disclaimer or a word on reuse, copyright or licence, word for word."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Related:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """One article page. Plain text fields are stripped and single-spaced; absent ones are None, never guessed.

    Times are aware UTC; ``dated_by_day`` says that the page gives a day and no time of day. ``body_html`` is clean
    (nh3, once) with absolute http(s) links; ``body_text`` is its text, a line a paragraph. ``language`` is BCP 47.
    ``translations`` are pairs of language tag and address where the page says it stands in other languages.
    ``breadcrumb`` goes from the outside in, without the article's own title. ``confidence`` maps a field to the rule
    that found it (``rule``, ``masthead``, ``json-ld``, ``meta``, ``fallback`` …). ``warnings`` are for a person.
    """

    title: str | None = None
    subtitle: str | None = None
    published: datetime | None = None
    dated_by_day: bool = False
    updated: datetime | None = None
    language: str | None = None
    source: PageSource | None = None
    authors: tuple[PageAuthor, ...] = ()
    editor: str | None = None
    original_url: str | None = None
    canonical_url: str | None = None
    breadcrumb: tuple[str, ...] = ()
    category: str | None = None
    body_html: str | None = None
    body_text: str | None = None
    images: tuple[PageImage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    statements: tuple[Statement, ...] = ()
    related: tuple[Related, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()
    next_pages: tuple[str, ...] = ()
    confidence: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class PageRules:
    """What a source's own rules say of its pages, from ``newsroad.toml``: CSS selectors, except where noted.

    A selector that finds nothing on a page leaves the field to the general rules, with a warning. ``date_format`` is
    ``strptime``'s, tried on what ``published`` selects. ``source_default`` and ``author_default`` are words used where
    a page names none. ``cut`` selects what is removed before the body is read; ``cut_after`` is a text: the paragraph
    that begins with it ends the body.
    """

    title: str | None = None
    subtitle: str | None = None
    published: str | None = None
    date_format: str | None = None
    source: str | None = None
    source_default: str | None = None
    author: str | None = None
    author_default: str | None = None
    editor: str | None = None
    original_link: str | None = None
    breadcrumb: str | None = None
    category: str | None = None
    body: str | None = None
    next_page: str | None = None
    cut: tuple[str, ...] = ()
    cut_after: tuple[str, ...] = ()
