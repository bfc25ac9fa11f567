"""From what a person has in hand to the article it belongs to: an id or its beginning, an address, words of a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.errors import NotFound
from worker.identity.keys import KeyMode, alias_keys, guid_keys
from worker.identity.urls import link_key
from worker.model.feed import ParsedEntry
from worker.model.overview import ArticleRow
from worker.store.declared import source
from worker.store.pack import unpack
from worker.store.schema import alias, article, article_key, delivery, entry, receipt, revision

MOST = 20  # matches told of an ambiguous id
_LONGEST_ID = 18  # digits; a longer number is no entry's
LONGEST_WORD = 1_000  # characters
SEARCHED = 50_000  # articles whose titles are looked through, newest first
HEADLINES = 2_000  # other copies of them whose headlines are: these are packed, and opened one by one

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_PREFIX = re.compile(r"[0-9a-f][0-9a-f-]{3,35}", re.IGNORECASE)
_url_start: sa.ColumnElement[str] = sa.literal_column("substr(remote_url, 1, 200)")  # as its index is written


def article_ids(connection: Connection, text: str) -> list[int]:
    """Articles that ``text`` names, none to ``MOST`` of them.

    ``text`` is an article's id, the beginning of one (4 characters or more), any address with the id in it (our
    portal's page, a feed's ``urn:uuid:…``), a link or guid of one of its entries in any spelling, or the address a
    partner gave it.
    """
    text = text.strip()
    if named := _UUID.search(text):
        found = _ids(connection, sa.select(article.c.id).where(article.c.uuid == named[0].lower()))
        if found:
            return found
    if _PREFIX.fullmatch(text):
        return _ids(connection, sa.select(article.c.id).where(starting(article.c.uuid, text)))
    return _by_link(connection, text) or _by_partner(connection, text)


def article_id(connection: Connection, uuid: UUID) -> int:
    """The article behind a public id. Raises NotFound."""
    found = _ids(connection, sa.select(article.c.id).where(article.c.uuid == str(uuid)))
    if not found:
        raise NotFound(f"no article has the id {uuid}")
    return found[0]


def starting(column: sa.Column[str], prefix: str) -> sa.ColumnElement[bool]:
    """``column`` (a UUID) begins with ``prefix``; the range lets an index serve, whatever the collation."""
    prefix = prefix.lower()
    return sa.and_(column >= prefix, column < prefix + "g", column.startswith(prefix, autoescape=True))


def entry_ids(connection: Connection, text: str) -> list[int]:
    """Entries that ``text``, an id or a link or guid in any spelling, names, none to ``MOST`` of them. What its source
    has deleted is named by its id only."""
    text = text.strip()
    if text.isdecimal() and len(text) <= _LONGEST_ID:
        return _ids(connection, sa.select(entry.c.id).where(entry.c.id == int(text)))
    known = sa.select(entry.c.id).join(alias, alias.c.entry_id == entry.c.id).where(alias.c.key.in_(_keys(text)))
    return _ids(connection, known.where(entry.c.removed_at.is_(None)))


def _keys(text: str) -> set[bytes]:
    """What an entry with this link or guid may be known by."""
    if link_key(text) is None:
        return {key.digest for key in guid_keys(text)}
    asked = ParsedEntry(digest=b"", raw=b"", guid=text, link=text)
    every = [key for mode in (KeyMode.GUID, KeyMode.ANCHOR) for key in alias_keys(asked, mode=mode)]
    return {key.digest for key in every if key.kind != "path"}  # a path alone says nothing across sources


def _by_link(connection: Connection, text: str) -> list[int]:
    """The article that owns this canonical link; else all with an entry known by it."""
    keys = _keys(text)
    owner = sa.select(article_key.c.article_id).where(article_key.c.key.in_(keys))
    known = sa.select(entry.c.article_id).join(alias, alias.c.entry_id == entry.c.id).where(alias.c.key.in_(keys))
    return _ids(connection, owner) or _ids(connection, known)


def _by_partner(connection: Connection, text: str) -> list[int]:
    return _ids(
        connection,
        sa.select(delivery.c.article_id)
        .join(receipt, receipt.c.delivery_id == delivery.c.id)
        .where(_url_start == text[:200], receipt.c.remote_url == text),
    )


def _ids(connection: Connection, query: sa.Select[int]) -> list[int]:
    return list(connection.execute(query.distinct().limit(MOST)).scalars())


def rows(connection: Connection, ids: Sequence[int]) -> list[ArticleRow]:
    """These articles, newest first."""
    return _rows(connection, _select().where(article.c.id.in_(ids)))


def by_words(connection: Connection, words: Sequence[str], limit: int) -> list[ArticleRow]:
    """Articles with every one of ``words`` in the title, or in the headline of a copy that does not lead; newest first.

    Looked through are the newest 50,000 articles, and of their other copies the newest 2,000.
    """
    newest = sa.select(article.c.id).order_by(article.c.id.desc()).limit(1).offset(SEARCHED)
    oldest = connection.execute(newest).scalar_one_or_none() or 0
    if any(len(word) > LONGEST_WORD for word in words):
        return []  # no title is so long, and SQLite takes no pattern beyond 50,000 bytes
    query = sa.select(article.c.id).where(article.c.id > oldest).order_by(article.c.id.desc())
    for word in words:
        query = query.where(sa.func.lower(article.c.title).contains(word.lower(), autoescape=True))
    titled = connection.execute(query.limit(limit)).scalars()
    found = {*titled, *_by_headline(connection, [word.lower() for word in words], oldest)}
    return rows(connection, sorted(found, reverse=True)[:limit])


def _by_headline(connection: Connection, words: Sequence[str], oldest: int) -> list[int]:
    """Articles since ``oldest`` one of whose other copies has all ``words``, in lower case, in its headline."""
    copies = (
        sa.select(entry.c.article_id, revision.c.document)
        .join(article, sa.and_(article.c.id == entry.c.article_id, article.c.lead_id != entry.c.id))
        .join(revision, sa.and_(revision.c.entry_id == entry.c.id, revision.c.number == entry.c.revision))
        .where(article.c.id > oldest)
        .order_by(entry.c.id.desc())
        .limit(HEADLINES)
    )
    told = [(row.article_id, unpack(ParsedEntry, row.document).title or "") for row in connection.execute(copies)]
    return [each for each, title in told if all(word in title.lower() for word in words)]


_INTO = article.alias("into")


def _select() -> sa.Select[Any]:
    return (
        sa.select(
            article.c.uuid,
            article.c.title,
            article.c.state,
            article.c.version,
            article.c.created_at,
            source.c.key.label("source"),
            _INTO.c.uuid.label("merged_into"),
        )
        .outerjoin(_INTO, _INTO.c.id == article.c.merged_into)
        .join(entry, entry.c.id == article.c.lead_id)
        .join(source, source.c.id == entry.c.source_id)
        .order_by(article.c.id.desc())
    )


def _rows(connection: Connection, query: sa.Select[Any]) -> list[ArticleRow]:
    return [
        ArticleRow(
            uuid=UUID(row.uuid),
            title=row.title,
            state=row.state,
            version=row.version,
            source=row.source,
            created_at=row.created_at,
            merged_into=UUID(row.merged_into) if row.merged_into else None,
        )
        for row in connection.execute(query)
    ]
