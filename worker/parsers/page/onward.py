"""Where a page leads: further pages of the same article, and related articles, which are recorded and not followed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from worker.model.page import Related
from worker.parsers.clean import safe_url
from worker.parsers.page.furniture import heads_related
from worker.parsers.page.lines import Line, Span, Walk, links_of
from worker.parsers.page.names import Kind

_NEXT = re.compile(
    r"^[\W_]*(?:下一?页|下一?頁|后一页|余下全文|剩余全文|阅读余下|next(?: page)?"
    r"|第\s*\d{1,2}\s*页|\d{1,2}|page \d{1,2})[\W_]*$",
    re.IGNORECASE,
)
_SAID_NEXT = re.compile(r"下一?页|下一?頁|余下全文|剩余全文|next page", re.IGNORECASE)
_RECORDED = re.compile(
    r"相关|相關|延伸|推荐阅读|推薦閱讀|更多报道|related|read (?:more|next|also)|see also|more (?:on|from)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"^(?P<stem>.*?)(?:[_\-./](?:p|page)?(?P<number>\d{1,2}))?(?P<end>\.s?html?|\.php|\.aspx?|\.jhtml)?/?$"
)
_PAGE_FIELDS = frozenset(
    {"page", "p", "pn", "pg", "pageno", "pagenum", "page_no", "pageindex", "cur_page", "currentpage", "paged"}
)
_MOST_PAGES = 50
_MOST_RELATED = 30
_HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NO_TITLE = re.compile(r"\d+\s*评论|[⋅·]$|备\d|备案|ICP|^[\d\W]+$")
_FIRST_RELATED = 12  # lines below a heading among which its links begin


def next_pages(walk: Walk, root: HtmlElement, base: str | None) -> tuple[str, ...]:
    """The pages that continue this article, in order, this one and earlier ones left out."""
    if base is None:
        return ()
    found: dict[str, int] = {}
    here = _number(base)
    for href, words in _candidates(walk, root):
        address = safe_url(href, base)
        if address is None:
            continue
        address = address.partition("#")[0]
        number = _continues(base, address, said=bool(_SAID_NEXT.search(words)))
        if number is not None and number > here and (words.strip(" []【】()") != "1"):
            found.setdefault(address, number)
    return tuple(sorted(found, key=lambda address: found[address]))[:_MOST_PAGES]


def _candidates(walk: Walk, root: HtmlElement) -> Iterator[tuple[str, str]]:
    for link in root.iterfind(".//link[@rel]"):
        if (link.get("rel") or "").lower() == "next" and (href := link.get("href")):
            yield href, "next page"
    for line in walk.lines:
        if line.hrefs and len(line.text) < 400:
            yield from ((href, words) for href, words in links_of(line) if _NEXT.match(words))


def _number(url: str) -> int:
    """Which page of its article an address is: 0 or 1 for the first."""
    parts = urlsplit(url)
    for name, value in parse_qsl(parts.query):
        if name.lower() in _PAGE_FIELDS and value.isascii() and value.isdigit():
            return int(value[:4])
    match = _NUMBERED.match(parts.path)
    return int(match["number"]) if match and match["number"] else 0


def _continues(base: str, url: str, *, said: bool) -> int | None:
    """The number of the page ``url`` is of the article at ``base``; None where it is another article's."""
    if url == base:
        return None
    ours, theirs = urlsplit(base), urlsplit(url)
    if ours.netloc.lower() != theirs.netloc.lower():
        return None
    if ours.path == theirs.path:
        return _number(url) if _rest(ours.query) == _rest(theirs.query) and ours.query != theirs.query else None
    one, two = _NUMBERED.match(ours.path), _NUMBERED.match(theirs.path)
    if not one or not two or two["number"] is None:
        return None
    whole = ours.path.removesuffix(one["end"] or "")
    if two["stem"] in {one["stem"], whole} and len(two["stem"].rpartition("/")[2]) > 1:
        return int(two["number"])
    alike = said and two["stem"].rpartition("/")[0] == one["stem"].rpartition("/")[0]
    return int(two["number"]) if alike and two["stem"][:-2] and one["stem"].startswith(two["stem"][:-2]) else None


def _rest(query: str) -> list[tuple[str, str]]:
    return sorted(pair for pair in parse_qsl(query) if pair[0].lower() not in _PAGE_FIELDS)


def related(walk: Walk, span: Span | None, cut: Iterable[int], base: str | None) -> tuple[Related, ...]:
    """Other articles the page lists under a heading such as 相关新闻."""
    found: dict[str, Related] = {}
    indices = dict.fromkeys((*cut, *_under_headings(walk.lines, span.first if span else 0)))
    for index in indices:
        for href, words in links_of(walk.lines[index]):
            address = safe_url(href, base)
            wanted = address and len(words) >= 6 and address != base and not _NO_TITLE.search(words)
            if address and wanted and len(found) < _MOST_RELATED:
                found.setdefault(address, Related(words[:300], address))
    return tuple(found.values())


def _under_headings(lines: list[Line], first: int) -> Iterator[int]:
    open_until = -1
    for index in range(first, len(lines)):
        line = lines[index]
        if line.text and line.links * 2 <= len(line.text):
            if heads_related(line.text) or line.tag in _HEADS:
                open_until = index + _FIRST_RELATED if _RECORDED.search(line.text) else -1
            elif len(line.text) > 60:
                open_until = -1
        elif line.hrefs and (index <= open_until) and line.kind is not Kind.COMMENTS and not heads_related(line.text):
            open_until = index + 3
            yield index
