"""Much of a known source new at once: it moved, its feed has new ids, or it serves its archive. Pure.

What the source had before under other names stays that. Nothing else goes on by itself unless it is dated after the
source last brought something, and then no more than of a first contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from worker.identity.moves import recognise_moved, seen_of
from worker.model.feed import Found, ParsedEntry, Role
from worker.model.flood import Flood, Seen, Standing
from worker.model.ingest import ReadSnapshot
from worker.model.words import counted

LEAST: Final = 5  # newcomers under which nothing is a flood
MANY: Final = 20  # old ones beyond which it is one, however long the document
LATE: Final = timedelta(hours=3)  # many a date is that of the writing, or of a cache
DAY: Final = timedelta(days=1)
_LONGEST = 500


def is_suspect(read: ReadSnapshot) -> bool:
    """Whether a document has to be looked at. A normal poll, which brings little that is new, is not."""
    claim = read.claim
    new = len(read.entries) + len(addresses(read))
    if claim.role is Role.ARTICLE:
        return claim.flood_line is not None and new > 0
    if claim.first_contact or claim.role not in (Role.FEED, Role.LISTING):
        return False
    return claim.flood_line is not None or (new >= LEAST and (2 * new > size(read) or new > MANY))


def judge(
    newcomers: Sequence[Seen],
    standing: Sequence[Standing],
    *,
    of: int,
    line: datetime,
    few: int,
    room: int,
    fragments: bool = False,
    begun: bool = False,
) -> Flood | None:
    """What is to become of ``newcomers`` to a document of ``of`` entries, the source's own being ``standing``; None
    when that is no flood.

    Of what is really new, dated after ``line``, the newest ``room`` go on. As many undated ones as a first contact lets
    through (``few``) are news; more are taken for an archive. ``begun``: it was found to be a flood before.
    """
    moved, reset = recognise_moved(newcomers, standing, fragments=fragments)
    rest = [place for place in range(len(newcomers)) if place not in moved]
    told = len(moved) + sum(_is_old(newcomers[place], line) for place in rest)
    undated = sum(newcomers[place].date is None for place in rest)
    sure = _is_flood(len(newcomers), told, of)
    if not (begun or sure or (undated > few and _is_flood(len(newcomers), told + undated, of))):
        return None
    fresh = [] if reset else [(date, place) for place in rest if (date := newcomers[place].date) and date > line]
    going = {place for _, place in sorted(fresh, reverse=True)[:room]}
    return Flood(
        line=max((one.date for one in newcomers if one.date), default=line) if reset else line,
        of=of,
        newcomers=len(newcomers),
        moved={place: standing[at].entry for place, at in moved.items()},
        held=frozenset(rest) - going,
        sure=sure,
    )


def _is_flood(newcomers: int, told: int, of: int) -> bool:
    return newcomers >= LEAST and (told > MANY or (2 * newcomers > of and 2 * told > newcomers))


def _is_old(one: Seen, line: datetime) -> bool:
    return one.date is not None and one.date + (DAY if one.by_day else LATE) <= line


def addresses(read: ReadSnapshot) -> list[Found]:
    """The articles' pages that a feed or a listing leads to."""
    if read.claim.role not in (Role.FEED, Role.LISTING):
        return []
    return [one for one in read.feed.found if one.role is Role.ARTICLE]


def size(read: ReadSnapshot) -> int:
    """How much a document holds, seen before or not."""
    return max(len(read.feed.digests), len(read.entries), 1)


def seen_at(found: Found, line: datetime, zone: str) -> Seen:
    """What led to an address tells of it. That its page was changed of late is no word for its being new."""
    hint = found.entry or ParsedEntry()
    seen = seen_of(replace(hint, link=found.url), zone=zone)
    changed = hint.published is None and hint.updated is not None and hint.updated > line
    return replace(seen, date=None) if changed else seen


def words_of(flood: Flood, key: str, *, pages: bool, deletions: int = 0) -> str:
    """What happened to the source ``key``, in numbers, and what to do about it. ``pages``: it is addresses that are
    new; ``deletions`` are those that came with it."""
    known, held, passed = len(flood.moved), len(flood.held), flood.passed
    new = f"{flood.newcomers} of {flood.of} {'addresses' if pages else 'entries'} were new at once: "
    if pages:
        parts = (known, "known by title or link"), (held, "old or without a date"), (passed, "really new")
        rest = ". Their pages are read; what is old and not known is held back"
    else:
        stay = "known by link, title or text stay what they are"
        parts = (known, stay), (held, "held back"), (passed, "really new went on")
        rest = ""
    told = ", ".join(f"{count} {what}" for count, what in parts if count)
    gone = f". {counted(deletions, 'deletion')} beside them not applied" if deletions else ""
    return f"{new}{told}{rest}{gone}. {next_words(key, held=bool(held))}"[:_LONGEST]


def next_words(key: str, *, held: bool) -> str:
    """What a person can do."""
    if not held:
        return f"Nothing is to be done; to clear this: newsroad source resume {key}"
    return f"To let them go: newsroad source backfill {key}; to leave it: newsroad source resume {key}"
