"""Texts as they are compared, what an index keeps of them, and what one is to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from worker.model.feed import ParsedEntry


class Script(StrEnum):
    """How a text is counted."""

    HAN = "han"  # by characters: 12 for keys, 6 to compare
    WORDS = "words"  # by words: 8 and 4
    OTHER = "other"  # by characters: 24 and 12


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, ready to be compared.

    ``sentences`` are in normal form (words parted by one space in script ``words``, nothing parted in the others),
    ``marks`` 8 bytes for each, stable; ``loose`` are the positions of sentences that stand in lists of headlines.
    ``cut``: the text went on, and was not read to its end.
    """

    script: Script
    title: str  # in normal form, without the site's name; may be empty
    sentences: tuple[str, ...]
    marks: tuple[int, ...]
    loose: frozenset[int]
    names: frozenset[str]  # words written with a capital within the sentences of the beginning; script ``words`` only
    cut: bool = False

    def body(self, without: frozenset[int] | set[int] = frozenset()) -> str:
        """The text in normal form without the sentences at those positions."""
        kept = self.sentences
        if without:
            kept = tuple(each for position, each in enumerate(kept) if position not in without)
        return (" " if self.script is Script.WORDS else "").join(kept)


@dataclass(frozen=True, slots=True)
class Keys:
    """What is stored: ``exact`` 16 bytes (empty: none); ``near`` up to 16 and ``named`` up to 2 numbers of 32 bits
    (unsigned) to be found by; ``sketch`` the ranks of the shingles behind ``near``, by which the text is weighed before
    it is loaded."""

    exact: bytes
    near: tuple[int, ...]
    named: tuple[int, ...]
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What an index is asked: ``keys`` to look up (up to 82), ``ranks`` of every shingle of the text to weigh by,
    ``length`` of the text in characters of the normal form."""

    keys: tuple[int, ...]
    ranks: frozenset[int]
    length: int


@dataclass(frozen=True, slots=True)
class Filed:
    """One text in the index. ``article`` is the id of its article: in memory that of its first text."""

    id: str
    article: str
    reading: Reading
    keys: Keys
    host: str
    address: str | None
    published: datetime | None
    length: int  # characters in normal form, without what was left out then
    language: str | None = None  # a BCP 47 tag that its letters bear out


class Nearness(StrEnum):
    SAME = "same"  # joins the article
    EXTENDED = "extended"  # joins: holds what we have, and more
    EXCERPT = "excerpt"  # joins: a part of what we have
    REVISION = "revision"  # joins as its update: same address or title, other figures
    EDITION = "edition"  # a look-alike that tells of another event: its own article
    RELATED = "related"  # shares much; shown beside, never merged
    NEW = "new"

    @property
    def joins(self) -> bool:
        return self in {Nearness.SAME, Nearness.EXTENDED, Nearness.EXCERPT, Nearness.REVISION}


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: a code of ``identity.near.reasons``, and what its words are filled with."""

    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """``of`` is the id of the text it was measured against and ``of_article`` that of its article, ``article`` the id
    of the article it belongs to."""

    nearness: Nearness
    article: str
    of: str | None = None
    jaccard: float = 0.0
    containment: float = 0.0
    evidence: Mapping[str, object] = field(default_factory=dict)
    of_article: str | None = None

    @property
    def also(self) -> tuple[str, ...]:
        """Ids of other articles with a text near it, as ``evidence`` names them."""
        named = self.evidence.get("also")
        return tuple(map(str, named)) if isinstance(named, list) else ()


@dataclass(frozen=True, slots=True)
class EntryText:
    """An entry as its source last had it, with the host it stands on and the language its source declares."""

    document: ParsedEntry
    host: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class NearRow:
    """What an entry was found to be on first sight, against another. ``article`` and ``other_article`` are public ids,
    the same for one that joined."""

    entry: int
    source: str
    title: str | None
    article: UUID
    nearness: Nearness
    other: int
    other_source: str
    other_title: str | None
    other_article: UUID
    jaccard: float
    containment: float
    evidence: Mapping[str, object]
    at: datetime
