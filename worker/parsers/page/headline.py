"""The title: the words on the page that the head of the page also says, else the head's without the site's name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from worker.parsers.page.head import Head, texts
from worker.parsers.page.scan import Line, hidden, key, marks, squeeze

_LONGEST = 200
_SEPARATOR = re.compile(
    r"\s*(?:[_|｜丨¦]+|\s[-–—·»]+\s|--+|\s::\s|(?<=[^\x00-\x7f])\s*[-–—]\s*|\s*[-–—]\s*(?=[^\x00-\x7f]))\s*"
)
_SITE_WORD = re.compile(
    r"(?:网|網|网站|门户|門戶|频道|頻道|日报|日報|晚报|时报|早报|晨报|商报|都市报|新闻|新聞|资讯|中心|在线|平台|官网|首页|客户端|号|"
    r"政府|委员会|大学|学院|论坛|博客|热点|动态|要闻|时政|\.com|\.cn|\.net|\.org|news|online|times|post)$",
    re.IGNORECASE,
)
_TITLE_MARK = re.compile(r"title|headline|\btit\b|biaoti|\bbt\d?\b|\bh1\b")
_NOT_TITLE_MARK = re.compile(
    r"sub-?_?title|site-?title|relat|recommend|logo|widget|side|list|hot|comment|foot|nav|menu"
)
_GENERIC = re.compile(r"^.{0,4}(?:详情|详细|正文|内容|文章页?|新闻页|信息)页?$")
_STAMP = re.compile(r"(?:发布|发表|更新)?(?:时间|日期)\s?[:：]\s?\d|[来來]源\s?[:：]|^(?:19|20)\d\d[-年/.]\d")
_HEADINGS = ("h1", "h2", "h3", "h4")
_HEADINGS_SET = frozenset(_HEADINGS)


@dataclass(frozen=True, slots=True)
class Headline:
    text: str
    rule: str
    line: Line | None = None


def read_headline(lines: list[Line], head: Head) -> Headline | None:
    told = [*head.all("articletitle", "og:title", "twitter:title"), *texts(head.thing("headline"))]
    stripped = without_site(told[0] if told else head.title, head)
    sites = {key(name) for name in site_names(head)} - {key(stripped)}
    shown = _shown(lines, [whole for whole in (head.title, *told) if whole], sites)
    if shown is not None and _believed(shown, stripped):
        spaced = shown.rank < 2 or shown.text in _broken(lines, shown.line)  # its spaces are layout's
        exact = stripped if spaced and key(shown.text) == key(stripped) else shown.text
        return Headline(exact, "masthead", shown.line)
    heading = _heading(lines, head, shown.line if shown else None)
    generic = not stripped or shown is not None or _is_site(stripped, head) or bool(_GENERIC.search(stripped))
    generic = generic or (heading is not None and "h1" in _tags_around(heading.block) and _above_stamp(heading, lines))
    if heading is not None and (generic or _close(heading.running(), stripped)):
        return Headline(heading.running(), "masthead", heading)
    if told and stripped:
        return Headline(stripped, "meta", shown.line if shown else None)
    return Headline(stripped, "fallback") if stripped and not _is_site(stripped, head) else None


def _believed(shown: _Shown, stripped: str) -> bool:
    """A heading that says words of the head's title is the title; any other line must say most of it."""
    own, whole = len(key(shown.text)), len(key(stripped))
    if shown.rank >= 4 and own >= 4:
        return True
    return 2 * own >= whole and (own >= 7 or shown.rank >= 1.5)


@dataclass(frozen=True, slots=True)
class _Shown:
    text: str
    line: Line
    rank: float


def _shown(lines: list[Line], wholes: list[str], sites: set[str]) -> _Shown | None:
    """The visible line that says most of what the head says; among equals a heading, then the first."""
    keys = [key(whole) for whole in wholes]
    letters = set().union(*keys)
    best: tuple[float, _Shown] | None = None
    for line in lines:
        if _starts_elsewhere(line, keys, letters):
            continue
        heads = not _HEADINGS_SET.isdisjoint(_tags_around(line.block))
        for text in [*_readings(line), *(_broken(lines, line) if heads else ())]:
            own = key(text)
            if len(own) < 2 or len(text) > _LONGEST or (own in sites and not heads) or _carries_site(own, sites):
                continue
            match = _match(own, keys, heads=heads)
            if match <= 0 or (best is not None and match < best[0]):
                continue
            rank = _rank(line)
            if (best is None or (match, rank) > (best[0], best[1].rank)) and not hidden(line.block):
                best = match, _Shown(text, line, rank)
    return best[1] if best else None


def _carries_site(own: str, sites: set[str]) -> bool:
    """Is it the head's title again, with the site's name behind it?"""
    return any(len(site) >= 3 and len(own) > len(site) + 6 and own.endswith(site) for site in sites)


def _starts_elsewhere(line: Line, keys: list[str], letters: set[str]) -> bool:
    """A quick no: none of the line's first pieces begins with words of the head's titles."""
    for piece in line.pieces[:3]:
        first = piece.text[0]
        if not first.isalnum():
            first = next((char for char in piece.text[:4] if char.isalnum()), "")
        if first.lower() not in letters and first < "\uff00":
            continue
        start = key(piece.text[:8])[:3]
        if start and any(start in whole for whole in keys):
            return False
    return True


