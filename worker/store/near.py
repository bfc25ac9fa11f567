"""Texts seen before, as recognising asks for them, and what is kept of new ones.

``near_key`` holds at most ``MOST_PER_KEY`` texts under one key, the newest of whoever has most of them there: one under
which more would come is a template's. Everything runs under the ingest lock, so that two copies that arrive together
find each other.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.identity.language import language_of
from worker.identity.near import NEAR_VERSION
from worker.identity.near.engine import learn
from worker.identity.near.furniture import Furniture, Site
from worker.identity.near.index import MOST_PER_KEY, looked_at, most_promising, pillars_among, too_many
from worker.identity.near.keys import named_keys, packed, unpacked
from worker.identity.recognise import reading_of, text_of
from worker.identity.urls import link_key
from worker.model.feed import ParsedEntry
from worker.model.filing import Refiled
from worker.model.ingest import Fate, Stored
from worker.model.nearness import Filed, Keys, Nearness, Question, Verdict
from worker.store.bulk import Insert, Lookup
from worker.store.engine import among
from worker.store.nearby import near_key, near_site, near_text, nearness
from worker.store.pack import unpack
from worker.store.schema import article, entry, revision, tombstone, tombstone_key

MERGED = "merge"
"""``joined_by`` of an entry that began an article which a person made a part of another."""

_SIGN = 1 << 31  # keys are unsigned here and signed there
_ROW = (near_text.c.entry_id, near_text.c.article_id, near_text.c.host, near_text.c.length)
_KEPT = (near_text.c.found_by, near_text.c.sketch)
# What was taken down for everybody is still recognised: its copies join it, and stay away with it.
_BURIED = sa.exists().where(
    tombstone.c.article_id == article.c.id,
    tombstone.c.lifted_at.is_(None),
    tombstone_key.c.tombstone_id == tombstone.c.id,
    tombstone_key.c.scope == 0,
)
_ANSWERS = (
    *(near_text.c.version == NEAR_VERSION, entry.c.removed_at.is_(None), sa.not_(entry.c.estranged)),
    sa.or_(article.c.state == "live", _BURIED),
)
# Asked in two steps: of thousands of keys few are held, but a planner that expects a row for each would rather read
# whole tables than look their texts up one by one.
_HELD = Lookup(
    sa.select(near_key.c.key, near_key.c.entry_id)
    .where(among(near_key.c.key, "keys"))
    .order_by(near_key.c.key, near_key.c.entry_id)
)
_TEXTS = Lookup(
    sa.select(*_ROW, *_KEPT)
    .join(entry, entry.c.id == near_text.c.entry_id)
    .join(article, article.c.id == near_text.c.article_id)
    .where(among(near_text.c.entry_id, "ids"), *_ANSWERS)
)
_AT_ONCE = 1_000  # texts asked for in one statement
_OF_ARTICLE = (
    sa.select(*_ROW, *_KEPT)
    .join(entry, entry.c.id == near_text.c.entry_id)
    .join(article, article.c.id == near_text.c.article_id)
    .where(near_text.c.article_id == sa.bindparam("article"), *_ANSWERS)
    .order_by(near_text.c.entry_id)
)
_LEAD = sa.select(article.c.lead_id).where(article.c.id == sa.bindparam("article"))
_IS_MERGED = sa.select(sa.exists().where(entry.c.article_id == sa.bindparam("article"), entry.c.joined_by == MERGED))
_NO_KEYS = Keys(b"", (), (), ())
_DOCUMENTS = (
    sa.select(entry.c.id, revision.c.document)
    .join(revision, sa.and_(revision.c.entry_id == entry.c.id, revision.c.number == entry.c.revision))
    .where(among(entry.c.id, "ids"))
)
_ADD_TEXTS = Insert(
    near_text, "entry_id", "article_id", "version", "host", "length", "seen_at", "found_by", "sketch", or_ignore=True
)
_ADD_KEYS = Insert(near_key, "key", "entry_id", or_ignore=True)
_DROP_KEYS = sa.delete(near_key).where(
    near_key.c.key == sa.bindparam("b_key"), near_key.c.entry_id == sa.bindparam("b_entry")
)
_ADD_NEARNESS = sa.insert(nearness)
_SITES = Lookup(sa.select(near_site.c.host, near_site.c.learnt).where(among(near_site.c.host, "hosts")))
_KEEP_SITES = Insert(near_site, "host", "learnt", "at", or_replace=True)
_ALL_NOW: Mapping[str, datetime] = {}
_INDEXED = sa.select(near_text.c.entry_id, near_text.c.article_id, near_text.c.found_by)


@dataclass(frozen=True, slots=True)
class _Known:
    """A row of ``near_text``."""

    entry: int
    article: str
    host: str
    length: int
    keys: Keys


@dataclass(slots=True)
class StoredIndex:
    """Answers to the questions for which ``nearby`` looked keys up; nothing is added to it."""

    nearby: StoredNearby
    _loaded: dict[int, Filed] = field(default_factory=dict)

    def exact(self, key: bytes) -> Filed | None:  # noqa: ARG002
        """None: exact keys are the article's own (``article_key``), and were looked up with them."""
        return None

    def candidates(self, question: Question, most: int) -> Sequence[Filed]:
        found: dict[int, _Known] = {}
        for key in question.keys:
            if held := self.nearby.hits.get(key):
                found.update((each.entry, each) for each in looked_at(held))
        return self._load(most_promising(found.values(), question, most))

    def pillars(self, article: str) -> Sequence[Filed]:
        """See the port. None of an article to which a person added another: it stands around texts of either."""
        if self.nearby.connection.execute(_IS_MERGED, {"article": int(article)}).scalar_one():
            return ()
        rows = self.nearby.connection.execute(_OF_ARTICLE, {"article": int(article)}).all()
        lead = self.nearby.connection.execute(_LEAD, {"article": int(article)}).scalar()
        chosen = [rows[place] for place in pillars_among([row.length for row in rows])] if rows else []
        chosen += [row for row in rows if row.entry_id == lead]
        found = {row.entry_id: _known(row) for row in chosen}  # an article may have a thousand
        if lead is not None and lead not in found:  # of a copy letter by letter nothing is filed, and it may lead
            found[lead] = _Known(lead, article, "", 0, _NO_KEYS)
        return self._load(list(found.values()))

    def shown(self, article: str) -> Filed | None:
        lead = self.nearby.connection.execute(_LEAD, {"article": int(article)}).scalar()
        found = self._load([_Known(lead, article, "", 0, _NO_KEYS)]) if lead is not None else []
        return found[0] if found else None

    def add(self, filed: Filed) -> None:
        raise NotImplementedError("what is new is written by write_near, with its article's id")

    def _load(self, rows: Sequence[_Known]) -> list[Filed]:
        """These texts, read anew from what is stored of them, and what was learnt of their hosts with them: what
        belongs to the site is left out of both texts that are compared."""
        missing = {row.entry: row for row in rows if row.entry not in self._loaded}
        if missing:
            documents = self.nearby.connection.execute(_DOCUMENTS, {"ids": list(missing)})
            found = {row.id: _filed(missing[row.id], unpack(ParsedEntry, row.document)) for row in documents}
            self.nearby.furniture({each.host for each in found.values()})
            self._loaded.update(found)
        return [self._loaded[row.entry] for row in rows if row.entry in self._loaded]


