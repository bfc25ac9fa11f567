"""The way to the page: 当前位置：首页 > 新闻 > 国内, a list the markup calls a breadcrumb, JSON-LD."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from worker.parsers.page.head import Head, texts
from worker.parsers.page.scan import Line, key, marks, squeeze

HOME = re.compile(r"^(?:.{0,14}首页|首頁|主页|home|网站首页|.{0,12}网站?|front page)$", re.IGNORECASE)
_CRUMBS = re.compile(
    r"crumb|position|cur_?pos|location|weizhi|dqwz|mbx|(?<![a-z])path|now_?pos|(?<![a-z])wz(?![a-z])|_wz|where"
    r"|\blujing|site-?nav|\bsnav|\bnavigat|daohang|\bdh\b"
)
_HERE = re.compile(
    r"(?:当前|现在|目前|所在|當前)?(?:的|所在)?(?:位置|栏目)(?:是|为)?\s{0,3}[:：]"
    r"|你在这里|所在位置|您的位置|当前位置|現在位置|you are here",
    re.IGNORECASE,
)
_ARROWS = re.compile(r"\s*(?:>|›|»|→|＞|-{1,2}>)[\s>›»→＞]*")
_NO_STEP = re.compile(r"^(?:正文|内容|详情|详细内容|文章|文章正文|新闻详情|查看|>+|[\W_]*)$")
_TOOLS = re.compile(r"(?:^|\s)(?:字号|字號|字体|字體|打印|分享到?)\s?[:：\s|]")  # buttons on the same line
_MOST = 12
_BEFORE = 40  # lines before the title in which a breadcrumb stands
_HOME_STROKE = re.compile(r"首页\s*/\s")
_HOME_ARROW = re.compile(r".{0,8}(?:首页|首頁|网|频道|home)\s*(?:>|›|»|＞)", re.IGNORECASE)


def read_breadcrumb(
    lines: list[Line], head: Head, title: Line | None, words: str
) -> tuple[tuple[str, ...], str] | None:
    """From the outside in, without ``words`` (the title) and 正文."""
    before = lines[max(0, title.index - _BEFORE) : title.index] if title is not None else lines[:80]
    if steps := _labelled(before, words) or _under_mark(before, words) or _from_home(before, words):
        return steps, "masthead"
    told = next((steps for crumbs in head.crumbs if (steps := _listed(crumbs, words))), None)
    return (told, "json-ld") if told else None


def _labelled(before: list[Line], words: str) -> tuple[str, ...]:
    for line in before:
        match = _HERE.search(line.text[:80])
        steps = (_steps(line.text[match.end() :], words) or _in_boxes(before, line, words)) if match else ()
        if steps:
            return steps
    return ()


def _under_mark(before: list[Line], words: str) -> tuple[str, ...]:
    return next((steps for element in _marked(before) if (steps := _marked_steps(element, words))), ())


def _from_home(before: list[Line], words: str) -> tuple[str, ...]:
    """A line that begins with the front page and goes on with arrows or strokes."""
    for line in before:
        steps: tuple[str, ...] = ()
        if _HOME_STROKE.match(line.text):
            steps = _clean(line.text.split("/"), words)
        elif _HOME_ARROW.match(line.text):
            steps = _steps(line.text, words)
        if steps:
            return steps
    return ()


def _marked(before: list[Line]) -> list[HtmlElement]:
    """Elements close around these lines that the markup calls a breadcrumb, those nearest to the title first."""
    found: list[HtmlElement] = []
    seen: set[HtmlElement] = set()
    for line in reversed(before):
        element: HtmlElement | None = line.block
        for _ in range(4):
            if element is None or element in seen or element.tag in {"body", "html"}:
                break
            seen.add(element)
            if _CRUMBS.search(marks(element)):
                found.append(element)
            element = element.getparent()
    return found


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
        step = _TOOLS.split(squeeze(part), maxsplit=1)[0].strip(" >›»→＞/|｜·-:：")
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
    return _clean(anchors, words) if len(anchors) > 1 and HOME.match(anchors[0]) else ()


def _listed(crumbs: dict[str, object], words: str) -> tuple[str, ...]:
    items = crumbs.get("itemListElement")
    names = []
    for item in items[:_MOST] if isinstance(items, list) else []:
        if isinstance(item, dict):
            names += (texts(item) or texts(item.get("item")))[:1]
    return _clean(names, words)
