"""Sentences that belong to a site, not to its articles: learnt from what recurs under different titles.

A sentence seen under three titles on one host within 30 days, in three different articles, is furniture there. Where
no host is known all texts are one pool; there three titles count only when they have nothing in common, since texts on
one event quote each other, or eight of any kind. Copies of one article are one sighting.

Memory is bounded: of each host the newest texts are remembered, and what was found to be furniture there; both fit
into a few kilobytes, which is how a store keeps them. Furniture comes back soon by its nature.
"""

from __future__ import annotations

import struct
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

from worker.identity.near import NEAR_VERSION

WINDOW: Final = timedelta(days=30)
_TITLES = 3
_TITLES_ANYWHERE = 8
_TEXTS = 32  # of one host that are remembered
_SENTENCES = 96  # of one text: lines of the site stand at its ends
_PROVEN = 512  # sentences of one host
_REMEMBERED_ANYWHERE = 65536
_SHORTEST = 6  # characters; anything may begin with 他表示
_UNRELATED = 1  # pairs of characters two unrelated titles may share
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEAD = struct.Struct(">BHH")
_PROOF = struct.Struct(">IH")
_SEEN = struct.Struct(">IIHB")
_MARK = 4  # bytes

Pairs = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One text of a host: hashes of its article and title, its day, marks of its sentences (32 bits each, packed:
    mostly they come from a store and go back as they are)."""

    article: int
    title: int
    day: int
    packed: bytes

    @property
    def marks(self) -> tuple[int, ...]:
        return struct.unpack(f">{len(self.packed) // _MARK}I", self.packed)


@dataclass(slots=True)
class Site:
    """What was learnt of one host. Days are counted from 1970."""

    _texts: deque[_Seen] = field(default_factory=lambda: deque(maxlen=_TEXTS))
    _proven: dict[int, int] = field(default_factory=dict)  # mark to the day it was last seen

    def known(self, marks: Sequence[int]) -> set[int]:
        """The positions among ``marks`` (one a sentence) that are furniture."""
        proven = self._proven
        return {position for position, mark in enumerate(marks) if mark & 0xFFFFFFFF in proven} if proven else set()

    def learn(self, marks: Iterable[int], title: Pairs, article: str, now: datetime | None) -> None:
        """Take one text into account."""
        every = [mark & 0xFFFFFFFF for mark in marks]
        half = _SENTENCES // 2
        text = frozenset(every if len(every) <= _SENTENCES else every[:half] + every[-half:])
        day = (now - _EPOCH).days if now is not None else self._texts[-1].day if self._texts else 0
        hashed = crc32("\0".join(sorted(title)).encode("utf-8", "replace"))
        marked = struct.pack(f">{len(text)}I", *sorted(text))
        new = _Seen(crc32(article.encode()), hashed, max(0, min(day, 0xFFFF)), marked)
        for mark in [mark for mark, last in self._proven.items() if new.day - last > WINDOW.days]:
            del self._proven[mark]
        for mark in text & self._proven.keys():
            self._proven[mark] = new.day
        near = [one for one in self._texts if abs(new.day - one.day) <= WINDOW.days]
        others = [(one, both) for one in near if (both := text.intersection(one.marks))]
        shared = set[int]().union(*(both for _, both in others)) - self._proven.keys()
        for mark in shared:
            where = [new, *(one for one, both in others if mark in both)]
            if min(len({one.title for one in where}), len({one.article for one in where})) >= _TITLES:
                self._proven[mark] = new.day
        while len(self._proven) > _PROVEN:
            del self._proven[min(self._proven, key=self._proven.__getitem__)]
        self._texts.append(new)

    def packed(self) -> bytes:
        """All of it as bytes, for ``unpacked``."""
        parts = [_HEAD.pack(NEAR_VERSION, len(self._proven), len(self._texts))]
        parts += [_PROOF.pack(mark, day) for mark, day in self._proven.items()]
        for one in self._texts:
            parts.append(_SEEN.pack(one.article, one.title, one.day, len(one.packed) // _MARK))
            parts.append(one.packed)
        return b"".join(parts)

    @staticmethod
    def unpacked(packed: bytes) -> Site:
        """A site as it was packed; one that knows nothing yet where another version of the algorithm packed it."""
        site = Site()
        if packed[0] != NEAR_VERSION:
            return site
        _, proven, texts = _HEAD.unpack_from(packed)
        at = _HEAD.size
        for _ in range(proven):
            mark, day = _PROOF.unpack_from(packed, at)
            site._proven[mark] = day
            at += _PROOF.size
        for _ in range(texts):
            article, title, day, count = _SEEN.unpack_from(packed, at)
            at += _SEEN.size
            site._texts.append(_Seen(article, title, day, packed[at : at + _MARK * count]))
            at += _MARK * count
        return site


@dataclass(slots=True)
class _Sightings:
    """Where one sentence was seen: the article and the title each time, at most eight."""

    articles: list[str]
    titles: list[Pairs]
    last: datetime | None
    is_furniture: bool = False


@dataclass(slots=True)
class Furniture:
    """What was learnt so far: by host, and of texts of which no host is known (``host`` empty) in one pool."""

    sites: dict[str, Site] = field(default_factory=dict)
    _pool: OrderedDict[int, _Sightings] = field(default_factory=OrderedDict)

    def known(self, host: str, marks: Sequence[int]) -> set[int]:
        """The positions among ``marks`` (one a sentence) that are furniture on that host."""
        if host:
            site = self.sites.get(host)
            return site.known(marks) if site is not None else set()
        return {position for position, mark in enumerate(marks) if (seen := self._pool.get(mark)) and seen.is_furniture}

    def learn(
        self, host: str, sentences: Iterable[tuple[int, str]], title: Pairs, article: str, now: datetime | None
    ) -> None:
        """Take the sentences (mark, words) of one text of ``article`` into account."""
        marks = [mark for mark, words in sentences if len(words) >= _SHORTEST]
        if host:
            self.sites.setdefault(host, Site()).learn(marks, title, article, now)
            return
        for mark in marks:
            sightings = self._pool.get(mark)
            if sightings is None:
                self._pool[mark] = _Sightings([article], [title], now)
                continue
            self._pool.move_to_end(mark)
            _add(sightings, title, article, now)
        while len(self._pool) > _REMEMBERED_ANYWHERE:
            self._pool.popitem(last=False)


def _add(sightings: _Sightings, title: Pairs, article: str, now: datetime | None) -> None:
    if now is not None and sightings.last is not None and abs(now - sightings.last) > WINDOW:
        sightings.articles, sightings.titles = [], []
        sightings.is_furniture = False
    sightings.last = now or sightings.last
    if sightings.is_furniture or article in sightings.articles or title in sightings.titles:
        return
    sightings.articles.append(article)
    sightings.titles.append(title)
    sightings.is_furniture = _is_furniture(sightings.titles)


def _is_furniture(titles: Sequence[Pairs]) -> bool:
    if len(titles) >= _TITLES_ANYWHERE:
        return True
    apart: list[Pairs] = []
    for title in titles:
        if all(len(title & other) <= _UNRELATED for other in apart):
            apart.append(title)
    return len(apart) >= _TITLES
