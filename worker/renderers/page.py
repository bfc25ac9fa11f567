"""HTML pages: what a reader sees. Jinja2 with autoescape always on; only clean bodies and escaped credits are inserted.

The frame of a page speaks the operator's language, what is said of an article speaks the article's where we have words
in it, else the operator's too. Each says in which direction it runs.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from worker.identity.direction import Direction, direction, direction_of, is_set_vertically
from worker.model.catalog import Use
from worker.model.delivery import Imprint, Release, Rendition, Withdrawal
from worker.renderers import terms
from worker.renderers.jsonld import news_article
from worker.renderers.words import spoken, words
from worker.rights.credit import tongue_of
from worker.rights.excerpts import plain, shorten
from worker.rights.publishers import host_of

VERSION = 3
"""Part of every page's ETag. Raise it with any change of markup."""

_HERE = Path(__file__).parents[1]
_TEASER = 110


@dataclass(frozen=True, slots=True)
class Link:
    """``href`` None is a step that has no page of its own."""

    title: str
    href: str | None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page. ``prefix`` is the path our site lives under ("" at the root of its host);
    ``indexing`` as in the portal's options; ``zone`` an IANA name."""

    title: str
    imprint: Imprint
    language: str
    zone: str
    prefix: str
    home: str
    indexing: str = "noindex"
    menu: tuple[Link, ...] = ()
    feeds: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One article in a list: its title, whose it is, when; never without the origin's name."""

    title: str
    href: str
    elsewhere: bool
    language: str
    origin: str
    published: datetime
    teaser: str
    direction: Direction = "ltr"


@dataclass(frozen=True, slots=True)
class Lists:
    """What stands under an article: articles near it, the channel's other ones, and where the rest of those are."""

    related: tuple[Card, ...] = ()
    others: tuple[Card, ...] = ()
    more: Link | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A channel on the portal's first page: its newest articles and its sub-channels."""

    channel: Link
    cards: tuple[Card, ...]
    children: tuple[Link, ...] = ()


# Where one Chinese paragraph ended and the next begins there is no space.
_BETWEEN = re.compile("(?<=[。！？；：…”’）】」』》]) (?=[\u3400-\u9fff“‘（【「『《])")


def card(release: Release, page_of: str) -> Card:
    """``page_of`` is the article's page here; what we may only point at leads straight to the original."""
    original = _web(release.credit.original_link)
    elsewhere = release.use is Use.LINK_ONLY and original is not None
    return Card(
        title=release.title,
        href=original if elsewhere and original else page_of,
        elsewhere=elsewhere,
        language=release.language,
        origin=release.credit.origin,
        published=release.published or release.first_released,
        teaser=_teaser(release),
        direction=direction_of(release),
    )


def home_word(language: str) -> str:
    """What the first step of a breadcrumb is called."""
    return words(language)["home"]


def _teaser(release: Release) -> str:
    if release.excerpt is not None:
        return shorten(release.excerpt, _TEASER)
    return shorten(_BETWEEN.sub("", plain(release.body)), _TEASER) if release.body else ""


def _web(url: str | None) -> str | None:
    """``url`` if it is http(s), whatever was written in the record."""
    return url if url and host_of(url) else None


def article(frame: Frame, release: Release, *, path: tuple[Link, ...], lists: Lists) -> Rendition:
    """One article: ``path`` is its breadcrumb."""
    credit = release.credit
    return _page(
        "article.html",
        frame,
        release=release,
        say=words(tongue_of(release)),
        tongue=tongue_of(release),
        runs=direction_of(release),
        vertical=is_set_vertically(release),
        body=Markup(release.body) if release.body is not None else None,  # noqa: S704 (cleaned once, at ingest)
        line=Markup(release.attribution.line_html),  # noqa: S704 (escaped where it was made)
        notice=Markup(release.attribution.notice_html),  # noqa: S704 (escaped where it was made)
        original=_web(credit.original_link),
        license=_web(credit.own_license),
        chain=terms.chain(release),
        elsewhere=terms.elsewhere(release),
        persons=credit.persons,
        published=release.published or release.first_released,
        structured=_script(news_article(release)),
        path=path,
        lists=lists,
    )


def channel(
    frame: Frame,
    title: str,
    *,
    path: tuple[Link, ...],
    children: tuple[Link, ...],
    cards: tuple[Card, ...],
    older: str | None,
    newest: str | None,
) -> Rendition:
    """One channel's page, newest first. ``older`` and ``newest`` are addresses, or None."""
    facts = {"path": path, "children": children, "cards": cards, "older": older, "newest": newest}
    return _page("channel.html", frame, channel=title, **facts)


def portal(frame: Frame, columns: tuple[Column, ...]) -> Rendition:
    """The first page: each channel with its newest articles."""
    return _page("portal.html", frame, columns=columns)


def index(frame: Frame, portals: tuple[Link, ...], feeds: tuple[Link, ...]) -> Rendition:
    """Where there is no portal to go to: what there is."""
    return _page("index.html", frame, portals=portals, subscriptions=feeds)


def gone(frame: Frame, withdrawal: Withdrawal) -> Rendition:
    """What stands where a withdrawn article was; to be sent with 410."""
    say = words(withdrawal.language)
    line = terms.stub_line(withdrawal).removeprefix(say["withdrawn"]).strip()  # the heading says so already
    line = line[:1].upper() + line[1:]
    return _page(
        "message.html", frame, heading=say["gone_title"], text=line, more=say["gone"], lang=spoken(withdrawal.language)
    )


def message(frame: Frame, heading: str, text: str) -> Rendition:
    return _page("message.html", frame, heading=heading, text=text, more=None, lang=frame.language)


def _page(template: str, frame: Frame, **facts: object) -> Rendition:
    zone = ZoneInfo(frame.zone)
    text = (
        _environment()
        .get_template(template)
        .render(
            frame=frame,
            ui=words(frame.language),
            direction=direction,
            stylesheet=f"{frame.prefix}/static/portal.css?v={_digest('portal.css')}",
            icon=f"{frame.prefix}/static/icon.svg?v={_digest('icon.svg')}",
            local=lambda moment: moment.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            day=lambda moment: moment.astimezone(zone).strftime("%Y-%m-%d"),
            rfc3339=terms.rfc3339,
            **facts,
        )
    )
    return Rendition("text/html; charset=utf-8", text.encode("utf-8", "replace"))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:12]


def _script(facts: Mapping[str, object]) -> Markup:
    """JSON for a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(facts, ensure_ascii=False, indent=1)
    for mark, escaped in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(mark, escaped)
    return Markup(text)  # noqa: S704 (escaped above)
