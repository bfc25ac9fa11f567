"""Addresses and places the page gives for itself: canonical, original, breadcrumb, category."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from worker.identity.urls import host_of, registrable_domain
from worker.parsers.clean import safe_url
from worker.parsers.page.head import Head, addresses, texts
from worker.parsers.page.scan import Line, key, marks, squeeze

_ORIGINAL = re.compile(
    r"(?:阅读|閱讀|查看|点击(?:阅读|查看)?|浏览|访问)?\s?(?:原文|原始|来源)(?:链接|連結|鏈接|地址|网址|網址|出处|页面|链结|链接地址|URL)\s{0,3}[:：]?|阅读原文|閱讀原文|查看原文|原文[:：]|(?:^|\s)链接[:：]"
    r"|\b(?:original (?:article|link|story|source)|read the original(?: article)?|view original|source url)\b\s?:?",
    re.IGNORECASE,
)
_REQUEST = re.compile(r"(?:注明|附上|保留|标明|标注|附带|复制|本文|此文|分享)\S{0,12}$")
_ADDRESS = re.compile(r"https?://[^\s\"'<>（）()，。；、\u3400-\u9fff]{4,500}")
_CRUMBS = re.compile(
    r"crumb|position|cur_?pos|location|weizhi|dqwz|mbx|(?<![a-z])path|now_?pos|(?<![a-z])wz(?![a-z])|_wz|where|\blujing|site-?nav|\bsnav|\bnavigat|daohang|\bdh\b"
)
_HERE = re.compile(
    r"(?:您?(?:当前|现在|目前|所在|的)*(?:所在)?的?|當前|目前)(?:位置|栏目)(?:是|为)?\s{0,3}[:：]|你在这里|所在位置|您的位置|当前位置|現在位置|you are here",
    re.IGNORECASE,
)
_ARROWS = re.compile(r"\s*(?:>|›|»|→|＞|-{1,2}>)[\s>›»→＞]*")
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
_BEFORE = 40  # lines before the title in which a breadcrumb stands


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
    named = re.search(r"\d{5}|\d{4}[-/]\d\d|[?&]\w*id=\w{4}|/s/[\w-]{10}|[a-z0-9]+(?:-[a-z0-9]+){3}", path)
    return bool(named) and not re.search(r"user|profile|author|account|/media|/u/|home|search|tag/|type=comment", path)


def _labelled(lines: list[Line], base: str | None) -> str | None:
    """A link that bears the label or stands behind it, else an address written out behind it."""
    for place, line in enumerate(lines):
        if len(line.text) > 1500 or not (match := _ORIGINAL.search(line.text)):
            continue
        if (match.start() > 20 and len(line.text) > 700) or _REQUEST.search(line.text[: match.start()]):
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
    lines: list[Line], head: Head, title: Line | None, words: str
) -> tuple[tuple[str, ...], str] | None:
    """From the outside in, without ``words`` (the title) and 正文."""
    before = lines[max(0, title.index - _BEFORE) : title.index] if title is not None else lines[:80]
    for line in before:
        if match := _HERE.search(line.text[:80]):
            steps = _steps(line.text[match.end() :], words) or _in_boxes(before, line, words)
            if steps:
                return steps, "masthead"
    for element in _marked(before):
        if steps := _marked_steps(element, words):
            return steps, "masthead"
    for line in before:
        if re.match(r"首页\s*/\s", line.text):
            if steps := _clean(line.text.split("/"), words):
                return steps, "masthead"
        if re.match(r".{0,8}(?:首页|首頁|网|频道|home)\s*(?:>|›|»|＞)", line.text, re.IGNORECASE):
            if steps := _steps(line.text, words):
                return steps, "masthead"
    for crumbs in head.crumbs:
        if steps := _listed(crumbs, words):
            return steps, "json-ld"
    return None


def _marked(before: list[Line]) -> list[HtmlElement]:
    """Elements close around these lines that the markup calls a breadcrumb, those nearest to the title first."""
    found: dict[HtmlElement, None] = {}
    for line in reversed(before):
        element: HtmlElement | None = line.block
        for _ in range(4):
            if element is None or element.tag in {"body", "html"}:
                break
            if _CRUMBS.search(marks(element)):
                found.setdefault(element)
            element = element.getparent()
    return list(found)


def _in_boxes(before: list[Line], here: Line, words: str) -> tuple[str, ...]:
    """Steps that stand in blocks of their own behind 当前位置."""
    parts: list[str] = []
    holder: HtmlElement | None = None
    for line in before:
        if 0 < line.index - here.index <= _MOST:
            if len(line.text) > 24 or (parts and not _ARROWS.match(line.text) and line.block.getparent() is not holder):
                break
            parts.append(line.running())
            holder = line.block.getparent()
    return _clean(parts, words)


def _steps(text: str, words: str) -> tuple[str, ...]:
    """The parts of a line between arrows, else its pieces."""
    parts = _ARROWS.split(text[:400])
    if len(parts) < 2:
        parts = re.split(r"\s*(?:/|\||｜|·|\s-\s|->|\s{2,})\s*", text[:400])
    return _clean(parts, words)


def _clean(parts: list[str], words: str) -> tuple[str, ...]:
    steps = []
    for part in parts[:_MOST]:
        step = squeeze(part).strip(" >›»→＞/|｜·-:：")
        if re.match(r"(?:正文|详情|内容|文章正文|文章详情|新闻详情|新闻正文|详细内容)(?:\s|$)", step):
            break
        if not step or _NO_STEP.match(step):
            continue
        if key(step) and (key(step) == key(words) or (len(key(step)) > 8 and key(words).startswith(key(step)[:12]))):
            break
        if len(step) > 30:
            break
        steps.append(step)
    return tuple(steps)


def _marked_steps(element: HtmlElement, words: str) -> tuple[str, ...]:
    parts = [part for part in islice(element.itertext(), 60) if isinstance(part, str)]
    text = squeeze(" ".join(parts))
    anchors = [squeeze("".join(link.itertext())[:60]) for link in islice(element.iter("a"), _MOST + 1)]
    if not text or len(text) > 300 or not 1 <= len(anchors) <= _MOST:
        return ()
    if match := _HERE.search(text[:40]):
        text = text[match.end() :]
    if _ARROWS.search(text):
        return _clean(_ARROWS.split(text), words)
    return _clean(anchors, words) if len(anchors) > 1 and _HOME.match(anchors[0]) else ()


def _listed(crumbs: dict[str, object], words: str) -> tuple[str, ...]:
    items = crumbs.get("itemListElement")
    names = []
    for item in items[:_MOST] if isinstance(items, list) else []:
        if isinstance(item, dict):
            names += (texts(item) or texts(item.get("item")))[:1]
    return _clean(names, words)


def read_category(head: Head, breadcrumb: tuple[str, ...]) -> tuple[str, str] | None:
    for value in head.all(*_SECTION_METAS):
        if 1 < len(value) <= 30 and not re.fullmatch(r"[\da-f]{8,}|\d+|tags?|all|undefined|null", value, re.IGNORECASE):
            return value, "meta"
    for name in texts(head.thing("articleSection"))[:1]:
        if 1 < len(name) <= 40:
            return name, "json-ld"
    if breadcrumb and not _HOME.match(breadcrumb[-1]):
        return breadcrumb[-1], "breadcrumb"
    return None
