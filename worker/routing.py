"""Which channels take a version. Pure.

Channels nest. An article that a channel takes is in all its ancestors too: a column shows what its sub-columns show,
whether or not its own selection would have taken it. A channel that has children and selects nothing itself takes
what its children take; without children, selecting nothing means taking everything. A release lists the deepest
channel first: that path is its breadcrumb.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from worker.model.article import Version
from worker.model.catalog import Channel, Selection, Source
from worker.model.delivery import ChannelPath

_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_INLINE = re.compile(r"</?(?:a|b|i|em|strong|span|sub|sup|mark|u|s|small|code|abbr|cite|q|font|bdi|bdo|wbr)\b[^>]*>")
# Scripts that part their words: there "war" must not find "toward". Chinese does not, so there anything may adjoin.
_LETTER = "[0-9a-z\u00c0-\u058f]"


def paths(channels: Iterable[Channel]) -> dict[str, ChannelPath]:
    """Each channel with its ancestors, outermost first, in the order given. A parent that is not there is left out."""
    by_key = {channel.key: channel for channel in channels}
    return {key: _path(key, by_key) for key in by_key}


def _path(key: str, by_key: Mapping[str, Channel]) -> ChannelPath:
    steps: list[tuple[str, str]] = []
    seen: set[str] = set()
    step: str | None = key
    while step is not None and step in by_key and step not in seen:
        seen.add(step)
        steps.append((step, by_key[step].title))
        step = by_key[step].parent
    return ChannelPath(tuple(reversed(steps)))


# Word stems, each with the pattern that says whether it stands there as a word (None: anywhere will do). Looking for
# the stem first costs a hundredth of the pattern, and most words are in most texts not at all.
_Words = tuple[tuple[str, re.Pattern[str] | None], ...]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A channel's selection, folded once."""

    sources: frozenset[str]
    categories: frozenset[str]
    languages: frozenset[str]
    include: _Words
    exclude: _Words
    max_age: timedelta | None


class _Facts:
    """What selections look at in one version; the text is folded only when a channel asks for words."""

    __slots__ = ("_text", "_version", "age", "categories", "language", "source")

    def __init__(self, version: Version, source: Source | None, text: str | None, now: datetime) -> None:
        named = (*version.categories, source.category if source is not None else None)
        language = version.language or (source.language if source is not None else None)
        self.source = version.source
        self.categories = frozenset(fold(name) for name in named if name)
        self.language = _primary(language) if language else None
        self.age = now - (version.published or version.first_seen)
        self._version = version
        self._text: str | None = None if text is None else fold(f"{version.title}\n{text}")

    @property
    def text(self) -> str:
        if self._text is None:
            body = self._version.body or self._version.summary or ""
            self._text = fold(f"{self._version.title}\n{_plain(body)}")
        return self._text


class Router:
    """The channels of one catalogue, compiled once. ``sources`` are by key."""

    __slots__ = ("_ancestors", "_compiled", "_order", "_sources")

    def __init__(self, channels: Iterable[Channel], sources: Mapping[str, Source]) -> None:
        declared = tuple(channels)
        parents = {channel.parent for channel in declared}
        self._sources = dict(sources)
        self._order = tuple(channel.key for channel in declared)
        self._ancestors = {key: tuple(step for step, _ in path.steps) for key, path in paths(declared).items()}
        self._compiled = {
            channel.key: _compile(channel.select)
            for channel in declared
            if channel.key not in parents or channel.select != Selection()
        }

    def select(
        self, version: Version, now: datetime, text: str | None = None, copies: Sequence[Version] = ()
    ) -> tuple[str, ...]:
        """Keys of the channels that take ``version``, their ancestors included, in catalogue order.

        ``text`` is its body as plain text, worked out from ``version.body`` when None. ``copies`` are the same article
        as others have it: what takes one of them takes ``version``, but for a channel that excludes words of its.
        """
        facts = _Facts(version, self._sources.get(version.source), text, now)
        others = [_Facts(each, self._sources.get(each.source), None, now) for each in copies]
        taken: set[str] = set()
        for key, compiled in self._compiled.items():
            if _takes(compiled, facts) or (others and _takes_any(compiled, others, facts)):
                taken.update(self._ancestors[key])
        return tuple(key for key in self._order if key in taken)

    def refusals(self, version: Version, now: datetime, copies: Sequence[Version] = ()) -> dict[str, tuple[str, ...]]:
        """Why channels do not take ``version`` themselves, by key: the parts of their selection that refuse it
        (``sources``, ``categories``, ``languages``, ``max_age``, ``include``, ``exclude``). Empty for those that take
        it. A channel that takes only what its children take is refused by ``children``, unless one of them takes it.
        ``copies`` as in ``select``.
        """
        facts = _Facts(version, self._sources.get(version.source), None, now)
        taken = set(self.select(version, now, copies=copies))
        found: dict[str, tuple[str, ...]] = {}
        for key in self._order:
            compiled = self._compiled.get(key)
            refused = ("children",) if compiled is None else tuple(_refusing(compiled, facts))
            found[key] = () if key in taken else refused
        return found


def _compile(selection: Selection) -> _Compiled:
    return _Compiled(
        sources=frozenset(selection.sources),
        categories=frozenset(map(fold, selection.categories)),
        languages=frozenset(map(_primary, selection.languages)),
        include=_words(selection.include),
        exclude=_words(selection.exclude),
        max_age=None if selection.max_age is None else timedelta(seconds=selection.max_age),
    )


def _takes(compiled: _Compiled, facts: _Facts) -> bool:
    return next(_refusing(compiled, facts), None) is None


def _takes_any(compiled: _Compiled, others: Sequence[_Facts], shown: _Facts) -> bool:
    if not any(_takes(compiled, facts) for facts in others):
        return False
    return not (compiled.exclude and _says(shown.text, compiled.exclude))


def _refusing(compiled: _Compiled, facts: _Facts) -> Iterator[str]:
    """The parts of a selection that refuse, cheapest first."""
    if compiled.sources and facts.source not in compiled.sources:
        yield "sources"
    if compiled.categories and compiled.categories.isdisjoint(facts.categories):
        yield "categories"
    if compiled.languages and facts.language not in compiled.languages:
        yield "languages"
    if compiled.max_age is not None and facts.age > compiled.max_age:
        yield "max_age"
    if compiled.include and not _says(facts.text, compiled.include):
        yield "include"
    if compiled.exclude and _says(facts.text, compiled.exclude):
        yield "exclude"


def _says(text: str, words: _Words) -> bool:
    return any(stem in text and (pattern is None or pattern.search(text) is not None) for stem, pattern in words)


def _words(words: Iterable[str]) -> _Words:
    return tuple(_word(folded) for folded in map(fold, words) if folded.strip("*"))


def _word(folded: str) -> tuple[str, re.Pattern[str] | None]:
    """Whole words in scripts that part them, ``elect*`` any beginning like it; in Chinese any occurrence."""
    stem = folded.rstrip("*")
    before = f"(?<!{_LETTER})" if re.match(_LETTER, stem) else ""
    after = f"(?!{_LETTER})" if stem == folded and re.match(_LETTER, stem[-1]) else ""
    return stem, re.compile(before + re.escape(stem) + after) if before or after else None


def fold(text: str) -> str:
    """Case and width folded (NFKC), white space single: how words and categories are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _primary(tag: str) -> str:
    return re.split("[-_]", tag.strip().casefold(), maxsplit=1)[0]


def _plain(markup: str) -> str:
    if "<" in markup:
        markup = _TAG.sub(" ", _INLINE.sub("", markup))
    return html.unescape(markup)
