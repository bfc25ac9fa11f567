"""A listing page → the articles it leads to, in reading order, and its next page.

Without rules of the source, a link counts by its address, its words, the date beside it and where on the page it
stands; links shaped like those that count are taken along. A column's own page then keeps to its main list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from worker.identity.urls import link_key
from worker.model.catalog import Listing
from worker.model.feed import Found, Role
from worker.parsers.anchors import AWAY, Anchor, Walk
from worker.parsers.clean import collapse
from worker.parsers.links import Gate, Leads, absolute, article, shape
from worker.parsers.pager import next_page

MOST_TAGS = 400_000  # "<" in a page that is still read
_MOST_ARTICLES = 2_000
_ENOUGH = 4  # score of a link that counts on its own
_NEARLY = 2  # … and of one that counts in company
_COMPANY = 3
_MAIN = 5  # dated links, or links under the column's own path, that make a main list
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_GENERIC = re.compile(
    r"[\[【(<>»›\s]*(?:更多|查看更多|更多新闻|详情|查看详情|详细|阅读全文|查看全文|全文|进入|首页|尾页|末页|上一?[页頁]|下一?[页頁]|返回.{0,4}|"
    r"more|read more|learn more|view all|see all|continue reading|full story|home|next|previous|prev|last|first|"
    r"\d{1,4}|comments?|leave a comment|\d+ comments?|share|reply|edit)[\])】>»›.…→\s]*",
    re.IGNORECASE,
)


def read_listing(root: HtmlElement, url: str | None, zone: str, listing: Listing) -> Leads:
    """``root`` is the page's tree, ``zone`` the IANA name for its dates."""
    base = _base(root, url)
    walk = Walk(base, zone).run(root)
    gate = Gate(url, listing)
    following = next_page(root, walk.anchors, url, base)
    if following and not gate.admits_listing(following):
        following = None
    warnings: tuple[str, ...] = ()
    if listing.links:
        chosen = _selected(root, walk.anchors, listing.links)
        if not chosen:
            warnings = (f"listing.links = {listing.links!r} selects no link on this page",)
    elif listing.match:
        chosen = walk.anchors
    else:
        chosen = _main_list(_likely(walk, gate), url)
    skip = link_key(following) if following else None
    found = _articles((anchor for anchor in chosen if gate.admits(anchor.url)), skip)
    further = (Found(following, Role.LISTING),) if following else ()
    return Leads("listing", (*found, *further), title_of(root), warnings)


def title_of(root: HtmlElement) -> str | None:
    title = next(root.iter("title"), None)
    return collapse("".join(title.itertext())[:500]) or None if title is not None else None


def _base(root: HtmlElement, url: str | None) -> str | None:
    given = next(root.iter("base"), None)
    return absolute(given.get("href"), url) or url if given is not None else url


def _selected(root: HtmlElement, anchors: list[Anchor], selector: str) -> list[Anchor]:
    """The links that ``selector`` selects, or that stand in what it selects."""
    return within(anchors, select(root, selector))


def within(anchors: list[Anchor], elements: list[HtmlElement]) -> list[Anchor]:
    """The links that are, or stand in, one of ``elements``."""
    chosen = set(elements)
    kept = []
    for anchor in anchors:
        node: HtmlElement | None = anchor.element
        while node is not None and node not in chosen:
            node = node.getparent()
        if node is not None:
            kept.append(anchor)
    return kept


def select(root: HtmlElement, selector: str) -> list[HtmlElement]:
    """The elements that a CSS selector, checked before, selects."""
    found = _css(selector)(root)
    return [node for node in found if isinstance(node, HtmlElement)] if isinstance(found, list) else []


@lru_cache(maxsize=256)
def _css(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _likely(walk: Walk, gate: Gate) -> list[Anchor]:
    """The links that count by the general rules, in reading order."""
    admitted = [anchor for anchor in walk.anchors if gate.admits(anchor.url)]
    strong = sum(anchor.score >= 3 for anchor in admitted)
    voided = {number for number, place in enumerate(walk.places) if place.strong >= 5 and 2 * place.strong > strong}
    best: dict[str, int] = {}
    for anchor in admitted:
        weights = [walk.places[number].weight for number in anchor.places if number not in voided]
        score = anchor.score + _words_score(anchor.words) + 3 * (anchor.date is not None) + anchor.heading
        score -= 6 * (AWAY in weights) + 2 * (bool(weights) and AWAY not in weights)
        best[anchor.url] = max(score, best.get(anchor.url, score))
    shapes = Counter(shape(url) for url, score in best.items() if score >= _ENOUGH)
    counted = {
        url for url, score in best.items() if score >= _ENOUGH or (score >= _NEARLY and shapes[shape(url)] >= _COMPANY)
    }
    return [anchor for anchor in admitted if anchor.url in counted]


def _words_score(words: str) -> int:
    if not words or _GENERIC.fullmatch(words):
        return -1
    size = len(words) + 1.5 * len(_HAN.findall(words[:200]))
    if size >= 25:
        return 2
    return 1 if size >= 15 else (-2 if size < 11 else 0)


def _main_list(anchors: list[Anchor], url: str | None) -> list[Anchor]:
    """On a column's own page, its main list: links under the column's path, or dated ones, and their neighbours, where
    they are most of what counts. A front page is kept whole."""
    path = urlsplit(url).path if url else "/"
    folder = path[: path.rfind("/") + 1]
    if folder == "/" and re.fullmatch(r"/(?:(?:index|default)\.\w+)?", path):
        return anchors
    for own in (
        [anchor for anchor in anchors if folder != "/" and urlsplit(anchor.url).path.startswith(folder)],
        [anchor for anchor in anchors if anchor.date is not None],
    ):
        main = {anchor.url for anchor in own}
        if len(main) >= _MAIN and 2 * len(main) >= len({anchor.url for anchor in anchors}):
            blocks = {anchor.block for anchor in own}
            anchors = [anchor for anchor in anchors if anchor.url in main or anchor.block in blocks]
    return anchors


def _articles(anchors: Iterable[Anchor], skip: str | None) -> list[Found]:
    """Each address once, where it stands first, with the best of its names and dates."""
    by_key: dict[str, list[Anchor]] = {}
    for anchor in anchors:
        key = link_key(anchor.url)
        if key is not None and key != skip and (key in by_key or len(by_key) < _MOST_ARTICLES):
            by_key.setdefault(key, []).append(anchor)
    found = []
    for same in by_key.values():
        date = next((anchor.date for anchor in same if anchor.date), None)
        found.append(article(same[0].url, title=_title(same), published=date))
    return found


def _title(same: list[Anchor]) -> str | None:
    """What one article is called by the links to it: a heading, else the first long enough for a title, else the
    longest."""
    named = [anchor.words for anchor in same if anchor.words and not _GENERIC.fullmatch(anchor.words)]
    headings = [anchor.words for anchor in same if anchor.heading and anchor.words in named]
    titles = headings or [words for words in named if _words_score(words) > 0]
    return titles[0] if titles else max(named, key=len, default=None)
