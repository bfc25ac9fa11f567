"""Addresses and places the page gives for itself: canonical, original, breadcrumb, category."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from worker.identity.urls import host_of, registrable_domain
from worker.parsers.clean import safe_url
from worker.parsers.page.head import Head, addresses, texts
from worker.parsers.page.scan import Line, key, squeeze

_ORIGINAL = re.compile(
    r"(?:阅读|閱讀|查看|点击(?:阅读|查看)?|浏览|访问)?\s?(?:原文|原始|来源)(?:链接|連結|鏈接|地址|网址|網址|出处|页面|链结|链接地址|URL)\s{0,3}[:：]?|阅读原文|閱讀原文|查看原文|原文[:：]|链接[:：]"
    r"|\b(?:original (?:article|link|story|source)|read the original(?: article)?|view original|source url)\b\s?:?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s\"'<>（）()，。；、\u3400-\u9fff]{4,500}")
_CRUMBS = etree.XPath(
    "(//*[(@class or @id) and ("
    + " or ".join(
        f"contains({case}, '{word}')"
        for case in (
            "translate(concat(' ',@class,' ',@id,' '), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')",
        )
        for word in (
            "crumb",
            "position",
            "curpos",
            "location",
            "weizhi",
            "dqwz",
            "mbx",
            "path",
            "where",
            "nowpos",
            " wz",
            "_wz",
            "cur_",
        )
    )
    + ")])[position() <= 40]"
)
_HERE = re.compile(
    r"(?:您?(?:当前|现在|目前|所在|的)*(?:所在)?的?|當前|目前)(?:位置|栏目)(?:是|为)?\s{0,3}[:：]|你在这里|所在位置|您的位置|当前位置|現在位置|you are here",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\s*(?:>+|›|»|→|＞+|/|-{1,2}>|»|·|\s-\s|\|)\s*")
_NO_STEP = re.compile(r"^(?:正文|内容|详情|详细内容|文章|文章正文|新闻详情|查看|>+|[\W_]*)$")
_HOME = re.compile(r"^(?:.{0,14}首页|首頁|主页|home|网站首页|.{0,12}网站?|front page)$", re.IGNORECASE)
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
_MOST = 12


def same_site(url: str, other: str) -> bool:
    one, two = host_of(url), host_of(other)
    return one is not None and two is not None and registrable_domain(one) == registrable_domain(two)


def read_canonical(head: Head, base: str | None) -> str | None:
    return safe_url(head.canonical, base) or safe_url(head.meta("og:url"), None)


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
    return bool(re.search(r"\d{4}|\.s?html?$|[?&]\w*id=", path)) and not re.search(
        r"user|profile|author|account|/u/|home", path
    )


def _labelled(lines: list[Line], base: str | None) -> str | None:
    """A link that bears the label or stands behind it, else an address written out behind it."""
    for place, line in enumerate(lines):
        if len(line.text) > 1500 or not (match := _ORIGINAL.search(line.text)):
            continue
        if match.start() > 20 and len(line.text) > 700:
            continue
        position = 0
        for piece in line.pieces:
            begin, position = position, position + len(piece.text) + 2
            if piece.link is not None and begin + len(piece.text) > match.start():
                if url := safe_url((piece.link.get("href") or "")[:2000], base):
                    return url
        if written := _ADDRESS.search(line.text, match.start()):
            return safe_url(written[0].rstrip(".,;:"), None)
        if match.end() >= len(line.text.rstrip()) and place + 1 < len(lines):
            if url := _alone(lines[place + 1], base):
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


def read_breadcrumb(
    root: HtmlElement, lines: list[Line], head: Head, title: Line | None, words: str
) -> tuple[tuple[str, ...], str] | None:
    """From the outside in, without ``words`` (the title) and 正文."""
    limit = title.index if title is not None else 80
    for line in lines[:limit]:
        if match := _HERE.search(line.text[:60]):
            steps = _steps(line.text[match.end() :], [piece.text for piece in line.pieces], words)
            if steps or (steps := _marked_steps(line.block, words)):
                return steps, "masthead"
            following = lines[line.index + 1 : line.index + 1 + _MOST]
            steps = _clean(
                [
                    part.running()
                    for part in following
                    if part.index < limit and part.block.getparent() is lines[line.index + 1].block.getparent()
                ],
                words,
            )
            if steps:
                return steps, "masthead"
    found = _CRUMBS(root)
    assert isinstance(found, list)
    for element in found:
        if steps := _marked_steps(element, words):
            return steps, "masthead"
    for line in lines[:limit]:
        if re.match(r"首页\s*(?:>|›|»|＞|/|-)", line.text):
            if steps := _steps(line.text, [piece.text for piece in line.pieces], words):
                return steps, "masthead"
    for crumbs in head.crumbs:
        if steps := _listed(crumbs, words):
            return steps, "json-ld"
    return None


def _steps(text: str, pieces: list[str], words: str) -> tuple[str, ...]:
    """The parts of a line between arrows, else its pieces."""
    parts = re.split(r"\s*(?:>+|›+|»+|→|＞+|-{1,2}>)\s*", text[:400])
    if len(parts) < 2:
        parts = re.split(r"\s*(?:/|\||｜|·|\s-\s|->|\s{2,})\s*", text[:400])
    return _clean(parts, words)


def _clean(parts: list[str], words: str) -> tuple[str, ...]:
    steps = []
    for part in parts[:_MOST]:
        step = squeeze(part).strip(" >›»→＞/|｜·-:：")
        if not step or _NO_STEP.match(step):
            continue
        if key(step) and (key(step) == key(words) or (len(key(step)) > 8 and key(words).startswith(key(step)[:12]))):
            break
        if len(step) > 30:
            break
        steps.append(step)
    return tuple(steps)


def _marked_steps(element: HtmlElement, words: str) -> tuple[str, ...]:
    text = (
        squeeze(
            " ".join(
                part
                for part in element.itertext(
                    "a",
                    "span",
                    "li",
                    "p",
                    "div",
                    "em",
                    "b",
                    "i",
                    "td",
                    "strong",
                    "ol",
                    "ul",
                    "nav",
                    "dd",
                    "dt",
                    "h2",
                    "h3",
                    "section",
                )
            )[:600]
        )
        if len(element) < 40
        else ""
    )
    if not text or len(text) > 300:
        return ()
    if match := _HERE.search(text[:40]):
        text = text[match.end() :]
    anchors = [squeeze("".join(link.itertext())[:60]) for link in element.iter("a")][: _MOST + 1]
    if not 1 <= len(anchors) <= _MOST:
        return ()
    if not (re.search(r"[>›»→＞]", text) or _HOME.match(anchors[0])):
        return ()
    parted = re.split(r"\s*[>›»→＞]+\s*", text)
    return _clean(parted if len(parted) > 1 else anchors, words) if (len(parted) > 1 or len(anchors) > 1) else ()


def _listed(crumbs: dict[str, object], words: str) -> tuple[str, ...]:
    items = crumbs.get("itemListElement")
    names = []
    for item in items[:_MOST] if isinstance(items, list) else []:
        if isinstance(item, dict):
            names += (texts(item) or texts(item.get("item")))[:1]
    return _clean(names, words)


def read_category(head: Head, breadcrumb: tuple[str, ...]) -> tuple[str, str] | None:
    for value in head.all(*_SECTION_METAS):
        if 1 < len(value) <= 30 and not value.isdigit():
            return value, "meta"
    for name in texts(head.thing("articleSection"))[:1]:
        if 1 < len(name) <= 40:
            return name, "json-ld"
    if breadcrumb and not _HOME.match(breadcrumb[-1]):
        return breadcrumb[-1], "breadcrumb"
    return None