@dataclass(slots=True)
class StoredNearby:
    """What one transaction recognises its texts by."""

    connection: Connection
    learnt: Furniture = field(default_factory=Furniture)
    hits: dict[int, list[_Known]] = field(default_factory=dict)

    def furniture(self, hosts: Iterable[str]) -> Furniture:
        wanted = sorted({host for host in hosts if host} - self.learnt.sites.keys())
        if wanted:
            for row in _SITES.run(self.connection, hosts=wanted):
                self.learnt.sites[row.host] = Site.unpacked(row.learnt)
        return self.learnt

    def index(self, questions: Sequence[Question]) -> StoredIndex:
        self.look_up({key for question in questions for key in question.keys})
        return StoredIndex(self)

    def shown(self, article: int) -> Filed | None:
        return StoredIndex(self).shown(str(article))

    def look_up(self, keys: Iterable[int]) -> None:
        """Fill ``hits`` with what is held under ``keys`` now, oldest first."""
        asked = sorted(keys)
        for key in asked:
            self.hits.pop(key, None)
        held = _HELD.run(self.connection, keys=[key - _SIGN for key in asked]).all() if asked else []
        known = self._texts(sorted({row.entry_id for row in held}))
        for row in held:
            if row.entry_id in known:
                self.hits.setdefault(row.key + _SIGN, []).append(known[row.entry_id])

    def _texts(self, entries: Sequence[int]) -> dict[int, _Known]:
        """Those of these texts that answer, by entry."""
        found: dict[int, _Known] = {}
        for at in range(0, len(entries), _AT_ONCE):
            rows = _TEXTS.run(self.connection, ids=entries[at : at + _AT_ONCE])
            found.update((row.entry_id, _known(row)) for row in rows)
        return found

    def forget(self, entries: Sequence[int]) -> None:
        """Take entries out of the index, and out of what was found in it."""
        if forget(self.connection, entries):
            gone = set(entries)
            self.hits = {key: [each for each in held if each.entry not in gone] for key, held in self.hits.items()}