def _readings(line: Line) -> list[str]:
    """The line as a whole, and its first longer pieces: a badge or the source may stand beside the title."""
    if len(line.text) > _LONGEST + 100:
        return []
    readings = [line.running()]
    if 2 <= len(line.pieces) <= 6:
        readings += [squeeze(piece.text) for piece in line.pieces[:3] if len(piece.text) >= 8]
    return readings


def _broken(lines: list[Line], line: Line) -> list[str]:
    """A heading that a break parts into lines, as one."""
    parts = [line.running()]
    for below in lines[line.index + 1 : line.index + 4]:
        if below.block is not line.block:
            break
        parts.append(below.running())
    return [" ".join(parts)] if len(parts) > 1 else []


def _match(own: str, keys: list[str], *, heads: bool) -> float:
    """How many letters of the head's titles the line says; a heading may go on where the head's title is cut."""
    best = 0.0
    for whole in keys:
        if own in whole:
            best = max(best, len(own))
        elif heads and len(whole) >= 8 and own.startswith(whole):
            best = max(best, len(whole) + 0.5)
    return best


def _rank(line: Line) -> float:
    tags = _tags_around(line.block)
    for place, tag in enumerate(_HEADINGS):
        if tag in tags:
            return 5 - place + (0.5 if _TITLE_MARK.search(marks(line.block)) else 0)
    if any(piece.link is not None for piece in line.pieces):
        return 0
    return 1.5 if _TITLE_MARK.search(marks(line.block)) else 1


def _tags_around(block: HtmlElement) -> set[str]:
    tags = {block.tag}
    above = block.getparent()
    if above is not None:
        tags.add(above.tag)
    return tags


def _heading(lines: list[Line], head: Head, not_this: Line | None) -> Line | None:
    """The first heading that is no site name, else the first line marked as a title."""
    marked = above_stamp = None
    for line in lines:
        if not 4 <= len(line.text) <= _LONGEST or line is not_this:
            continue
        name = marks(line.block)
        if (
            "h1" in _tags_around(line.block)
            and not _is_site(line.running(), head)
            and not _home(line)
            and not hidden(line.block)
        ):
            return line
        if marked is None and _TITLE_MARK.search(name) and not _NOT_TITLE_MARK.search(name) and not _home(line):
            linked = any(piece.link is not None for piece in line.pieces)
            if not linked and len(key(line.text)) >= 5 and not hidden(line.block):
                marked = line
        if above_stamp is None and line.index and _STAMP.search(line.text[:80]):
            above = lines[line.index - 1]
            if 8 <= len(above.text) <= _LONGEST and all(piece.link is None for piece in above.pieces):
                above_stamp = above
    return above_stamp if above_stamp is not None and (marked is None or marked is not above_stamp) else marked


def _above_stamp(heading: Line, lines: list[Line]) -> bool:
    """Does a time or a source stand close below it?"""
    return any(_STAMP.search(line.text[:80]) for line in lines[heading.index + 1 : heading.index + 7])


def _home(line: Line) -> bool:
    """Is the line a link to the front page?"""
    return any(
        piece.link is not None
        and re.fullmatch(r"(?:https?:)?(?://[^/]+)?/?(?:index\.\w+)?", (piece.link.get("href") or "x")[:200])
        for piece in line.pieces
    )


def _close(text: str, other: str) -> bool:
    """Do both begin alike?"""
    first, second = key(text), key(other)
    return len(first) >= 4 and len(second) >= 4 and (first[:6] == second[:6] or first in second or second in first)


def without_site(title: str, head: Head) -> str:
    """``title`` without the site's and section's names behind it."""
    text = squeeze(title)[:_LONGEST]
    site = key(head.meta("og:site_name", "application-name", "sitename") or "")
    while True:
        cut = _last_separator(text)
        if cut is None:
            return text
        start, tail = cut
        rest = text[:start].strip()
        own = key(tail)
        named = bool(site) and (own in site or site in own)
        barred = text[start:].lstrip()[:1] in "_|｜¦"
        spaced = text[start : start + 1] == " "
        short = (len(own) <= 16 and barred) or (len(own) <= 12 and spaced)
        if len(key(rest)) < 4 or not (named or short or (_SITE_WORD.search(tail) and len(own) <= 20)):
            return text
        text = rest


def _last_separator(text: str) -> tuple[int, str] | None:
    last = None
    for match in _SEPARATOR.finditer(text):
        if match.start() > 0 and match.end() < len(text):
            last = match.start(), text[match.end() :]
    return last


def _is_site(text: str, head: Head) -> bool:
    """Is ``text`` a site's name and no title?"""
    own = key(text)
    site = key(head.meta("og:site_name", "application-name", "sitename") or "")
    return len(own) < 4 or (bool(site) and own in site) or (len(own) <= 14 and bool(_SITE_WORD.search(text)))


def site_names(head: Head) -> list[str]:
    """What the page calls its site: names in the head, and the ends of its title."""
    names = list(head.all("og:site_name", "application-name", "sitename", "apple-mobile-web-app-title"))
    for thing in ("publisher", "sourceOrganization"):
        names += texts(head.thing(thing))
    names += [part for part in _SEPARATOR.split(head.title)[1:] if 2 <= len(part) <= 20]
    return [squeeze(name) for name in names]
