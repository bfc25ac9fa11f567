"""How much two texts have in common: shares of short runs, and the spans where one puts something else."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final
from zlib import crc32

from worker.model.nearness import Script

_GRAM: Final = {Script.HAN: 6, Script.WORDS: 4, Script.OTHER: 12}
_ANCHOR = {Script.HAN: 4, Script.WORDS: 2, Script.OTHER: 8}
_LONGEST_SLOT = {Script.HAN: 14, Script.WORDS: 8, Script.OTHER: 30}

_SOUGHT = 200  # places that are looked for beyond the first, so that a text of one phrase costs no more than others

_LATIN_RUN = re.compile(r"[a-z]{2,}")
_PRIVATE, _PRIVATE_MANY = 0xE000, 6400  # characters that no text in normal form has

_NUMERAL_OR_LETTER = re.compile(r"\d+|\D")

Grams = frozenset[str] | set[str]
Units = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Shares from 0 to 1. ``containment`` is of the shorter text; ``longer`` how many times longer the new one is."""

    jaccard: float
    containment: float
    longer: float


@dataclass(frozen=True, slots=True)
class Slot:
    """A short span of the one text in whose place the other has something else, both between equal neighbours."""

    at: int  # place in the old text
    old: str
    new: str
    before: str  # equal in both, up to a few units
    after: str


def as_counted(script: Script, core: str) -> str:
    """The text with each run of Latin letters in Chinese as one character: a foreign word is one word of many, and a
    statement printed in its own language does not outweigh what two reports say of it."""
    return _LATIN_RUN.sub(_as_one, core) if script is Script.HAN else core


def _as_one(run: re.Match[str]) -> str:
    return chr(_PRIVATE + crc32(run[0].encode()) % _PRIVATE_MANY)


def grams_of(script: Script, core: str) -> set[str]:
    """The runs by which texts are compared: 6 ideographs, 4 words, 12 other letters."""
    return set(_each_run(script, core))


def shares_nothing(script: Script, part: str, other: Grams) -> bool:
    """Whether ``part`` is long enough for a run, and ``other`` has none of its runs. The first in common settles it."""
    runs = _each_run(script, part)
    first = next(runs, None)
    return first is not None and first not in other and other.isdisjoint(runs)


