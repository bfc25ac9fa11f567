"""Whom or what a text is about, exchanged throughout for another: one leader's visit told in the words of the last.

A reprint may put other words for some, but then for many, and it keeps the figures; who writes one report after another
out of one pattern exchanges one name wherever it stands, and all of its places are told by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

from worker.identity.near.likeness import Slot
from worker.model.nearness import Reading, Script

_OFTEN: Final = 3  # places of one name
_OFTEN_IN_TITLE: Final = 2  # of one that stands in the title as well
_LEAST = {Script.HAN: 2, Script.WORDS: 4, Script.OTHER: 6}  # characters of a name
_MOST_OF = 0.5  # of the places where other words stand
_FEW = 2  # who puts his own words for another's does it to many
_ALIKE = 0.5  # two words more alike than this are one, written otherwise
_POINTING = "本我该今昨明当此贵咱这那"  # 本报 becomes 人民日报, 我市 its name: it is told by somebody else, of the same
_TELLER = re.compile("记者|小编|笔者|编者|作者|[报网社台]$")
_WORD = 2  # ideographs
_PLACE_OF = tuple("省市县区州旗镇乡村")
_LIKE_LENGTH = 0.75  # of one pattern; who prints a part is no series


def exchanged(old: Reading, new: Reading, old_body: str, new_body: str, spans: Sequence[Slot]) -> list[Slot]:
    """Of the places where another word stands (``spans``) those of names that are exchanged throughout, each name once;
    none where most places are of other words."""
    apart = " " if new.script is Script.WORDS else ""
    bodies, titles = (
        [f"{apart}{each}{apart}" for each in pair] for pair in ((old_body, new_body), (old.title, new.title))
    )
    named, titled = dict[tuple[str, str], Slot](), dict[tuple[str, str], Slot]()
    for span in spans:
        pair = span.old, span.new
        if pair in named or pair in titled or not _may_be_names(new.script, span):
            continue
        one, other = (f"{apart}{words}{apart}" for words in pair)
        if one in bodies[1] or other in bodies[0]:
            continue
        often = min(bodies[0].count(one), bodies[1].count(other))
        if often >= _OFTEN_IN_TITLE and one in titles[0] and other in titles[1]:
            titled[pair] = span
        elif often >= _OFTEN and _is_surely_name(new.script, span):
            named[pair] = span
    if titled and _are_most(titled, spans):
        return [*titled.values(), *named.values()]
    lengths = sorted((len(old_body), len(new_body)))
    is_pattern = len(named) <= _FEW and lengths[0] >= _LIKE_LENGTH * lengths[1]
    return list(named.values()) if is_pattern and _are_most(named, spans) else []


def _are_most(names: Iterable[tuple[str, str]], spans: Sequence[Slot]) -> bool:
    told = sum(any(one in span.old and other in span.new for one, other in names) for span in spans)
    return told >= _MOST_OF * len(spans)


def _is_surely_name(script: Script, span: Slot) -> bool:
    """Words of two ideographs have others that mean the same; longer ones, and places, seldom have."""
    return script is not Script.HAN or min(len(span.old), len(span.new)) > _WORD or span.after[:1] in _PLACE_OF


def _may_be_names(script: Script, span: Slot) -> bool:
    if min(len(span.old), len(span.new)) < _LEAST[script]:
        return False
    if span.old[0] in _POINTING or span.new[0] in _POINTING:
        return False
    if _TELLER.search(span.old) or _TELLER.search(span.new):
        return False
    return SequenceMatcher(None, span.old, span.new, autojunk=False).ratio() < _ALIKE