def write_near(nearby: StoredNearby, stored: Sequence[Stored], now: datetime) -> None:
    """Keep of stored entries what later texts are recognised by, what they were recognised as, and what was learnt of
    their hosts."""
    filed = [
        (item, replace(each, id=str(item.entry), article=str(item.article)))
        for item in stored
        if (each := item.identified.filed) is not None
    ]
    nearby.forget([item.entry for item in stored if item.identified.fate is Fate.REVISED])
    keep(nearby, [each for _, each in filed], now)
    _write_verdicts(nearby.connection, [item for item, _ in filed], now)
    learn_hosts(nearby, [each for item, each in filed if item.identified.fate is not Fate.REVISED], now)


def learn_hosts(nearby: StoredNearby, filed: Iterable[Filed], now: datetime) -> None:
    """Learn from texts what belongs to their hosts, of which ``nearby`` has given the furniture, and keep it."""
    hosts = set()
    for each in filed:
        if each.host:
            learn(nearby.learnt, each)
            hosts.add(each.host)
    _KEEP_SITES.run(nearby.connection, [(host, nearby.learnt.sites[host].packed(), now) for host in sorted(hosts)])


def refile(connection: Connection, made: Sequence[tuple[Refiled, int]], now: datetime) -> None:
    """Keep of entries, each with the id of its article, what was made of them, in place of what was kept before; learn
    from them. Needs the ingest lock."""
    nearby = StoredNearby(connection)
    nearby.forget([each.unfiled.entry for each, _ in made])
    filed = [(each, replace(each.filed, article=str(home))) for each, home in made if each.filed is not None]
    nearby.look_up({key for _, one in filed for key in (*one.keys.near, *one.keys.named)})
    copies = frozenset(one.id for each, one in filed if each.unfiled.is_copy)
    keep(nearby, [one for _, one in filed], now, {one.id: each.unfiled.first_seen for each, one in filed}, copies)
    learnt = [one for each, one in filed if each.learnt]
    nearby.furniture({one.host for one in learnt})
    learn_hosts(nearby, learnt, now)


def keep(
    nearby: StoredNearby,
    filed: Sequence[Filed],
    now: datetime,
    seen: Mapping[str, datetime] = _ALL_NOW,
    copies: frozenset[str] = frozenset(),
) -> None:
    """Index texts, by their entries' and articles' ids. Their keys were looked up before. A key that another text of
    the article has already is enough, and of ``copies`` by the letter nothing else is wanted. ``seen`` says when those
    came that do not come ``now``."""
    texts, keys, dropped = [], [], []
    taken = {(key, known.article) for key, held in nearby.hits.items() for known in held}
    crowd = {key: list(held) for key, held in nearby.hits.items()}
    for each in filed:
        every = (*each.keys.near, *each.keys.named)
        if each.id in copies and all((key, each.article) in taken for key in each.keys.near or every):
            continue
        row = (int(each.id), int(each.article), NEAR_VERSION, each.host, each.length, seen.get(each.id, now))
        texts.append((*row, packed(every), packed(each.keys.sketch)))
        known = _Known(int(each.id), each.article, each.host, each.length, each.keys)
        for key in every:
            if (key, each.article) in taken:
                continue
            taken.add((key, each.article))
            keys.append((key - _SIGN, known.entry))
            if key not in crowd:  # mostly
                crowd[key] = [known]
                continue
            held = crowd[key]
            insort(held, known, key=attrgetter("entry"))
            if len(held) > MOST_PER_KEY:
                dropped.append({"b_key": key - _SIGN, "b_entry": held.pop(too_many(held)).entry})
    _ADD_TEXTS.run(nearby.connection, texts)
    _ADD_KEYS.run(nearby.connection, keys)
    if dropped:
        nearby.connection.execute(_DROP_KEYS, dropped)