def _each_run(script: Script, core: str) -> Iterator[str]:
    length = _GRAM[script]
    if script is Script.WORDS:
        words = core.split()
        return (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
    return (core[at : at + length] for at in range(len(core) - length + 1))


def likeness(old: Grams, new: Grams) -> Likeness:
    """Compare the runs of two texts."""
    if not old or not new:
        return Likeness(0.0, 0.0, 0.0)
    both = len(old & new)
    return Likeness(both / (len(old) + len(new) - both), both / min(len(old), len(new)), len(new) / len(old))


def share_found(part: Grams, whole: Grams) -> float:
    """The share of the runs of ``part`` that ``whole`` has as well."""
    return len(part & whole) / len(part) if part else 0.0


def held_in_order(script: Script, part: str, whole: str) -> float:
    """The share of ``part`` that stands in runs which ``whole`` has as well, and in the same order there.

    One exchanged character costs itself and not the six runs it stands in; and who puts a text together from another's
    sentences keeps them, but seldom their order.
    """
    length = _GRAM[script]
    if script is Script.WORDS:
        letters: dict[str, str] = {}
        part, whole = (
            "".join([letters.setdefault(word, chr(0xE000 + len(letters) % 0x60000)) for word in text.split()])
            for text in (part, whole)
        )
    return _heaviest(_runs(part, whole, length)) / len(part) if part else 0.0


def _runs(part: str, whole: str, length: int) -> list[tuple[int, int]]:
    """Runs of ``part``, in its order, as their place in ``whole`` and their length."""
    places = {whole[at : at + length]: at for at in range(len(whole) - length, -1, -1)}
    runs = []
    at = end = 0
    sought = _SOUGHT
    while at <= len(part) - length:
        run = part[at : at + length]
        place = places.get(run, -1)
        if place < 0:
            at += 1
            continue
        if place < end and sought:  # said more than once: here it may stand for a later time
            sought -= 1
            later = whole.find(run, end)
            place = later if later >= 0 else place
        more = _common(part, at, whole, place)
        runs.append((place, more))
        at += more
        end = place + more
    return runs


def _heaviest(runs: list[tuple[int, int]]) -> int:
    """The length of the longest selection of runs of which each stands behind the one before."""
    ends: list[int] = []  # where a selection ends, the longer the later
    weights: list[int] = []
    for place, length in runs:
        before = bisect_left(ends, place + 1)
        weight = length + (weights[before - 1] if before else 0)
        at = bisect_left(ends, place + length)
        while at < len(ends) and weights[at] <= weight:
            del ends[at], weights[at]
        if at == 0 or weights[at - 1] < weight:
            ends.insert(at, place + length)
            weights.insert(at, weight)
    return weights[-1] if weights else 0


def units_of(script: Script, core: str) -> Units:
    return tuple(core.split()) if script is Script.WORDS else core


def slots(script: Script, old: Units, new: Units) -> list[Slot]:
    """Where the new text puts something else for a few characters or words, in the order of the old one."""
    blocks = _blocks(old, new, _ANCHOR[script])
    longest = _LONGEST_SLOT[script]
    found = []
    for (at, there, length), (next_at, next_there, _) in pairwise(blocks):
        begin, start = at + length, there + length
        if 0 < next_at - begin <= longest and 0 < next_there - start <= longest:
            found.append(_slot(script, old, new, (begin, next_at), (start, next_there)))
    return found


def head_slots(script: Script, old: Units, new: Units) -> tuple[list[Slot], float]:
    """The same for two short beginnings, to the letter: there even one character between two spans parts them.

    With it the share of the shorter beginning that the other has in the same order.
    """
    one, other = (units if script is Script.WORDS else _NUMERAL_OR_LETTER.findall(str(units)) for units in (old, new))
    glue = " " if script is Script.WORDS else ""
    longest = _LONGEST_SLOT[script]
    found = []
    equal = 0
    for kind, at, end, start, stop in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        equal += end - at if kind == "equal" else 0
        if kind == "replace" and end - at <= longest and stop - start <= longest:
            spans = (one[at:end], other[start:stop], one[max(0, at - 4) : at], one[end : end + 4])
            found.append(Slot(len(glue.join(one[:at])), *(glue.join(span) for span in spans)))
    return found, equal / max(1, min(len(one), len(other)))


def _slot(script: Script, old: Units, new: Units, span: tuple[int, int], other: tuple[int, int]) -> Slot:
    """The span of both texts, widened to whole numerals: of 12 and 15 not only 2 and 5 differ."""
    (at, end), (start, stop) = span, other
    if script is not Script.WORDS and any(map(str.isdigit, f"{old[at:end]}{new[start:stop]}")):
        while at and start and old[at - 1].isdigit() and old[at - 1] == new[start - 1]:
            at, start = at - 1, start - 1
        while end < len(old) and stop < len(new) and old[end].isdigit() and old[end] == new[stop]:
            end, stop = end + 1, stop + 1
    parts = (old[at:end], new[start:stop], old[max(0, at - 4) : at], old[end : end + 4])
    return Slot(at, *(_words(script, part) for part in parts))


def _blocks(old: Units, new: Units, anchor: int) -> list[tuple[int, int, int]]:
    """Equal runs ``(place in old, place in new, length)`` found by anchors that occur once in the new text."""
    places: dict[Units, int] = {}
    for place in range(len(new) - anchor + 1):
        run = new[place : place + anchor]
        places[run] = -1 if run in places else place
    blocks: list[tuple[int, int, int]] = []
    at, end = 0, 0  # end: in the new text, of the block before
    while at <= len(old) - anchor:
        place = places.get(old[at : at + anchor], -1)
        if place < 0 and new[end + 1 : end + 1 + anchor] == old[at : at + anchor]:
            place = end + 1
        if place < 0:
            at += 1
            continue
        length = _common(old, at, new, place)
        blocks.append((at, place, length))
        at += length
        end = place + length
    return _in_one_order(blocks)


def _in_one_order(blocks: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Of equal runs, in the order of the old text, those of the heaviest selection that is in the order of the new one
    too. A phrase that a law or a list says again and again is else taken for the same place, and what stands beside it
    for exchanged."""
    if all(place + length <= later for (_, place, length), (_, later, _) in pairwise(blocks)):
        return blocks  # as mostly
    ends: list[int] = []  # as in ``_heaviest``; with each selection the number of its last run
    weights: list[int] = []
    lasts: list[int] = []
    behind: list[int] = []  # for each run the number of the one before it
    for number, (_, place, length) in enumerate(blocks):
        before = bisect_left(ends, place + 1)
        weight = length + (weights[before - 1] if before else 0)
        behind.append(lasts[before - 1] if before else -1)
        at = bisect_left(ends, place + length)
        while at < len(ends) and weights[at] <= weight:
            del ends[at], weights[at], lasts[at]
        if at == 0 or weights[at - 1] < weight:
            ends.insert(at, place + length)
            weights.insert(at, weight)
            lasts.insert(at, number)
    kept = []
    number = lasts[-1] if lasts else -1
    while number >= 0:
        kept.append(blocks[number])
        number = behind[number]
    return kept[::-1]


def _common(old: Units, at: int, new: Units, place: int) -> int:
    """The length of the equal run that begins at both places."""
    most = min(len(old) - at, len(new) - place)
    length = 0
    step = 16
    while length < most:
        step = min(step, most - length)
        if old[at + length : at + length + step] == new[place + length : place + length + step]:
            length += step
            step *= 2
        elif step == 1:
            break
        else:
            step = max(1, step // 4)
    return length


def _words(script: Script, units: Units) -> str:
    return " ".join(units) if script is Script.WORDS else str(units)
