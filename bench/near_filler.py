"""Texts that tell nothing but look like the real ones: characters follow each other as they do in a corpus."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

_LEARNT = 400  # texts are enough for the statistics


def filler(rng: random.Random, corpus: Sequence[str], many: int) -> Iterator[tuple[str, str]]:
    """That many titles and texts, as long as those of the corpus."""
    after: dict[str, list[str]] = defaultdict(list)
    for text in rng.sample(list(corpus), min(_LEARNT, len(corpus))):
        for at in range(len(text) - 2):
            after[text[at : at + 2]].append(text[at + 2])
    pairs = list(after)
    for _ in range(many):
        yield _line(rng, after, pairs, 18).replace("\n", ""), _line(rng, after, pairs, len(rng.choice(corpus)))


def _line(rng: random.Random, after: dict[str, list[str]], pairs: list[str], length: int) -> str:
    pair = rng.choice(pairs)
    written = [pair]
    for _ in range(length):
        following = after.get(pair)
        if not following:
            pair = rng.choice(pairs)
            continue
        one = following[int(rng.random() * len(following))]
        written.append(one)
        pair = pair[1] + one
    return "".join(written)
