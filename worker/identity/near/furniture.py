"""Sentences that belong to a site, not to its articles: learnt from what recurs under different titles.

A sentence seen under three titles on one host within 30 days, in three different articles, is furniture there. Where
no host is known all texts are one pool; there three titles count only when they have nothing in common, since texts on
one event quote each other, or eight of any kind. Copies of one article are one sighting.

Memory is bounded: of each host the newest sentences are remembered, and furniture comes back soon by its nature.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(days=30)
_TITLES = 3
_TITLES_ANYWHERE = 8
_REMEMBERED = 4096  # sentences of one host; about a hundred articles
_REMEMBERED_ANYWHERE = 65536
_SHORTEST = 6  # characters; anything may begin with 他表示
_UNRELATED = 1  # pairs of characters two unrelated titles may share

Pairs = frozenset[str]


@dataclass(slots=True)
class _Sightings:
    """Where one sentence was seen: the article and the title each time, at most eight."""

    articles: list[str]
    titles: list[Pairs]
    first: datetime | None
    last: datetime | None
    is_furniture: bool = False


@dataclass(slots=True)
class Furniture:
    """What was learnt so far. ``host`` is any name for a site; empty where none is known."""

    _hosts: dict[str, OrderedDict[int, _Sightings]] = field(default_factory=dict)

    def known(self, host: str, marks: Sequence[int]) -> set[int]:
        """The positions among ``marks`` (one a sentence) that are furniture on that host."""
        seen = self._hosts.get(host)
        if not seen:
            return set()
        found = set()
        for position, mark in enumerate(marks):
            sightings = seen.get(mark)
            if sightings is not None and sightings.is_furniture:
                found.add(position)
        return found

    def learn(
        self, host: str, sentences: Iterable[tuple[int, str]], title: Pairs, article: str, now: datetime | None
    ) -> None:
        """Take the sentences (mark, words) of one text of ``article`` into account."""
        seen = self._hosts.setdefault(host, OrderedDict())
        for mark, words in sentences:
            if len(words) < _SHORTEST:
                continue
            sightings = seen.get(mark)
            if sightings is None:
                seen[mark] = _Sightings([article], [title], now, now)
                continue
            seen.move_to_end(mark)
            _add(sightings, host, title, article, now)
        most = _REMEMBERED if host else _REMEMBERED_ANYWHERE
        while len(seen) > most:
            seen.popitem(last=False)


def _add(sightings: _Sightings, host: str, title: Pairs, article: str, now: datetime | None) -> None:
    if now is not None and sightings.last is not None and abs(now - sightings.last) > WINDOW:
        sightings.articles, sightings.titles, sightings.first = [], [], now
        sightings.is_furniture = False
    sightings.last = now or sightings.last
    if sightings.is_furniture or article in sightings.articles or title in sightings.titles:
        return
    sightings.articles.append(article)
    sightings.titles.append(title)
    sightings.is_furniture = _is_furniture(sightings, host)


def _is_furniture(sightings: _Sightings, host: str) -> bool:
    titles = sightings.titles
    if host:
        return len(titles) >= _TITLES
    if len(titles) >= _TITLES_ANYWHERE:
        return True
    apart: list[Pairs] = []
    for title in titles:
        if all(len(title & other) <= _UNRELATED for other in apart):
            apart.append(title)
    return len(apart) >= _TITLES
