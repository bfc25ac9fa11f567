"""Addresses and places the page gives for itself: canonical, original, breadcrumb, category."""

from __future__ import annotations

import re

from worker.identity.urls import same_site
from worker.parsers.clean import safe_url
from worker.parsers.page.crumbs import HOME
from worker.parsers.page.head import Head, addresses, texts
from worker.parsers.page.scan import Line
from worker.parsers.translations import translations

_ORIGINAL = re.compile(
    r"(?:阅读|閱讀|查看|点击(?:阅读|查看)?|浏览|访问)?\s?(?:原文|原始|来源)(?:链接|連結|鏈接|地址|网址|網址|出处|页面|链结|链接地址|URL)\s{0,3}[:：]?|阅读原文|閱讀原文|查看原文|原文[:：]|(?:^|\s)链接[:：]"
    r"|\b(?:original (?:article|link|story|source)|read the original(?: article)?|view original|source url)\b\s?:?",
    re.IGNORECASE,
)
_SPEAKS_OF_IT = re.compile("原文|原始|来源|链接|連結|riginal|ource")
_REQUEST = re.compile(r"(?:注明|附上|保留|标明|标注|附带|复制|本文|此文|分享)\S{0,12}$")
_ADDRESS = re.compile(r"https?://[^\s\"'<>（）()，。；、\u3400-\u9fff]{4,500}")
_ORIGINAL_METAS = (
    "original-source",
    "syndication-source",
    "og:original_url",
    "sourceurl",
    "original_url",
    "originalurl",
    "dcterms.source",
)
_SECTION_METAS = (
    "article:section",
    "og:category",
    "columnname",
    "og:article:section",
    "section",
    "parsely-section",
    "category",
    "catalogs",
)


def read_canonical(head: Head, base: str | None) -> str | None:
    return safe_url(head.canonical, base) or safe_url(head.meta("og:url"), None)


def read_translations(head: Head, base: str | None) -> tuple[tuple[str, str], ...]:
    return translations(((tag, safe_url(url, base)) for tag, url in head.alternates), base)


def read_original(
    lines: list[Line], head: Head, base: str | None, canonical: str | None, source_url: str | None
) -> tuple[str, str] | None:
    """The address of the text this one was taken from, and the rule that found it."""
    if found := _labelled(lines, base):
        return found, "masthead"
    for url in addresses(head.thing("isBasedOn", "isBasedOnUrl")):
        if made := safe_url(url, base):
            return made, "json-ld"
    for value in head.all(*_ORIGINAL_METAS):
        if (made := safe_url(value, None)) and made != base:
            return made, "meta"
    if source_url and _is_article(source_url) and (base is None or not same_site(source_url, base)):
        return source_url, "source-link"
    if canonical and base and not same_site(canonical, base) and _is_article(canonical):
        return canonical, "canonical"
    return None


def _is_article(url: str) -> bool:
    """Does the address lead to one text, and not to a front page or an account?"""
    path = re.sub(r"^https?://[^/?#]*", "", url)
    named = re.search(r"\d{5}|\d{4}[-/]\d\d|[?&]\w*id=\w{4}|/s/[\w-]{10}|[a-z0-9]+(?:-[a-z0-9]+){3}", path)
    return bool(named) and not re.search(r"user|profile|author|account|/media|/u/|home|search|tag/|type=comment", path)


def _labelled(lines: list[Line], base: str | None) -> str | None:
    """A link that bears the label or stands behind it, else an address written out behind it."""
    for place, line in enumerate(lines):
        match = _ORIGINAL.search(line.text) if len(line.text) <= 1500 and _SPEAKS_OF_IT.search(line.text) else None
        if (
            match is None
            or (match.start() > 20 and len(line.text) > 700)
            or _REQUEST.search(line.text[: match.start()])
        ):
            continue
        if url := _linked_from(line, match.start(), base):
            return url
        if written := _ADDRESS.search(line.text, match.start()):
            return safe_url(written[0].rstrip(".,;:"), None)
        ends = match.end() >= len(line.text.rstrip()) and place + 1 < len(lines)
        if url := _alone(lines[place + 1], base) if ends else None:
            return url
    return None


def _linked_from(line: Line, start: int, base: str | None) -> str | None:
    """The address of the first anchor that ends behind ``start``."""
    position = 0
    for piece in line.pieces:
        begin, position = position, position + len(piece.text) + 2
        if piece.link is not None and begin + len(piece.text) > start:
            url = safe_url((piece.link.get("href") or "")[:2000], base)
            if url:
                return url
    return None


def _alone(line: Line, base: str | None) -> str | None:
    """The address a line consists of."""
    if len(line.pieces) != 1 or len(line.text) > 500:
        return None
    link = line.pieces[0].link
    if written := _ADDRESS.fullmatch(line.text.strip()):
        return safe_url((link.get("href") if link is not None else None) or written[0], base)
    return None


def read_category(head: Head, breadcrumb: tuple[str, ...]) -> tuple[str, str] | None:
    for value in head.all(*_SECTION_METAS):
        if 1 < len(value) <= 30 and not re.fullmatch(r"[\da-f]{8,}|\d+|tags?|all|undefined|null", value, re.IGNORECASE):
            return value, "meta"
    for name in texts(head.thing("articleSection"))[:1]:
        if 1 < len(name) <= 40:
            return name, "json-ld"
    if breadcrumb and not HOME.match(breadcrumb[-1]):
        return breadcrumb[-1], "breadcrumb"
    return None
