"""What one text is to another: the numbers weighed, as a value that says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from worker.identity.near.guards import Findings
from worker.identity.near.likeness import Likeness
from worker.model.nearness import Nearness, Script, Why

# Read off all three events of the labelled reprints, so that these texts cannot confirm them: bench/near.py.
SAME_FROM: Final = 0.40  # Jaccard
MOST_FROM: Final = 0.60  # of the longer text is held by the shorter
PART_FROM: Final = 0.80  # of the shorter text is held by the longer
SAME_TITLE_SAME_FROM: Final = 0.28  # where the titles say the same as well
SAME_TITLE_PART_FROM: Final = 0.65
RELATED_FROM: Final = 0.5  # of the shorter text
TEMPLATE_FROM: Final = 0.2  # Jaccard
WHOLE: Final = 0.60  # lengths nearer than this are one text, not a part
TITLE_ALIKE: Final = 0.6
TITLE_UNLIKE: Final = 0.12
TITLE_OF_ANOTHER: Final = 0.25  # titles of one event may share that much
OWN_FROM: Final = {Script.HAN: 60, Script.WORDS: 180, Script.OTHER: 180}  # characters
OWN_SHARE: Final = 0.1  # of the shorter text
LEAD_KEPT: Final = 0.3
PASSAGE: Final = 0.5  # of the longer text
REVISION_KEPT: Final = 0.5  # a revision leaves more than that share of the figures as they were, days and hours aside
REVISION_WITHIN: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Pair:
    """Everything a verdict on two texts looks at. ``lead`` is the share of the better kept of the two leads that the
    other has; ``published`` times are aware or None."""

    likeness: Likeness
    title: float
    shorter: int  # characters of the shorter text in normal form
    titles_equal: bool  # but for figures
    lead: float
    own: float  # share of the shorter text that sentences make of which the other has nothing, on the side with fewer
    held: float  # share of the shorter text that stands in runs of the longer and in its order
    same_address: bool
    same_language: bool
    old_published: datetime | None
    new_published: datetime | None


def overlap_of(pair: Pair) -> tuple[Nearness, Why]:
    """What the shares alone say, before any guard: same, extended, excerpt, related or new, and why."""
    like = pair.likeness
    alike = pair.title >= TITLE_ALIKE or pair.same_address
    same_from = SAME_TITLE_SAME_FROM if alike else SAME_FROM
    part_from = SAME_TITLE_PART_FROM if alike else PART_FROM
    of_longer = pair.held * min(like.longer, 1 / max(like.longer, 0.01))
    if like.jaccard < same_from and pair.held < part_from and of_longer < MOST_FROM:
        if pair.held >= RELATED_FROM:
            return Nearness.RELATED, Why("part_too_small", (f"{pair.held:.0%}",))
        return Nearness.NEW, Why("too_little")
    if not pair.same_language:
        return Nearness.RELATED, Why("language")
    if pair.title < TITLE_OF_ANOTHER and pair.own >= OWN_SHARE:
        return Nearness.RELATED, Why("own_sentences")
    if pair.title < TITLE_UNLIKE and pair.lead < LEAD_KEPT and of_longer < PASSAGE:
        return Nearness.RELATED, Why("outside_leads")
    return _kind_of_copy(pair, part_from)


def _kind_of_copy(pair: Pair, part_from: float) -> tuple[Nearness, Why]:
    like = pair.likeness
    shorter = f"{pair.held:.0%}"
    if pair.held >= part_from and like.longer > 1 / WHOLE:
        return Nearness.EXTENDED, Why("holds", (shorter, f"{like.longer:.1f}"))
    if pair.held >= part_from and like.longer < WHOLE:
        return Nearness.EXCERPT, Why("part", (shorter, f"{like.longer:.0%}"))
    return Nearness.SAME, Why("shared", (f"{like.jaccard:.0%}",))


def could_be_template(pair: Pair) -> bool:
    """Whether two texts that share too little to join are of like length and could be of one template."""
    like = pair.likeness
    return like.jaccard >= TEMPLATE_FROM and WHOLE <= like.longer <= 1 / WHOLE


def is_untouched(pair: Pair) -> bool:
    """Whether no run of the shorter text is missing in the longer, so that nothing was exchanged in it. At its edge an
    exchanged figure takes but one run away: 23日，…"""
    return pair.likeness.containment >= 1


def guarded(nearness: Nearness, why: Why, pair: Pair, found: Findings) -> tuple[Nearness, Why]:
    """The verdict after the guards: what would join may turn out an update or a look-alike, and so may what shares
    a good part and differs in its figures."""
    guard = found.edition(pair.likeness.jaccard)
    if not nearness.joins and not (found.is_template and pair.same_language):
        return nearness, why
    changed = ", ".join((*found.figures[:3], *(found.subjects or found.names)[:2]))
    if guard is None:
        updated = pair.same_address or (pair.titles_equal and _is_soon(pair))
        if found.figures and updated and not (found.dates or found.other_days):
            return Nearness.REVISION, Why(f"{_ground(pair)}_one_figure", (changed,))
        return nearness, why
    if pair.same_address and (nearness.joins or pair.title >= TITLE_ALIKE):
        return Nearness.REVISION, _why_revised("address", f"{found.kept:.0%}", changed)
    if (
        nearness.joins
        and guard == "slots"  # most figures are as they were
        and pair.titles_equal
        and min(found.kept, found.told_kept) > REVISION_KEPT
        and not (found.dates or found.other_days or found.names or found.subjects)
        and _is_soon(pair)
    ):
        return Nearness.REVISION, _why_revised("title", f"{found.kept:.0%}", changed)
    return Nearness.EDITION, _why_apart(guard, f"{found.kept:.0%}", changed)


def _why_revised(ground: str, kept: str, changed: str) -> Why:
    """Figures that moved about leave no places to show."""
    return Why(ground, (kept, changed)) if changed else Why(f"{ground}_figures", (kept,))


def _why_apart(guard: str, kept: str, changed: str) -> Why:
    if guard != "numbers":
        return Why(guard, (changed,))
    return Why(guard, (kept, changed)) if changed else Why("numbers_moved", (kept,))


def _ground(pair: Pair) -> str:
    return "address" if pair.same_address else "title"


def _is_soon(pair: Pair) -> bool:
    if pair.old_published is None or pair.new_published is None:
        return True
    return abs(pair.new_published - pair.old_published) <= REVISION_WITHIN