def forget(connection: Connection, entries: Sequence[int]) -> int:
    """Take entries out of the index; how many were there. What copies of theirs were found by only through them,
    those are found by themselves from now on."""
    if not entries:
        return 0
    chosen = near_text.c.entry_id.in_(list(entries))
    rows = connection.execute(_INDEXED.where(chosen)).all()
    if rows:
        keys = [{"b_key": key - _SIGN, "b_entry": row.entry_id} for row in rows for key in unpacked(row.found_by)]
        if keys:
            connection.execute(_DROP_KEYS, keys)
        connection.execute(sa.delete(near_text).where(chosen))
        _hand_over(connection, rows)
    return len(rows)


def _hand_over(connection: Connection, gone: Sequence[Any]) -> None:
    """A key is kept once of each article: when its text goes, the next one that has it stands for them."""
    lost: dict[int, set[int]] = {}
    for row in gone:
        lost.setdefault(row.article_id, set()).update(unpacked(row.found_by))
    query = _INDEXED.where(near_text.c.article_id.in_(list(lost)), near_text.c.version == NEAR_VERSION)
    keys = []
    for row in connection.execute(query.order_by(near_text.c.entry_id)):
        mine = lost[row.article_id].intersection(unpacked(row.found_by))
        keys += [(key - _SIGN, row.entry_id) for key in sorted(mine)]
        lost[row.article_id] -= mine
    _ADD_KEYS.run(connection, keys)


def prune(connection: Connection, before: datetime, limit: int) -> int:
    """Drop up to ``limit`` texts that came before that moment, and what was learnt of hosts of which nothing
    came since. Needs the ingest lock."""
    query = sa.select(near_text.c.entry_id).where(near_text.c.seen_at < before).limit(limit)
    dropped = forget(connection, connection.execute(query).scalars().all())
    stale = sa.select(near_site.c.host).where(near_site.c.at < before).limit(limit)
    connection.execute(sa.delete(near_site).where(near_site.c.host.in_(stale)))
    return dropped


def _write_verdicts(connection: Connection, stored: Sequence[Stored], now: datetime) -> None:
    """What texts were recognised as, where that is anything: ids of the chunk become those of the database."""
    entries = {item.identified.filed.id: item for item in stored if item.identified.filed is not None}
    rows = []
    for item in stored:
        verdict = item.identified.verdict
        if verdict is None or verdict.of is None or verdict.nearness is Nearness.NEW:
            continue
        assert verdict.of_article is not None
        other = entries.get(verdict.of)
        rows.append(
            {
                "entry_id": item.entry,
                "verdict": verdict.nearness.value,
                "of_entry": other.entry if other else int(verdict.of),
                "of_article": other.article if other else int(verdict.of_article),
                "jaccard": verdict.jaccard,
                "containment": verdict.containment,
                "evidence": _evidence(verdict, entries),
                "version": NEAR_VERSION,
                "at": now,
            }
        )
    if rows:
        connection.execute(_ADD_NEARNESS, rows)


def _evidence(verdict: Verdict, entries: Mapping[str, Stored]) -> dict[str, object]:
    """Evidence with the ids of entries and articles in it as the database has them."""
    evidence = dict(verdict.evidence)
    far = evidence.get("far_from")
    if verdict.also:
        evidence["also"] = [entries[each].article if each in entries else int(each) for each in verdict.also]
    if isinstance(far, str):
        evidence["far_from"] = entries[far].entry if far in entries else int(far)
    return evidence


def _known(row: Any) -> _Known:
    sketch, keys = unpacked(row.sketch), unpacked(row.found_by)
    near, named = keys[: len(sketch)], keys[len(sketch) :]
    return _Known(row.entry_id, str(row.article_id), row.host, row.length, Keys(b"", near, named, sketch))


def _filed(row: _Known, document: ParsedEntry) -> Filed:
    address = link_key(document.link) if document.link else None
    if row.keys.near and not set(named_keys("", address)) <= set(row.keys.named):
        address = None  # it was not filed as its own
    language = language_of(document.language, text_of(document))
    when = document.published
    reading = reading_of(document)
    return Filed(str(row.entry), row.article, reading, row.keys, row.host, address, when, row.length, language)
