"""Two texts side by side: what they share, where they differ, and what one is to the other. Pure.

The terminal and whatever else shows two copies draw this value; it says nothing about how.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from worker.identity.digest import normal_form
from worker.identity.language import language_of
from worker.identity.near.engine import Ready, Recogniser
from worker.identity.near.index import MemoryIndex
from worker.identity.recognise import ready_of, text_of
from worker.model.feed import ParsedEntry
from worker.model.nearness import EntryText, Verdict
from worker.parsers.clean import plain_text
from worker.pipeline.compare import split
from worker.ports import Learnt

MOST = 1_000  # sentences of one side; the rest is told by its number
_ALIKE = 0.5  # share of two sentences' characters that makes them one with other words
_PAIRED = 40  # sentences in a stretch that differs which are tried against each other
_LONGEST = 300  # characters of a sentence that is looked into
_EFFORT = 10_000_000  # pairs of characters that are tried against each other in all: some texts are made to take hours

# A figure or a word of letters differs as a whole: of 6.8 and 5.6 not only the 8. All else is a sign by itself.
_WHOLE = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z\u00c0-\u024f]+(?:['’-][A-Za-z\u00c0-\u024f]+)*|.", re.DOTALL)


class Line(StrEnum):
    SAME = "same"  # but for script, width, punctuation
    CHANGED = "changed"
    LEFT = "left"  # only there
    RIGHT = "right"
    FURNITURE = "furniture"  # the site's own, left out of the comparison


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; ``differs``: the other side has something else there, or nothing."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    line: Line
    left: tuple[Part, ...] = ()
    right: tuple[Part, ...] = ()


@dataclass(slots=True)
class _Effort:
    """What looking into sentences may still cost."""

    left: int = _EFFORT

    def takes(self, one: str, other: str) -> bool:
        self.left -= len(one) * len(other)
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class Beside:
    """``verdict`` is on the right text as it would be today, after the left one; its ids are ``left`` and ``right``.
    ``more`` is how many sentences are not in ``rows``."""

    rows: tuple[Row, ...]
    verdict: Verdict
    more: int = 0


def beside(left: EntryText, right: EntryText, furniture: Learnt) -> Beside:
    """The two texts, the earlier one to the left; ``furniture`` is what was learnt of their hosts."""
    recogniser = Recogniser(MemoryIndex(), furniture)
    old, new = _ready(recogniser, "left", left), _ready(recogniser, "right", right)
    verdict = recogniser.compare(recogniser.file(old, "left"), new)
    olds, news = _sentences(left.document), _sentences(right.document)
    rows = tuple(_rows(olds[:MOST], news[:MOST], _furniture(old) | _furniture(new)))
    return Beside(rows, verdict, max(0, len(olds) - MOST) + max(0, len(news) - MOST))


def _ready(recogniser: Recogniser, name: str, text: EntryText) -> Ready:
    document = text.document
    language = language_of(document.language or text.language, text_of(document))
    return ready_of(recogniser, name, document, text.host, language)


def _sentences(document: ParsedEntry) -> list[str]:
    markup = text_of(document)
    return split(plain_text(markup, len(markup)))


def _furniture(ready: Ready) -> set[str]:
    """The normal forms of the sentences that are not compared."""
    return {ready.filed.reading.sentences[at].replace(" ", "") for at in ready.core.dropped}


def _rows(olds: Sequence[str], news: Sequence[str], furniture: set[str]) -> Iterator[Row]:
    old, new = [normal_form(each) for each in olds], [normal_form(each) for each in news]
    effort = _Effort()
    # What recurs all over a long text tells no place, and would be tried everywhere.
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=True).get_opcodes():
        if tag != "equal":
            yield from _differing(olds[i1:i2], news[j1:j2], furniture, effort)
            continue
        for one, other, normal in zip(olds[i1:i2], news[j1:j2], old[i1:i2], strict=True):
            yield Row(Line.FURNITURE if normal in furniture else Line.SAME, (Part(one),), (Part(other),))


def _differing(olds: Sequence[str], news: Sequence[str], furniture: set[str], effort: _Effort) -> Iterator[Row]:
    """Sentences that are not equal, those beside each other that are the same in other words."""
    at = 0
    for old in olds:
        places = range(at, min(len(news), at + _PAIRED))
        found = next((place for place in places if _is_alike(old, news[place], effort)), None)
        if found is None:
            yield _alone(old, Line.LEFT, furniture)
            continue
        for between in news[at:found]:
            yield _alone(between, Line.RIGHT, furniture)
        yield Row(Line.CHANGED, *_parts(old, news[found]))
        at = found + 1
    for rest in news[at:]:
        yield _alone(rest, Line.RIGHT, furniture)


def _alone(text: str, line: Line, furniture: set[str]) -> Row:
    known = normal_form(text) in furniture
    part = (Part(text, differs=not known),)
    left, right = (part, ()) if line is Line.LEFT else ((), part)
    return Row(Line.FURNITURE if known else line, left, right)


def _is_alike(old: str, new: str, effort: _Effort) -> bool:
    if max(len(old), len(new)) > _LONGEST or effort.left <= 0:
        return False
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE or not effort.takes(old, new):
        return False
    return matcher.ratio() >= _ALIKE


def _parts(old: str, new: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    left, right = list[Part](), list[Part]()
    olds, news = _WHOLE.findall(old), _WHOLE.findall(new)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if i1 < i2:
            left.append(Part("".join(olds[i1:i2]), differs=tag != "equal"))
        if j1 < j2:
            right.append(Part("".join(news[j1:j2]), differs=tag != "equal"))
    return tuple(left), tuple(right)
