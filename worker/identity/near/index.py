"""Where texts seen before are looked up: in memory, and in memory above a store's index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from worker.identity.near.keys import promise
from worker.identity.near.verdict import WHOLE
from worker.identity.urls import registrable_domain
from worker.model.nearness import Filed, Keys, Question
from worker.ports import NearIndex

MOST_PER_KEY: Final = 32  # articles under one key; a key with more is template or furniture
_OF_ONE_ARTICLE = 2
_OF_ONE_HOUSE = 3
CROWDED: Final = 8  # of a crowded key only that many of the newest are looked at


class OfArticle(Protocol):
    @property
    def article(self) -> str: ...

    @property
    def host(self) -> str: ...


class Promising(OfArticle, Protocol):
    @property
    def keys(self) -> Keys: ...

    @property
    def length(self) -> int: ...


Held = TypeVar("Held", bound=OfArticle)
Candidate = TypeVar("Candidate", bound=Promising)


def most_promising(found: Iterable[Candidate], question: Question, most: int) -> list[Candidate]:
    """The candidates that promise anything, the best first, as ``first_of_each`` takes them."""
    promised = [(promise(each.keys, each.length, question), each) for each in found]
    ranked = sorted((each for each in promised if each[0]), key=lambda each: each[0], reverse=True)
    return first_of_each([each for _, each in ranked], most)


def first_of_each(ranked: Sequence[Held], most: int) -> list[Held]:
    """The best of candidates in order, of one article not more than two: its copies are like each other. Of one house
    three, as long as there are others: else whoever puts pieces of a text together hides the text behind them."""
    taken: Counter[str] = Counter()
    found, rest = list[Held](), list[Held]()
    for each in ranked:
        taken[each.article] += 1
        if taken[each.article] > _OF_ONE_ARTICLE:
            continue
        house = house_of(each.host)
        crowds = len(ranked) > most and sum(house_of(one.host) == house for one in found) >= _OF_ONE_HOUSE
        (rest if crowds else found).append(each)
        if len(found) == most:
            break
    return (found + rest)[:most]


def house_of(host: str) -> str:
    """Whose texts stand on a site (``recognise.site_of``): its registrable domain, or the address of a source whose
    links lead elsewhere, since many may be at one place that makes feeds of others' pages."""
    return host if "/" in host else registrable_domain(host)


def looked_at(held: Sequence[Held]) -> Sequence[Held]:
    """Of what is held under one key, oldest first, what is looked at: of a crowded one the newest of each house in
    turn."""
    if len(held) < MOST_PER_KEY:
        return held
    turns = Counter[str]()
    order = list[tuple[int, Held]]()
    for each in reversed(held):
        house = house_of(each.host)
        turns[house] += 1
        order.append((turns[house], each))
    return [each for _, each in sorted(order, key=lambda one: one[0])[:CROWDED]]


def too_many(held: Sequence[OfArticle]) -> int:
    """The place of what goes when too many, oldest first, are held under one key: the oldest of the house that has most
    there, so that nobody drives out what others wrote."""
    houses = [house_of(each.host) for each in held]
    counts = Counter(houses)
    return houses.index(max(dict.fromkeys(houses), key=counts.__getitem__))


def pillars_among(lengths: Sequence[int]) -> list[int]:
    """Of the texts of an article in order, by their lengths, the places of those it stands around: the first, the
    fullest, and the briefest if that is a piece of it; each once."""
    fullest, briefest = max(lengths), min(lengths)
    chosen = [0, lengths.index(fullest)]
    if briefest < WHOLE * fullest:
        chosen.append(lengths.index(briefest))
    return list(dict.fromkeys(chosen))


@dataclass(slots=True)
class MemoryIndex:
    """An index for one run: dictionaries, nothing pruned but crowded keys."""

    _filed: dict[str, Filed] = field(default_factory=dict)
    _exact: dict[bytes, str] = field(default_factory=dict)
    _fullest: dict[str, str] = field(default_factory=dict)  # by article, where it is not the first text
    _briefest: dict[str, str] = field(default_factory=dict)  # the same
    _near: dict[int, str | list[str]] = field(default_factory=dict)  # most keys have one text: no list for those

    def exact(self, key: bytes) -> Filed | None:
        found = self._exact.get(key)
        return self._filed[found] if found is not None else None

    def begins(self, article: str) -> bool:
        """Whether the first text of that article is here."""
        return article in self._filed

    def pillars(self, article: str) -> Sequence[Filed]:
        fullest, briefest = self._fullest.get(article, article), self._briefest.get(article, article)
        texts = [self._filed[each] for each in dict.fromkeys((article, fullest, briefest))]
        return [texts[place] for place in pillars_among([each.length for each in texts])]

    def candidates(self, question: Question, most: int) -> Sequence[Filed]:
        found: dict[str, None] = {}  # a set that keeps its order
        near = self._near
        for key in question.keys:
            held = near.get(key)
            if held is None:
                continue
            if isinstance(held, str):
                found[held] = None
            else:
                if len(held) >= MOST_PER_KEY:
                    held = [each.id for each in looked_at(self._texts(held))]
                found.update(dict.fromkeys(held))
        return most_promising(map(self._filed.__getitem__, found), question, most)

    def add(self, filed: Filed) -> None:
        self._filed[filed.id] = filed
        if filed.article != filed.id and self.begins(filed.article):
            self._measure(filed)
        if filed.keys.exact:
            self._exact.setdefault(filed.keys.exact, filed.id)
        for key in (*filed.keys.near, *filed.keys.named):
            held = self._near.get(key)
            if held is None:
                self._near[key] = filed.id
            elif isinstance(held, str):
                if self._filed[held].article != filed.article:
                    self._near[key] = [held, filed.id]
            elif all(self._filed[each].article != filed.article for each in held):
                held.append(filed.id)
                if len(held) > MOST_PER_KEY:
                    del held[too_many(self._texts(held))]

    def _measure(self, filed: Filed) -> None:
        fullest = self._filed[self._fullest.get(filed.article, filed.article)]
        briefest = self._filed[self._briefest.get(filed.article, filed.article)]
        if filed.length > fullest.length:
            self._fullest[filed.article] = filed.id
        if filed.length < briefest.length:
            self._briefest[filed.article] = filed.id

    def _texts(self, held: Sequence[str]) -> list[Filed]:
        return [self._filed[each] for each in held]


@dataclass(slots=True)
class Layered:
    """A store's index, and above it what is not written yet. Nothing is added to the store's."""

    below: NearIndex
    above: MemoryIndex = field(default_factory=MemoryIndex)

    def exact(self, key: bytes) -> Filed | None:
        return self.above.exact(key) or self.below.exact(key)

    def pillars(self, article: str) -> Sequence[Filed]:
        return self.above.pillars(article) if self.above.begins(article) else self.below.pillars(article)

    def candidates(self, question: Question, most: int) -> Sequence[Filed]:
        above = self.above.candidates(question, most)
        below = self.below.candidates(question, most)
        return most_promising((*below, *above), question, most) if above else below

    def add(self, filed: Filed) -> None:
        self.above.add(filed)
