"""What of a text is compared, and what two texts have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from worker.identity.language import other_language
from worker.identity.near.guards import titles_alike, without_figures
from worker.identity.near.keys import TITLE_FROM
from worker.identity.near.likeness import (
    Grams,
    Likeness,
    as_counted,
    grams_of,
    held_in_order,
    likeness,
    share_found,
    shares_nothing,
)
from worker.identity.near.verdict import OWN_FROM, RELATED_FROM, TITLE_OF_ANOTHER, Pair
from worker.model.nearness import Filed, Reading, Script

CERTAIN: Final = 0.9  # Jaccard; nothing nearer is looked for
_LEAD = {Script.HAN: 120, Script.WORDS: 240, Script.OTHER: 240}  # characters in normal form
_LOOSE_FROM = {Script.HAN: 6, Script.WORDS: 12, Script.OTHER: 12}  # characters of a line that tells anything
_LOOSE_SHARE = 0.1  # of the shorter text
_EFFORT: Final = 5_000_000  # characters looked through for lines in vain: thousands of them would take a second
_MOSTLY = 0.6  # of the text
_ORDERED_FROM = 0.35  # containment; of what shares less than that too little is held in any order


@dataclass(slots=True)
class Core:
    """What of a text is compared now: without the furniture known by now. Runs are made when somebody asks for them:
    most texts are like nothing else."""

    script: Script
    body: str
    dropped: frozenset[int]
    _counted: str | None = None
    _grams: Grams | None = None
    _lead: Grams | None = None

    @property
    def counted(self) -> str:
        if self._counted is None:
            self._counted = as_counted(self.script, self.body)
        return self._counted

    @property
    def grams(self) -> Grams:
        if self._grams is None:
            self._grams = grams_of(self.script, self.counted)
        return self._grams

    @property
    def lead(self) -> Grams:
        if self._lead is None:
            self._lead = grams_of(self.script, self.counted[: _LEAD[self.script]])
        return self._lead


def pair_of(old: Filed, new: Filed, before: Core, core: Core) -> Pair:
    """Everything a verdict on two texts looks at."""
    script = new.reading.script
    one, other = old.reading.title, new.reading.title
    title = titles_alike(script, one, other)
    like = likeness(before.grams, core.grams)
    shorter = min(len(before.body), len(core.body))
    own = 0
    if title < TITLE_OF_ANOTHER and like.containment >= RELATED_FROM:
        own = min(_own(old.reading, before, core.grams), _own(new.reading, core, before.grams))
    return Pair(
        likeness=like,
        title=title,
        shorter=shorter,
        titles_equal=len(one) >= TITLE_FROM and without_figures(one) == without_figures(other),
        lead=max(share_found(before.lead, core.grams), share_found(core.lead, before.grams)),
        own=own / max(1, shorter) if own >= OWN_FROM[script] else 0.0,
        held=held(like, before, core),
        same_address=old.address is not None and old.address == new.address,
        same_language=speak_alike(old, new),
        old_published=old.published,
        new_published=new.published,
    )


def set_alike(old: Reading, before: Core, new: Reading, core: Core) -> tuple[Core, Core]:
    """The two as they are held against each other: lines that stand loose in the one and within the sentences of the
    other are text in both. Mail breaks its lines anywhere, and a page may set as a paragraph what another sets as a
    list."""
    if old.loose == new.loose or old.script is not new.script:
        return before, core
    return _with_found(old, before, core), _with_found(new, core, before)


def _with_found(reading: Reading, core: Core, other: Core) -> Core:
    """``core`` with the loose lines that the other text holds, if they are a good part of it."""
    found = _found(reading, sorted(core.dropped & reading.loose), other.body)
    length = sum(len(reading.sentences[position]) for position in found)
    if not found or length < _LOOSE_SHARE * min(len(core.body), len(other.body)):
        return core
    dropped = core.dropped - found
    return Core(reading.script, reading.body(dropped), dropped)


def _found(reading: Reading, lines: Sequence[int], body: str) -> set[int]:
    """Those of these lines that ``body`` holds. Mostly it holds them in their order, so each is looked for behind the
    last one first."""
    found, at, effort = set[int](), 0, 0
    apart = " " if reading.script is Script.WORDS else ""
    body = f"{apart}{body}{apart}"
    for position in lines:
        line = reading.sentences[position]
        if len(line) < _LOOSE_FROM[reading.script] or effort > _EFFORT:
            continue
        where = body.find(f"{apart}{line}{apart}", at)
        if where < 0:
            where = body.find(f"{apart}{line}{apart}")
            effort += len(body)
        if where >= 0:
            found.add(position)
            at = where + len(line)
    return found


def held(like: Likeness, before: Core, core: Core) -> float:
    """The share of the shorter text that the longer holds in its order; where it is plain without looking, that of its
    runs."""
    if like.containment < _ORDERED_FROM or like.jaccard >= CERTAIN or before.script is not core.script:
        return like.containment
    shorter, longer = sorted((before.counted, core.counted), key=len)
    return held_in_order(core.script, shorter, longer)


def speak_alike(old: Filed, new: Filed) -> bool:
    """Whether nothing says that two texts are in two languages."""
    return old.reading.script is new.reading.script and not other_language(old.language, new.language)


def guarded_bodies(old: Reading, before: Core, new: Reading, core: Core) -> tuple[str, str]:
    """What the guards look at: where most of a text was left out as furniture, what tells two bulletins of one bureau
    apart may be among it."""
    if is_remnant(old, before) or is_remnant(new, core):
        return old.body(old.loose), new.body(new.loose)
    return before.body, core.body


def is_remnant(reading: Reading, core: Core) -> bool:
    """Whether most of a text was left out as furniture."""
    return core.dropped != reading.loose and len(core.body) < _MOSTLY * len(reading.body(reading.loose))


def _own(reading: Reading, core: Core, other: Grams) -> int:
    """Characters of the sentences of which the other text has no run at all."""
    own = 0
    for position, sentence in enumerate(reading.sentences):
        if position not in core.dropped:
            counted = as_counted(reading.script, sentence)
            own += len(sentence) if shares_nothing(reading.script, counted, other) else 0
    return own
