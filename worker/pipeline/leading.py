"""Which copy of an article leads: whose text and credit its destinations are shown. Pure.

A copy may lead when its source speaks for the publisher it credits. Of several publishers that are credited so, the one
of the article's home copy counts, so that neither a stranger who signs another's text nor whoever copied first is shown
as its origin. Among the copies that credit the same publisher length decides, then who came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from worker.identity.digest import normal_form
from worker.identity.names import fold_name
from worker.identity.near.engine import NEAR_CONTAINMENT, NEAR_JACCARD
from worker.identity.near.likeness import grams_of, likeness
from worker.identity.near.reading import LONGEST
from worker.identity.recognise import text_of
from worker.model.feed import ParsedEntry
from worker.model.ingest import Copy
from worker.model.nearness import Nearness, Script
from worker.parsers.clean import plain_text
from worker.pipeline.view import View
from worker.rights.provenance import speaks_for

WHOLE = 0.85
"""Of the longest copy's length: a copy at least so long is as full as that one."""


def choose_lead(copies: Sequence[Copy], lead: int, view: View) -> Copy:
    """The copy that should lead, whatever its text may be used for. Needs one that is not estranged.

    Without any whose source may speak for the publisher it credits it is the present lead, the copy of the entry
    ``lead``, or the earliest there is.
    """
    if len(copies) == 1:
        return copies[0]
    living = [copy for copy in copies if not copy.estranged]
    speaking = [copy for copy in living if speaks(copy, view)]
    if not speaking:
        return next((copy for copy in living if copy.entry == lead), living[0])
    publisher = credited(_home(speaking, view))
    rivals = [copy for copy in speaking if credited(copy) == publisher]
    present = next((copy for copy in rivals if copy.entry == lead), None)
    return _best([copy for copy in rivals if copy is present or _may_follow(copy, present)] or rivals)


def _may_follow(copy: Copy, present: Copy | None) -> bool:
    """Whether ``copy`` could take the place of the present lead. One whose page is not found any more would be held;
    one that was read before the lead was edited has what was taken out of it."""
    if copy.missing or present is None or present.revision == 1:
        return not copy.missing
    return copy.read_at >= present.read_at


def speaks(copy: Copy, view: View) -> bool:
    """Whether the source of ``copy`` may speak for the publisher it credits."""
    declared = view.sources.get(copy.source)
    return declared is not None and speaks_for(declared, copy.credit, view.grants_of.get(declared.publisher, ()))


def _home(speaking: Sequence[Copy], view: View) -> Copy:
    """The copy that tells whose text it is: the earliest of a publisher we have an agreement with, unless another came
    before it, says that it was published before, and had and has that text."""
    first = speaking[0]
    granted = (copy for copy in speaking if _is_granted(copy, view))
    return next((copy for copy in granted if _published(copy) <= _published(first) or _differs(copy, first)), first)


def _differs(copy: Copy, first: Copy) -> bool:
    """Whether ``copy`` is nothing that ``first`` could have had before it: it has new figures, or ``first`` was edited
    and has become another text."""
    if copy.joined_by == Nearness.REVISION:
        return True
    if first.revision == 1:
        return False
    one, other = (grams_of(Script.HAN, normal_form(text_of(each.document)[:LONGEST])) for each in (copy, first))
    like = likeness(one, other)
    return like.jaccard < NEAR_JACCARD and like.containment < NEAR_CONTAINMENT


def is_reprint_of_old(lead: Copy, copies: Sequence[Copy], view: View, now: datetime) -> bool:
    """Whether ``copies`` of others, which just joined ``lead``, make no news of it: it is too old for a first contact
    of its source, or waits for a person who lets its flood go. Whom we have no agreement with keeps back nothing of
    one whom we have one with."""
    declared = view.sources.get(lead.source)
    if declared is None or any(_publisher(copy, view) == declared.publisher for copy in copies):
        return False
    if not _is_granted(lead, view) and any(_is_granted(copy, view) for copy in copies):
        return False
    return lead.held_back or _published(lead) < now - timedelta(seconds=declared.first_contact.max_age)


def _publisher(copy: Copy, view: View) -> str | None:
    declared = view.sources.get(copy.source)
    return declared.publisher if declared is not None else None


def _published(copy: Copy) -> datetime:
    """When its source says that it was published; not after we saw it."""
    return min(copy.document.published or copy.first_seen, copy.first_seen)


def _is_granted(copy: Copy, view: View) -> bool:
    source = view.sources[copy.source]
    grants = view.grants_of.get(source.publisher, ())
    return any(not grant.sources or source.key in grant.sources for grant in grants)


def credited(copy: Copy) -> str:
    """The publisher credited: its key, or the name of one that the catalogue does not know."""
    return copy.credit.publisher or f"= {fold_name(copy.credit.origin)}"


def _best(rivals: Sequence[Copy]) -> Copy:
    """Of copies that credit one publisher, earliest first: the newest with new figures, unless another was published
    or edited after it; else the earliest of the fullest."""
    revised = [copy for copy in rivals if copy.joined_by == Nearness.REVISION]
    others = [copy for copy in rivals if copy.joined_by != Nearness.REVISION]
    if not revised:
        return _fullest(others)
    newest = max(revised, key=lambda copy: (_published(copy), copy.first_seen, copy.entry))
    if not others:
        return newest
    fullest = _fullest(others)
    edited = fullest.revision > 1 and fullest.read_at > newest.read_at
    return fullest if edited or _published(fullest) > _published(newest) else newest


def _fullest(rivals: Sequence[Copy]) -> Copy:
    if len(rivals) == 1:
        return rivals[0]
    lengths = [_length(copy.document) for copy in rivals]
    least = WHOLE * max(lengths)
    return next(copy for copy, length in zip(rivals, lengths, strict=True) if length >= least)


def _length(document: ParsedEntry) -> int:
    """Letters, ideographs and digits of its text."""
    markup = text_of(document)
    return sum(map(str.isalnum, plain_text(markup, len(markup))))
