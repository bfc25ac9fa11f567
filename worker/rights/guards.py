"""Holds by rule, as far as they look at the text and the clock: lists of words, sensitive periods. Pure.

Words are compared folded (``worker.identity.scripts``); in scripts that part their words they match whole words, and
``elect*`` any word that begins so, as in channels. Of a list's words that overlap the first, longest one counts. All
words of all lists are looked for at once, by an automaton: ten thousand cost what ten do.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from unicodedata import normalize

from worker.identity.scripts import fold, fold_with_places
from worker.model.article import Version
from worker.model.catalog import Guard, Period

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

AROUND = 16  # characters of context on either side
MOST = 20  # hits of one list in one field that are told
NOTE = 1000  # characters of a decision's note
KEPT = 256  # texts whose hits are remembered

_LETTER = "[0-9a-z\u00c0-\u058f]"  # as in worker.routing: of scripts that part their words
_IS_LETTER = re.compile(_LETTER).match
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_LINES = re.compile(" ?\n[\n ]*")
# All that the cleaner lets stand within a line: what is not named here would part a word for us, and for no reader.
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|q|ruby|s|samp|small|span|strike|strong|sub|sup"
    r"|time|tt|u|var|wbr)\b[^>]*>"
)
_TURNED = "\u202e"  # from here on readers see what is written from behind, as inside <bdo dir="rtl">
_ABOVE = re.compile(r"<(rt|rp)\b[^>]*>(.*?)</\1>")


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of the list ``guard`` as the list writes it, where it was found (title, body), and what stands around it:
    ``…前文【词】后文…``."""

    guard: str
    action: str
    word: str
    field: str
    context: str

    def __str__(self) -> str:
        return f"{self.guard}: {self.context}"


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of one list. ``open``: it may go on (``elect*``)."""

    guard: int
    printed: str
    open: bool


@dataclass(frozen=True, slots=True)
class _Found:
    guard: int
    start: int
    end: int
    printed: str


@dataclass(frozen=True, slots=True)
class _Index:
    """Every folded word once, and by its position what lists say of it. ``search`` is None without any word."""

    search: AhoCorasick | None
    words: tuple[tuple[_Word, ...], ...]


class Guards:
    """The word lists of one catalogue, compiled at the first look. False when there are none."""

    __slots__ = ("_guards", "_index", "_kept")

    def __init__(self, guards: Iterable[Guard]) -> None:
        self._guards = tuple(guards)
        self._index: _Index | None = None
        self._kept: dict[tuple[str | None, ...], tuple[Hit, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._guards)

    def hits(self, version: Version) -> tuple[Hit, ...]:
        """What the lists find in title, text and summary of ``version``, each word once a field, list by list."""
        texts = (version.title, version.body, version.summary if version.summary != version.body else None)
        if texts not in self._kept:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[texts] = tuple(self._read(*texts))
        return self._kept[texts]

    def at(self, version: Version, channels: Sequence[str]) -> tuple[Hit, ...]:
        """As ``hits``, of the lists that hold for what comes through ``channels``."""
        return tuple(hit for hit in self.hits(version) if self.holds(hit.guard, channels))

    def holds(self, key: str, channels: Sequence[str]) -> bool:
        """Whether the list ``key`` is for what comes through any of ``channels``."""
        limit = next(guard.channels for guard in self._guards if guard.key == key)
        return not limit or not set(channels).isdisjoint(limit)

    def _read(self, title: str, body: str | None, summary: str | None) -> Iterator[Hit]:
        told: dict[tuple[str, str, str], Hit] = {}
        for name, text in (("title", _line(title)), ("body", plain(body or "")), ("body", plain(summary or ""))):
            for hit in self.find(text, name):
                told.setdefault((hit.guard, hit.field, hit.word), hit)
        order = {guard.key: at for at, guard in enumerate(self._guards)}
        yield from sorted(told.values(), key=lambda hit: order[hit.guard])

    def find(self, text: str, name: str = "body") -> list[Hit]:
        """What the lists that look at the field ``name`` find in plain ``text``, each word once, in its order."""
        if self._index is None:
            self._index = _compile(self._guards)
        folded = fold(text)
        spots = [one for one in _spots(self._index, folded) if name in self._guards[one.guard].fields]
        if not spots:
            return []
        places = _places(text, folded, spots)
        first: dict[tuple[int, str], _Found] = {}
        for spot in _longest(spots):
            first.setdefault((spot.guard, spot.printed), spot)
        counts = [0] * len(self._guards)
        hits: list[Hit] = []
        for spot in sorted(first.values(), key=lambda spot: (spot.start, spot.guard)):
            counts[spot.guard] += 1
            if counts[spot.guard] <= MOST:
                guard = self._guards[spot.guard]
                context = _context(text, places[spot.start], places[spot.end - 1] + 1)
                hits.append(Hit(guard.key, guard.action, spot.printed, name, context))
        return hits


def note_of(hits: Iterable[Hit], period: Period | None = None) -> str | None:
    """What a decision says of them beside its reasons; None when there is nothing to say."""
    parts = [str(hit) for hit in hits]
    if period is not None:
        parts.append(f"{period.key}: {period.note}" if period.note else period.key)
    note = "; ".join(parts)
    return (note if len(note) <= NOTE else note[: NOTE - 1] + "…") or None


def period_at(periods: Iterable[Period], channels: Sequence[str], publisher: str, now: datetime) -> Period | None:
    """The sensitive period that holds at ``now`` for what ``publisher``'s source brings into ``channels``; of several
    the one that ends last."""
    found = [
        period
        for period in periods
        if period.begins <= now < period.ends
        and publisher not in period.exempt
        and (not period.channels or not set(channels).isdisjoint(period.channels))
    ]
    return max(found, key=lambda period: (period.ends, period.key), default=None)


def plain(markup: str) -> str:
    """The text of clean HTML: white space single, a line for every block; what stands above others (ruby) is last, and
    where something is turned round, all of it follows from behind."""
    text = " ".join(markup.split())
    if "<" in text:
        text = _below(text) if "<rt" in text or "<rp" in text else text
        text = _LINES.sub("\n", _TAG.sub("\n", _INLINE.sub("", text))).strip()
    text = normalize("NFC", html.unescape(text) if "&" in text else text)
    return f"{text}\n{text[::-1]}" if "<bdo" in markup or _TURNED in text else text


def _line(text: str) -> str:
    """A title, which is no markup: what looks like a tag in it is what readers see."""
    text = normalize("NFC", " ".join(text.split()))
    return f"{text}\n{text[::-1]}" if _TURNED in text else text


def _below(markup: str) -> str:
    """Ruby as it reads: what is written, in a row, and behind it, in a row, what stands above."""
    above = " ".join(found[2] for found in _ABOVE.finditer(markup) if found[1] == "rt")
    return f"{_ABOVE.sub('', markup)}\n{above}"


def folded_word(word: str) -> str:
    """What is looked for when a list says ``word``; empty when that is nothing."""
    return fold(word).strip().rstrip("*").strip()


def _compile(guards: Sequence[Guard]) -> _Index:
    from ahocorasick_rs import AhoCorasick  # only where there are lists

    words: dict[str, list[_Word]] = {}
    for at, guard in enumerate(guards):
        for printed in guard.words:
            if stem := folded_word(printed):
                words.setdefault(stem, []).append(_Word(at, printed, open=printed.rstrip().endswith("*")))
    return _Index(AhoCorasick(list(words)) if words else None, tuple(map(tuple, words.values())))


def _spots(index: _Index, text: str) -> Iterator[_Found]:
    """Where words stand in folded ``text``, overlapping ones all."""
    if index.search is None:
        return
    for number, start, end in index.search.find_matches_as_indexes(text, overlapping=True):
        begins = not _IS_LETTER(text[start]) or start == 0 or not _IS_LETTER(text[start - 1])
        ends = not _IS_LETTER(text[end - 1]) or not _IS_LETTER(text[end : end + 1])
        for word in index.words[number] if begins else ():
            if ends or word.open:
                yield _Found(word.guard, start, end, word.printed)


def _places(text: str, folded: str, spots: Iterable[_Found]) -> Sequence[int]:
    """Where in ``text`` each character of ``folded`` came from: mostly from where it stands."""
    alike = (fold(text[one.start : one.end]) == folded[one.start : one.end] for one in spots)
    if len(text) == len(folded) and all(alike):
        return range(len(text))
    return fold_with_places(text)[1]


def _longest(spots: Iterable[_Found]) -> Iterator[_Found]:
    """Of overlapping words of one list the first, and of those that begin together the longest."""
    guard, end = -1, 0
    for spot in sorted(spots, key=lambda spot: (spot.guard, spot.start, -spot.end)):
        if spot.guard != guard:
            guard, end = spot.guard, 0
        if spot.start >= end:
            end = spot.end
            yield spot


def _context(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    lead, trail = "…" if start > AROUND else "", "…" if end + AROUND < len(text) else ""
    return f"{lead}{before}【{text[start:end]}】{after}{trail}".replace("\n", " ")
