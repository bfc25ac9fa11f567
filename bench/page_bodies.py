"""Bodies of article pages against labelled ones: shares of shingles, pure counting, no files, no clock.

A token is an ideograph or a run of other letters and digits; a shingle is four of them in a row, counted as often as
it occurs. Precision and recall are meant over pages before F1 is made of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W\u3400-\u9fff\uf900-\ufaff]+")
SHINGLE = 4


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Of a text shorter than a shingle, the whole of it is one."""
    tokens = _TOKEN.findall(text)
    if len(tokens) < SHINGLE:
        return Counter([tuple(tokens)] if tokens else [])
    return Counter(tuple(tokens[at : at + SHINGLE]) for at in range(len(tokens) - SHINGLE + 1))


def precision_recall(wanted: str, found: str) -> tuple[float, float]:
    gold, given = shingles(wanted), shingles(found)
    common = (gold & given).total()
    precision = common / given.total() if given else float(not gold)
    recall = common / gold.total() if gold else 1.0
    return precision, recall


def f1(pairs: Sequence[tuple[float, float]]) -> float:
    """F1 of mean precision and mean recall; 0 where there are no pages."""
    if not pairs:
        return 0.0
    precision = sum(pair[0] for pair in pairs) / len(pairs)
    recall = sum(pair[1] for pair in pairs) / len(pairs)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
