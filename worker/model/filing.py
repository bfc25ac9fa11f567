"""Texts on their way into the index by which later ones are recognised, when not at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from worker.model.feed import ParsedEntry
from worker.model.nearness import Filed


@dataclass(frozen=True, slots=True)
class Unfiled:
    """An entry whose text waits to be filed, as its source last had it; ``document`` is None where that cannot be read
    any more. ``url`` is its source's. ``is_copy``: it joined by the letter, and
    is filed where nothing else of its article has its keys; ``counts``: its source still has it, and it
    carries its article's text; ``own``: its link is its publisher's, and one of its article's keys."""

    entry: int
    article: int
    revision: int
    first_seen: datetime
    url: str
    document: ParsedEntry | None
    is_copy: bool = False
    counts: bool = True
    own: bool = False


@dataclass(frozen=True, slots=True)
class Refiled:
    """What becomes of one that waited: ``exact`` is the key of its text (None: it has none that counts), ``filed`` what
    later texts are recognised by (None: nothing), ``learnt`` whether its host's furniture is learnt from it."""

    unfiled: Unfiled
    exact: bytes | None = None
    filed: Filed | None = None
    learnt: bool = False


@dataclass(frozen=True, slots=True)
class IndexState:
    """How much waits to be filed, since when the oldest of it is there; ``outdated``: a part is of another version of
    the algorithm."""

    waiting: int = 0
    oldest: datetime | None = None
    outdated: bool = False
