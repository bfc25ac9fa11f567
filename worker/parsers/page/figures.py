"""The pictures of a body with their captions and credits, and the files that belong to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from worker.model.page import Attachment, PageImage
from worker.parsers.clean import collapse, safe_url
from worker.parsers.page.lines import Line, links_of, picture_address
from worker.parsers.page.names import Kind

_CAPTION = re.compile(
    r"摄(?:影)?\s*[）)】\]]?\s*[。.]?$|^[（(【\[▲△↑▼■●\s]*(?:图为|图[:：]|图片[:：]|图源|图片来源|图/|图丨|图\||资料图|配图|题图|上图|下图|供图"
    r"|（图|图说|[上下左右]图为?[:：])"
    r"|(?:供图|制图|绘图|资料图(?:片)?|图片来源[:：].{1,20}|图源[:：].{1,20}|(?:视觉中国|新华社|中新社|人民视觉"
    r"|IC photo).{0,6}[图发])\s*[）)】\]]?\s*[。.]?$"
    r"|^\W?(?:photo|image|picture|credit|file photo)\b.{0,3}[:：]|\((?:photo|image|file|ap photo|reuters"
    r"|getty)[^)]{0,80}\)\s*$|\bphoto by\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"[（(【\[]?\s*(?:(?:图片来源|图源|图片|摄影(?:师|者)?|图/|图丨|图\||供图|图)\s*[:：/丨|]?\s*(?P<after>[^\s，。；）)】\]"
    r"|]{1,20}(?:\s[^\s，。；）)】\]|]{2,4})?)"
    r"|(?P<before>(?:[^\s，。；（(【\[]{2,12}(?:记者|通讯员)\s*)?[^\s，。；（(【\[]{2,16})\s*(?:摄影?|供图|制图|绘图"
    r"|图))\s*[）)】\]]?\s*[。.]?\s*$"
)
_CREDIT_EN = re.compile(
    r"\b(?:photo(?:graph)?(?: by| credit)?|image(?: credit)?|credit|picture|courtesy(?: of)?"
    r"|file photo)\s*(?:by|of|[:：])\s*(?:©\s*)?(?P<name>[^()\n]{2,80}?)\s*\)?\s*\.?$"
    r"|\((?P<agency>(?:AP|Reuters|AFP|Getty)[^()]{0,60})\)\s*$|(?P<slash>[A-Z][\w.' -]{2,40}/(?:AP|AFP"
    r"|Reuters|Getty Images|Bloomberg)\b.{0,20})$",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|csv|odt|ods|wps|et|ofd|txt|epub)$", re.IGNORECASE)
_LONGEST_CAPTION = 200
_MOST = 200


@dataclass(slots=True)
class Figures:
    """``images`` by the position of their line; ``captions`` are the positions that are captions and not text."""

    images: dict[int, PageImage] = field(default_factory=dict)
    captions: set[int] = field(default_factory=set)


def figures(lines: Sequence[Line], base: str | None) -> Figures:
    found = Figures()
    found.captions = {index for index, line in enumerate(lines) if line.kind is Kind.CAPTION and line.text}
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.image is None or len(found.images) >= _MOST:
            continue
        address = safe_url(picture_address(line.image), base)
        if address is None or address in seen:
            continue
        seen.add(address)
        caption, credit = _said_below(lines, index, found.captions)
        found.images[index] = PageImage(address, caption, credit)
    return found


def _said_below(lines: Sequence[Line], index: int, captions: set[int]) -> tuple[str | None, str | None]:
    said: list[str] = []
    for below in range(index + 1, min(index + 5, len(lines))):
        line = lines[below]
        if line.image is not None:
            continue_on = line.block is lines[index].block
            if continue_on and not said:
                continue
            break
        alone = line.block is lines[index].block and _alone(lines, below) and len(line.text) < 60
        if below in captions or (not said and (alone or is_caption(line))):
            captions.add(below)
            if line.text not in said:
                said.append(line.text)
        else:
            break
    caption = collapse(" ".join(said)) or None
    return caption, credit_of(caption) if caption else None


def _alone(lines: Sequence[Line], index: int) -> bool:
    """Is this the only line of text in its block?"""
    block = lines[index].block
    if block.tag in {"td", "body", "article", "section"} or lines[index].text.endswith(("。", "：", ":")):
        return False
    beside = [each for each in lines[max(0, index - 3) : index + 3] if each.block is block and each.text]
    return len(beside) == 1


def is_caption(line: Line) -> bool:
    """Does a line under a picture read like what is said of it?"""
    return len(line.text) <= _LONGEST_CAPTION and _CAPTION.search(line.text) is not None


def credit_of(caption: str) -> str | None:
    """Who took or gave a picture, by its caption: 新华社记者 王某 摄, 图/某某, Photo by …"""
    tail = caption[-160:]
    if found := _CREDIT.search(tail):
        name = found["after"] or found["before"]
        return collapse(name.strip("（(【[:：/ ")) or None
    if found := _CREDIT_EN.search(tail):
        name = found["name"] or found["agency"] or found["slash"]
        return collapse(name) or None
    return None


def is_file(line: Line) -> bool:
    """Does a line lead to nothing but files?"""
    return bool(line.hrefs) and all(_FILE.search(path_of(href)) for href in line.hrefs)


def path_of(href: str) -> str:
    return href.partition("#")[0].partition("?")[0].strip()


def attachments(lines: Sequence[Line], base: str | None) -> tuple[Attachment, ...]:
    """Links to files in the text, named by their words."""
    found: dict[str, Attachment] = {}
    for line in lines:
        for href, words in links_of(line):
            address = safe_url(href, base)
            if address is None or address in found or not _FILE.search(path_of(address)):
                continue
            name = unquote(path_of(address).rpartition("/")[2])
            found[address] = Attachment(address, words or name)
    return tuple(found.values())
