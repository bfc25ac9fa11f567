"""Entries, revisions, articles, versions: what one chunk of a snapshot finds and leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.identity.near import NEAR_VERSION
from worker.model.article import Credit
from worker.model.feed import ParsedEntry
from worker.model.ingest import Copy, Fate, Identified, Known, KnownEntry, Prepared, Stored
from worker.store.bulk import Insert, Lookup, Update
from worker.store.declared import source
from worker.store.engine import among
from worker.store.pack import pack_again, pack_beside, unpack
from worker.store.schema import alias, article, article_key, entry, revision, tombstone, tombstone_key, version

_KNOWN = Lookup(
    sa.select(
        alias.c.source_id,
        alias.c.key,
        entry.c.id,
        entry.c.article_id,
        entry.c.revision,
        entry.c.content_digest,
        entry.c.terms_digest,
        entry.c.removed_at,
        entry.c.estranged,
        article.c.state,
        (article.c.lead_id == entry.c.id).label("leads"),
    )
    .join(entry, entry.c.id == alias.c.entry_id)
    .join(article, article.c.id == entry.c.article_id)
    .where(among(alias.c.source_id, "sources"), among(alias.c.key, "aliases"))
)
# Whether an article may show another text than it began with: its keys are of what it ever showed.
_CHANGED = sa.or_(entry.c.revision > 1, entry.c.joined_by.is_not(None)).label("changed")
_SAME_TEXT = (
    sa.select(
        *(article_key.c.key, article_key.c.article_id),
        *(sa.cast(sa.null(), tombstone_key.c.scope.type).label("scope"), _CHANGED),
    )
    .join(article, article.c.id == article_key.c.article_id)
    .join(entry, entry.c.id == article.c.lead_id)
    .where(among(article_key.c.key, "keys"), article.c.state == "live")
)
_BLOCKED = (
    sa.select(tombstone_key.c.key, tombstone.c.article_id, tombstone_key.c.scope, _CHANGED)
    .join(tombstone, tombstone.c.id == tombstone_key.c.tombstone_id)
    .join(article, article.c.id == tombstone.c.article_id)
    .join(entry, entry.c.id == article.c.lead_id)
    .where(
        among(tombstone_key.c.key, "all_keys"),
        among(tombstone_key.c.scope, "scopes"),
        tombstone.c.lifted_at.is_(None),
    )
)
# What both say of a key in one answer: a blocked one has a scope.
_ELSEWHERE = Lookup(_SAME_TEXT.union_all(_BLOCKED))
_LAST_IDS = sa.select(
    sa.select(sa.func.coalesce(sa.func.max(entry.c.id), 0)).scalar_subquery().label("entry"),
    sa.select(sa.func.coalesce(sa.func.max(article.c.id), 0)).scalar_subquery().label("article"),
)
_ADD_ARTICLES = Insert(article, "id", "uuid", "lead_id", "title", "created_at")
_ADD_ENTRIES = Insert(
    entry,
    *("id", "source_id", "article_id", "first_seen_at", "revision"),
    *("content_digest", "terms_digest", "joined_by", "near", "held_at"),
)
_REVISE_ENTRIES = Update(entry, "revision", "content_digest", "terms_digest", "estranged", "near", "id")
_ADD_REVISIONS = Insert(revision, "entry_id", "number", "snapshot_id", "seen_at", "document", "evidence", "credit")
_ADD_ALIASES = Insert(alias, "source_id", "key", "entry_id", or_ignore=True)
_ADD_KEYS = Insert(article_key, "key", "article_id", or_ignore=True)
_MARKUP = frozenset({"raw", "digest"})  # of an entry: kept beside it as evidence
_ARTICLES = sa.select(article.c.id, article.c.uuid, article.c.state, article.c.lead_id, article.c.version).where(
    among(article.c.id, "ids")
)

_COPIES = (
    sa.select(
        entry.c.article_id,
        entry.c.id,
        entry.c.revision,
        entry.c.first_seen_at,
        entry.c.estranged,
        entry.c.missing_at,
        entry.c.held_at,
        entry.c.joined_by,
        source.c.key,
        revision.c.seen_at,
        revision.c.credit,
        revision.c.document,
    )
    .join(revision, sa.and_(revision.c.entry_id == entry.c.id, revision.c.number == entry.c.revision))
    .join(source, source.c.id == entry.c.source_id)
    .where(among(entry.c.article_id, "ids"), entry.c.removed_at.is_(None))
    .order_by(entry.c.first_seen_at, entry.c.id)
)
_VERSIONS = (
    sa.select(
        version.c.article_id,
        version.c.number,
        version.c.entry_id,
        version.c.revision,
        version.c.credit,
        version.c.fixes,
        revision.c.document,
        source.c.key.label("source"),
        entry.c.first_seen_at,
    )
    .join(revision, sa.and_(revision.c.entry_id == version.c.entry_id, revision.c.number == version.c.revision))
    .join(entry, entry.c.id == version.c.entry_id)
    .join(source, source.c.id == entry.c.source_id)
    .where(sa.tuple_(version.c.article_id, version.c.number).in_(sa.bindparam("pairs", expanding=True)))
)


def known(connection: Connection, prepared: Sequence[Prepared]) -> Known:
    """What the database knows of these entries: two look-ups for a whole chunk."""
    sources = sorted({item.origin.source_id for item in prepared})
    aliases = {key for item in prepared for key in item.aliases}
    keys = {key for item in prepared for key in _global_keys(item)}
    if not aliases and not keys:
        return Known({}, {}, frozenset())
    entries = {
        (row.source_id, row.key): KnownEntry(
            id=row.id,
            article=row.article_id,
            revision=row.revision,
            content=row.content_digest,
            terms=row.terms_digest,
            # Of what was taken down the text that was stays: else its source could have it forgotten by editing it.
            removed=row.removed_at is not None or row.state == "withdrawn",
            leads=bool(row.leads),
            estranged=bool(row.estranged),
        )
        for row in _KNOWN.run(connection, sources=sources, aliases=list(aliases))
    }
    found = _ELSEWHERE.run(connection, keys=list(keys), all_keys=list(aliases | keys), scopes=[0, *sources])
    elsewhere = [(row.key, row.article_id, row.scope, bool(row.changed)) for row in found]
    settled = {key for key, _, scope, changed in elsewhere if scope is not None and (scope or not changed)}
    return Known(
        entries,
        {key: home for key, home, scope, _ in elsewhere if scope is None},
        frozenset((scope, key) for key, _, scope, _ in elsewhere if scope is not None),
        frozenset(home for _, home, scope, changed in elsewhere if scope is None and changed),
        {key: home for key, home, scope, _ in elsewhere if scope == 0 and key in keys and key not in settled},
    )


def write_entries(connection: Connection, identified: Sequence[Identified], now: datetime) -> list[Stored]:
    """Write the new and revised entries of a chunk; returns them as stored, in order. Needs the ingest lock."""
    next_entry, next_article = connection.execute(_LAST_IDS).one()
    stored: dict[int, Stored] = {}
    for position, item in enumerate(identified):
        if item.fate is Fate.REVISED:
            assert item.known is not None
            stored[position] = Stored(item, item.known.id, item.known.article, item.known.revision + 1)
        elif item.fate in (Fate.NEW, Fate.JOINED):
            next_entry += 1
            home = item.article
            if home is None and item.joins is not None:
                home = stored[item.joins].article
            begins = uuid4() if home is None else None
            if home is None:
                next_article += 1
                home = next_article
            stored[position] = Stored(item, next_entry, home, 1, begins)
    written = list(stored.values())
    _insert_articles(connection, written, now)
    _insert_entries(connection, written, now)
    _update_entries(connection, written)
    _insert_revisions(connection, written, now)
    _insert_keys(connection, written)
    return written


def _insert_articles(connection: Connection, written: list[Stored], now: datetime) -> None:
    rows = [
        (item.article, str(item.uuid), item.entry, (item.identified.prepared.entry.title or "")[:1000], now)
        for item in written
        if item.uuid is not None
    ]
    _ADD_ARTICLES.run(connection, rows)


def _insert_entries(connection: Connection, written: list[Stored], now: datetime) -> None:
    rows = []
    for item in written:
        if item.identified.fate is not Fate.REVISED:
            prepared = item.identified.prepared
            digests = (prepared.content, prepared.terms)
            source_id = prepared.origin.source_id
            # Of one that waits for it the text is filed later; a copy by the letter adds nothing to be found by.
            looked_at = prepared.routed or prepared.held or item.identified.by == "text"
            near, held_at = NEAR_VERSION if looked_at else None, now if prepared.held else None
            rows.append((item.entry, source_id, item.article, now, 1, *digests, item.identified.by, near, held_at))
    _ADD_ENTRIES.run(connection, rows)


def _update_entries(connection: Connection, written: list[Stored]) -> None:
    rows = []
    for item in written:
        if item.identified.fate is Fate.REVISED:
            prepared = item.identified.prepared
            near = NEAR_VERSION if prepared.routed or prepared.held else None  # else it is to be filed anew
            digests = (prepared.content, prepared.terms)
            rows.append((item.revision, *digests, item.identified.estranged, near, item.entry))
    _REVISE_ENTRIES.run(connection, rows)


def _insert_revisions(connection: Connection, written: list[Stored], now: datetime) -> None:
    rows = []
    for item in written:
        prepared = item.identified.prepared
        parsed, snapshot_id = prepared.entry, prepared.origin.snapshot
        document, evidence = pack_beside(parsed, parsed.raw, without=_MARKUP)
        credit = pack_again(prepared.credit)
        rows.append((item.entry, item.revision, snapshot_id, now, document, evidence, credit))
    _ADD_REVISIONS.run(connection, rows)


def _insert_keys(connection: Connection, written: list[Stored]) -> None:
    named = [(item.identified.prepared, item.entry) for item in written]
    claiming = [item.identified.prepared for item in written if item.identified.reclaims]
    aliases = [(prepared.origin.source_id, key, made) for prepared, made in named for key in prepared.aliases]
    keys = [
        (key, item.article)
        for item in written
        if not item.identified.estranged
        for key in _global_keys(item.identified.prepared)
    ]
    reclaimed = {prepared.text for prepared in claiming} | {prepared.core for prepared in claiming}
    if reclaimed := reclaimed - {None}:
        connection.execute(sa.delete(article_key).where(article_key.c.key.in_(list(reclaimed))))
    _ADD_ALIASES.run(connection, aliases)
    _ADD_KEYS.run(connection, keys)


def _global_keys(prepared: Prepared) -> list[bytes]:
    return [key for key in (prepared.text, prepared.core, prepared.link) if key is not None]


def mark_missing(
    connection: Connection, source_id: int, keys: Iterable[bytes], missing_at: datetime | None
) -> list[int]:
    """Note on the source's entries known by ``keys`` since when their page is missing; None: it is back. Returns the
    articles of those entries for which that is news."""
    named = sa.select(alias.c.entry_id).where(alias.c.source_id == source_id, alias.c.key.in_(list(keys)))
    before = entry.c.missing_at.is_(None) if missing_at is not None else entry.c.missing_at.is_not(None)
    rows = connection.execute(sa.select(entry.c.id, entry.c.article_id).where(entry.c.id.in_(named), before)).all()
    if rows:
        changed = entry.c.id.in_([row.id for row in rows])
        connection.execute(sa.update(entry).where(changed).values(missing_at=missing_at))
    return [row.article_id for row in rows]


def copies(connection: Connection, articles: Iterable[int]) -> dict[int, list[Copy]]:
    """The live entries of each article, earliest first, at their newest revision."""
    rows = connection.execute(_COPIES, {"ids": list(articles)})
    found: dict[int, list[Copy]] = {}
    for row in rows:
        found.setdefault(row.article_id, []).append(
            Copy(
                entry=row.id,
                revision=row.revision,
                source=row.key,
                first_seen=row.first_seen_at,
                read_at=row.seen_at,
                credit=unpack(Credit, row.credit),
                document=unpack(ParsedEntry, row.document),
                estranged=row.estranged,
                missing=row.missing_at is not None,
                held_back=row.held_at is not None,
                joined_by=row.joined_by,
            )
        )
    return found


def article_rows(connection: Connection, articles: Iterable[int]) -> list[sa.Row[Any]]:
    return list(connection.execute(_ARTICLES, {"ids": list(articles)}))


def find_article(connection: Connection, uuid: UUID) -> int | None:
    return connection.execute(sa.select(article.c.id).where(article.c.uuid == str(uuid))).scalar_one_or_none()


def version_rows(connection: Connection, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], sa.Row[Any]]:
    """Versions by (article, number), each with its entry's document as of that revision and its source's key."""
    pairs = list(wanted)
    if not pairs:
        return {}
    rows = connection.execute(_VERSIONS, {"pairs": pairs})
    found: dict[tuple[int, int], Any] = {(row.article_id, row.number): row for row in rows}
    return found
