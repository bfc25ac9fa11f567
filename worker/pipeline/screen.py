"""A document that may be a flood, looked at before any of its entries is written: what its source had under other
names gets the new ones, and what is to wait for a person is marked. What the document leads to is looked at again when
its page is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from worker.identity.digest import reads_the_same
from worker.identity.keys import KeyMode, alias_keys
from worker.identity.moves import seen_of
from worker.identity.urls import link_digest
from worker.model.feed import Found, ParsedEntry, Role
from worker.model.flood import Flood, Seen, Standing
from worker.model.ingest import Known, Prepared, ReadSnapshot
from worker.pipeline.flood import addresses, judge, next_words, seen_at, size, words_of
from worker.ports import Moves, Work

FEWEST, MOST = 200, 1_000  # entries of the source, its newest, that newcomers are compared with


@dataclass(frozen=True, slots=True)
class _Unknown:
    """What a document holds that its source is not known by: entries, then addresses."""

    entries: tuple[Prepared, ...]
    found: tuple[Found, ...]
    seen: tuple[Seen, ...]


def screen(work: Work, read: ReadSnapshot) -> ReadSnapshot:
    """``read`` as it is to be taken in."""
    claim, moves = read.claim, work.moves()
    line = claim.flood_line or moves.last_read(claim.source_id)
    if line is None:
        return read
    known = work.known(read.entries)
    unknown = _unknown(moves, read, known, line)
    if not unknown.seen:
        return read
    page = claim.role is Role.ARTICLE
    limit = MOST if page else min(MOST, max(FEWEST, 10 * len(unknown.seen)))
    here = {entry.id for entry in known.entries.values()}
    standing = [one for one in moves.standing(claim.source_id, limit) if one.entry not in here]
    few = read.source.first_contact.entries
    flood = judge(
        unknown.seen,
        standing,
        of=size(read),
        line=line,
        few=few,
        room=max(0, few - _passed(read, unknown, line)),
        fragments=read.guid_mode != KeyMode.GUID.value,
        begun=claim.flood_line is not None,
    )
    if flood is None:
        return read
    _rename(moves, unknown.entries, flood, standing)
    if page:
        _settle_page(moves, read, flood)
    else:
        moves.begin(claim.resource, flood.line)
        if flood.sure or unknown.entries:
            words = words_of(flood, claim.source, pages=not unknown.entries, deletions=len(read.feed.tombstones))
            work.raise_attention(claim.source_id, words)
    held = {id(item) for place, item in enumerate(unknown.entries) if place in flood.held}
    entries = [replace(item, routed=False, held=True) if id(item) in held else item for item in read.entries]
    return replace(read, entries=tuple(entries), flood=flood, marks=_marks(unknown, flood))


def _unknown(moves: Moves, read: ReadSnapshot, known: Known, line: datetime) -> _Unknown:
    source = read.claim.source_id
    entries = [item for item in read.entries if not any((source, key) in known.entries for key in item.aliases)]
    texts = [known.articles.get(item.text or b"", known.articles.get(item.core or b"")) for item in entries]
    names = [(one, _names(one, read.guid_mode)) for one in addresses(read)]
    taken = moves.known(source, {key for _, keys in names for key in keys}) if names else set()
    found = [one for one, keys in names if not taken.intersection(keys)]
    zone = read.source.zone
    seen = [seen_of(item.entry, article, zone) for item, article in zip(entries, texts, strict=True)]
    return _Unknown(tuple(entries), tuple(found), (*seen, *(seen_at(one, line, zone) for one in found)))


def _names(found: Found, mode: str) -> tuple[bytes, ...]:
    keys = alias_keys(replace(found.entry or ParsedEntry(), link=found.url), mode=mode)
    return (link_digest(found.url), *(key.digest for key in keys))


def _passed(read: ReadSnapshot, unknown: _Unknown, line: datetime) -> int:
    """How many new entries went on when the document was taken in before, and its reader died."""
    if read.claim.flood_line is None:
        return 0
    new = {id(item) for item in unknown.entries}
    dates = [seen_of(item.entry).date for item in read.entries if id(item) not in new]
    return sum(date is not None and date > line for date in dates)


def _rename(moves: Moves, entries: Sequence[Prepared], flood: Flood, standing: Sequence[Standing]) -> None:
    """Give what is found under new names those names. Where nothing but addresses changed, that is all it gets."""
    moved = [(entries[place], to) for place, to in flood.moved.items() if place < len(entries)]
    if not moved:
        return
    moves.name([(item.origin.source_id, key, to) for item, to in moved for key in item.aliases], instead=True)
    documents = moves.documents([to for _, to in moved])
    homes = {one.entry: one.seen.article for one in standing}
    same = [(item, to) for item, to in moved if reads_the_same(documents[to], item.entry)]
    moves.adopt([(to, item.content, item.terms) for item, to in same])
    links = [(item.link, homes[to]) for item, to in same]
    moves.file([(link, home) for link, home in links if link is not None and home is not None])


def _settle_page(moves: Moves, read: ReadSnapshot, flood: Flood) -> None:
    """The page that a moved article stood on is asked for no more: that it is gone says nothing about the article."""
    documents = moves.documents(flood.moved.values()).values()
    old = {link_digest(url) for one in documents for url in (one.link, one.guid) if url}
    moves.end_pages(read.claim.source_id, old, but=read.claim.resource)
    if flood.held:
        words = f"old pages came under new addresses and are held back. {next_words(read.claim.source, held=True)}"
        moves.remark(read.claim.source_id, words)


def _marks(unknown: _Unknown, flood: Flood) -> Mapping[bytes, datetime]:
    """Up to which date pages are old, by the keys of their addresses. One too many is old whatever its page says."""
    first = len(unknown.entries)
    marked = [place for place in (*flood.moved, *flood.held) if place >= first]
    dates = {place: unknown.seen[place].date or flood.line for place in marked}
    return {link_digest(unknown.found[place - first].url): max(flood.line, date) for place, date in dates.items()}
