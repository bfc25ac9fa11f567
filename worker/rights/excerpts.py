"""Less than the whole text: without its images, its summary, its beginning. Pure text work on clean HTML."""

from __future__ import annotations

import html
import re

from worker.model.article import Version

EXCERPT_MAX = 300  # characters cut from a text that is more than its own summary

# The markup is the cleaner's own output (every attribute quoted, nothing nested wrongly), so patterns may read it.
ATTRIBUTES = r"(?:[^>\"]|\"[^\"]*\")*"
FIGURE = re.compile(rf"<figure\b{ATTRIBUTES}>(?:(?!</?figure\b).)*</figure\s*>", re.DOTALL | re.IGNORECASE)
IMAGE = re.compile(rf"<img\b{ATTRIBUTES}>")
_HOLDER = re.compile(rf"<(/?)(a|p|span|div|figure|center|strong|em|b|i)(?:\s{ATTRIBUTES})?>")
_NOTHING = re.compile(r"(?:\s|&nbsp;|<br\s*/?>)*")
# However deep empty elements nest, the innermost holds nothing at all.
_EMPTY = re.compile(rf"<(a|p|span|div|figure|center|strong|em|b|i)(?:\s{ATTRIBUTES})?>{_NOTHING.pattern}</\1>")
_DEEP = 3  # so many empty elements within each other are common
_INLINE = re.compile(
    r"</?(?:a|b|i|em|strong|span|sub|sup|mark|u|s|small|code|abbr|cite|q|bdi|bdo|wbr|time|ins|del)\b"
    rf"{ATTRIBUTES}>",
    re.IGNORECASE,
)
_TAG = re.compile(rf"</?[a-z]{ATTRIBUTES}>", re.IGNORECASE)
_SENTENCE = re.compile(r"[。！？!?…]+[”’」』）)\"']*|\.[”’)\"']*(?=\s)")


def without_images(body: str) -> str:
    """Clean HTML without images, the figures (captions too) that held them, and what is left empty."""
    if "<img" not in body:
        return body
    return without_empty(IMAGE.sub("", without_figures(body)))


def without_figures(body: str) -> str:
    """Clean HTML without the figures that hold an image, captions and all."""
    if "<figure" not in body:
        return body
    return FIGURE.sub(lambda match: "" if IMAGE.search(match[0]) else match[0], body)


def without_empty(text: str) -> str:
    """Clean HTML without elements that hold nothing (any more): few passes, however deep they nest."""
    for _ in range(_DEEP):
        text, found = _EMPTY.subn("", text)
        if not found:
            return text.strip()
    return _without_empty_nests(text)


def _without_empty_nests(text: str) -> str:
    """As ``without_empty``, in one pass through every element."""
    kept: list[str] = []
    around: list[tuple[str, int]] = []  # open elements, and where they begin in ``kept``
    filled = 0  # so many of them, from the outside, hold something
    at = 0
    for tag in _HOLDER.finditer(text):
        between, at = text[at : tag.start()], tag.end()
        if not _NOTHING.fullmatch(between):
            filled = len(around)
        kept.append(between)
        if not tag[1]:
            around.append((tag[2], len(kept)))
        elif around and around[-1][0] == tag[2]:
            _, begin = around.pop()
            if filled <= len(around):
                del kept[begin:]
                continue
            filled = len(around)
        kept.append(tag[0])
    return "".join((*kept, text[at:])).strip()


def excerpt_of(version: Version, *, exact: bool = False) -> str | None:
    """Plain text: the publisher's own summary, else the beginning of the body; at most 300 characters, ended at a
    sentence where there is one. ``exact``, or a source that gives no more than a summary: that summary, uncut."""
    if exact or version.summary_only:
        return plain(version.summary or version.body or "") or None
    return shorten(plain(version.summary or version.body or ""), EXCERPT_MAX) or None


def own_summary(version: Version) -> str | None:
    """Beside a full text only what the publisher itself wrote as a summary of it."""
    if version.summary_only or not version.summary or version.summary == version.body:
        return None
    return shorten(plain(version.summary), EXCERPT_MAX) or None


def plain(markup: str) -> str:
    """The text of clean HTML on one line."""
    text = markup
    if "<" in text:
        text = _TAG.sub(" ", _INLINE.sub("", text))
    return " ".join(html.unescape(text).split())


def shorten(text: str, limit: int) -> str:
    """``text`` within ``limit`` characters: whole sentences if one ends in the second half, else words and ``…``."""
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _SENTENCE.finditer(text, 0, limit + 1) if limit // 3 <= match.end() <= limit]
    if ends:
        return text[: ends[-1]]
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,，、;；:：") + "…"
