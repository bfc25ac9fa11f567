"""Verdicts on texts against labelled pairs: pure counting, no files, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

Pair = tuple[int, int]  # the smaller first


@dataclass(frozen=True, slots=True)
class Score:
    """``precision`` over pairs called one article, grey ones left out; ``recall`` of reprints and of excerpts;
    ``seen`` the share of excerpts that are one article or named as near it."""

    precision: float
    recall: float
    excerpts: float
    seen: float
    strangers: tuple[Pair, ...]


def pairs_of(articles: Mapping[int, object]) -> set[Pair]:
    """Every two texts with the same article."""
    groups: dict[object, list[int]] = defaultdict(list)
    for text, article in articles.items():
        groups[article].append(text)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def score(called: set[Pair], near: set[Pair], gold: Mapping[Pair, str], texts: Iterable[int]) -> Score:
    """``gold`` maps pairs to ``dup``, ``part`` or ``grey``; only pairs of ``texts`` count."""
    inside = set(texts)
    known = {pair: kind for pair, kind in gold.items() if inside >= set(pair)}
    called = {pair for pair in called if inside >= set(pair)}
    strangers = sorted(called - set(known))
    right = sum(known.get(pair) in {"dup", "part"} for pair in called)
    return Score(
        precision=share(right, right + len(strangers)),
        recall=_found(known, called, "dup"),
        excerpts=_found(known, called, "part"),
        seen=_found(known, called | near, "part"),
        strangers=tuple(strangers),
    )


def _found(known: Mapping[Pair, str], called: set[Pair], kind: str) -> float:
    wanted = [pair for pair, each in known.items() if each == kind]
    return share(sum(pair in called for pair in wanted), len(wanted))


def share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def in_order(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def returned(answers: Sequence[Sequence[int]]) -> set[Pair]:
    """The pairs of a library that names for each text, by number, those before it."""
    return {in_order(number, other) for number, others in enumerate(answers) for other in others}
