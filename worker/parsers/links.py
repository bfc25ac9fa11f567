"""Addresses that lead to articles: which ones a source wants, and what an address alone says of what is behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from worker.identity.urls import host_of, link_digest, link_key, registrable_domain
from worker.model.catalog import Listing
from worker.model.feed import Found, ParsedEntry, Role, SourceRef
from worker.parsers.clean import safe_url

LONGEST_URL = 2_000
_LONGEST_TITLE = 300


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FILES = words(
    "pdf doc docx wps xls xlsx et ppt pptx ofd rtf zip rar 7z gz tar jpg jpeg png gif webp svg bmp ico avif "
    "mp3 mp4 m4a wav avi flv mov wmv m3u8 swf exe apk dmg css js json xml rss atom txt csv ics epub caj"
)
_LISTS = words(
    "index default list lists node column channel category categories tag tags topic topics section sections "
    "author authors user users search login register signup signin about aboutus contact contactus privacy "
    "terms sitemap archive archives home main about-us contact-us help feedback subscribe newsletter more "
    "lanmu member rss page special zt zhuanti video videos live photo photos"
)
_ARTICLES = words(
    "article articles art content detail details story stories post posts news read view show info a p n doc c t"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATE = re.compile(rf"(?<!\d){_YEAR}[-/_]?(?P<month>0[1-9]|1[0-2])(?:[-/_]?(?P<day>0[1-9]|[12]\d|3[01]))?")
_SHORT_DATE = re.compile(rf"/{_YEAR}[-/](?P<month>1[0-2]|[1-9])(?:[-/](?P<day>[12]\d|3[01]|[1-9]))?(?=[-/])")
_BREAKS = re.compile("[\r\n\t]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIGITS = re.compile(r"\d+")
_ID = re.compile(r"(?:^|&)(?:[a-z_]*id|aid|tid|sn|guid|key|docno)=[\w-]+", re.IGNORECASE)
_ASIDE = words(
    "tag tags category author authors search topic topics page user login register about aboutus contact help"
)
_SERVICES = frozenset({"list", "category", "login", "search", "about", "contact"})
_WORD = re.compile(r"[a-z]+(?:-us)?")
_LISTING_NAME = re.compile(r"(?:list|node|index|channel|column|col|page|lanmu|category)[-_]?\d*(?:[-_]\d+)?")
_TOKEN = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{8,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Leads:
    """What one document leads to, in reading order. ``kind`` says in a word what it was read as; ``title`` is its own,
    ``warnings`` are for a person."""

    kind: str
    found: tuple[Found, ...] = ()
    title: str | None = None
    warnings: tuple[str, ...] = ()


def article(
    url: str,
    *,
    title: str | None = None,
    published: datetime | None = None,
    updated: datetime | None = None,
    source: SourceRef | None = None,
    language: str | None = None,
) -> Found:
    """An address with what the listing says of it. ``url`` is absolute; times are aware UTC."""
    entry = ParsedEntry(
        digest=link_digest(url),
        raw=b"",
        link=url,
        title=_SURROGATE.sub("\ufffd", title or "")[:_LONGEST_TITLE] or None,
        published=published,
        updated=updated,
        source=source,
        language=language,
    )
    return Found(url, Role.ARTICLE, entry)


def known_as(lead: Found) -> bytes:
    """What makes two leads one."""
    return lead.entry.digest if lead.entry is not None else link_digest(lead.url)


class Gate:
    """Which addresses of a document are let through: pages only, of the same registrable domain unless ``match`` says
    which, without the document itself and what ``exclude`` names."""

    def __init__(self, url: str | None, listing: Listing) -> None:
        self.listing = listing
        self._own = link_key(url) if url else None
        self._domain = domain(url) if url else None
        self._match = _compiled(listing.match) if listing.match else None
        self._exclude = _compiled(listing.exclude) if listing.exclude else None

    def admits(self, url: str) -> bool:
        """May ``url``, absolute, be an article of this source?"""
        if len(url) > LONGEST_URL or extension(url) in _FILES:
            return False
        if self._match is not None:
            return self._match.search(url) is not None and self.admits_listing(url, anywhere=True)
        return self.admits_listing(url)

    def admits_listing(self, url: str, *, anywhere: bool = False) -> bool:
        """May ``url`` be a further listing? Those of other domains (unless ``anywhere``) may not."""
        if len(url) > LONGEST_URL or (self._exclude is not None and self._exclude.search(url)):
            return False
        if not anywhere and self._domain is not None and domain(url) != self._domain:
            return False
        key = link_key(url)
        return key is not None and key != self._own


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def domain(url: str) -> str | None:
    """The registrable domain of an absolute address."""
    return _domain_at(url[: (url.find("/", 8) + 1 or len(url))])


@lru_cache(maxsize=4_096)
def _domain_at(origin: str) -> str | None:
    host = host_of(origin)
    return registrable_domain(host) if host else None


def absolute(reference: str | None, base: str | None) -> str | None:
    """``reference`` as an absolute http(s) address without the white space that editors leave in it; None for scripts,
    fragments, mail, what is no text and what is longer than an address may be."""
    if not reference or len(reference) > LONGEST_URL or _SURROGATE.search(reference):
        return None
    trimmed = _BREAKS.sub("", reference).strip().replace(" ", "%20")
    url = safe_url(trimmed, base) if trimmed and trimmed[0] != "#" else None
    return url if url and len(url) <= LONGEST_URL else None


def extension(url: str) -> str:
    path = url.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return path.rpartition(".")[2].lower() if "." in path and url.count("/") > 2 else ""


def address_date(url: str) -> dict[str, str] | None:
    """Year, month and maybe day that stand in an address."""
    path = url.partition("://")[2].partition("/")[2]
    found = _DATE.search("/" + path) or _SHORT_DATE.search("/" + path)
    return {name: value for name, value in found.groupdict().items() if value} if found else None


def shape(url: str) -> str:
    """Host and path with every number as one sign: articles of one site look alike."""
    host, _, path = url.partition("://")[2].partition("/")
    folder, _, name = path.partition("?")[0].rpartition("/")
    return f"{host}/{_DIGITS.sub('#', folder)}/{_DIGITS.sub('#', name) if _DIGITS.search(name) else extension(url)}"


@lru_cache(maxsize=8_192)
def address_score(url: str) -> int:
    """What an address says for (> 0) or against (< 0) an article behind it, −4 to 4."""
    path, _, query = url.partition("#")[0].partition("://")[2].partition("/")[2].partition("?")
    segments = [segment for segment in path.lower().split("/") if segment]
    if not segments:
        return 2 if _ID.search(query) else -4
    name = segments[-1].rpartition(".")[0] if "." in segments[-1] else segments[-1]
    if _LISTING_NAME.fullmatch(name) and not (query and name in {"index", "default"} and _ID.search(query)):
        return -4
    if name in _LISTS:
        return -3
    return max(-4, min(4, _name_score(name, "/" + path) + _around_score(segments, query, name)))


def _name_score(name: str, path: str) -> int:
    digits = sum(map(len, _DIGITS.findall(name)))
    score = 0
    if digits >= 5 or _TOKEN.search(name):
        score += 3
    elif digits:
        score += 1
    if name.count("-") + name.count("_") >= 3 and sum(map(str.isalpha, name)) >= 12:
        score += 3
    if _DATE.search(path) or _SHORT_DATE.search(path):
        score += 2
    if path.lower().endswith((".html", ".htm", ".shtml")):
        score += 1 if digits else 0
    return score


def _around_score(segments: list[str], query: str, name: str) -> int:
    score = 0
    folders = set(segments[:-1])
    if query and _ID.search(query):
        score += 2
    if folders & _ARTICLES or set(_WORD.findall(name)) & (_ARTICLES - {"a", "p", "n", "c", "t"}):
        score += 1
    if folders & _ASIDE:
        score -= 4
    if not _DIGITS.search(name) and set(_WORD.findall(name)) & _SERVICES:
        score -= 2
    return score
