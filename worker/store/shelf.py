"""What the local destinations show: one row per destination and article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from worker.model.catalog import Channel, Destination, Operator
from worker.model.delivery import Release, Withdrawal
from worker.model.dispatch import Shelved
from worker.ports import ShelfPage, ShelfRow
from worker.store import changes, merged
from worker.store.declared import channel, destination, installation
from worker.store.engine import Database
from worker.store.pack import from_plain, pack, unpack
from worker.store.related import near_by
from worker.store.schema import article, entry, placement, shelf

LOCAL_KINDS = ("feed", "portal")
MOST_BYTES = 4 * 1024 * 1024  # packed, of the articles on one page or in one feed: hundreds of ordinary ones
_BESIDE = 2  # articles of another source that stand beside one: whoever quotes it often has no more room there


def write(
    database: Database, connection: Connection, rows: Sequence[Shelved], ids: dict[str, int], now: datetime
) -> None:
    """Upsert; an older sequence never overwrites a newer one. Each destination's generation grows by one. Where
    partners pull, changes are appended instead."""
    if not rows:
        return
    pulled = changes.pulled(connection, (ids[row.destination] for row in rows))
    changes.write(connection, [row for row in rows if ids[row.destination] in pulled], ids, now)
    rows = [row for row in rows if ids[row.destination] not in pulled]
    if not rows:
        return
    upsert = database.upsert(shelf)
    upsert = upsert.on_conflict_do_update(
        index_elements=["destination_id", "article_id"],
        set_={name: upsert.excluded[name] for name in ("state", "sequence", "changed_at", "document")},
        where=shelf.c.sequence < upsert.excluded.sequence,
    )
    connection.execute(
        upsert,
        [
            {
                "destination_id": ids[row.destination],
                "article_id": row.article,
                "state": "shown" if isinstance(row.subject, Release) else "retracted",
                "sequence": row.sequence,
                "sort_at": row.sort_at,
                "changed_at": now,
                "document": pack(row.subject),
            }
            for row in rows
        ],
    )
    touched = sorted({ids[row.destination] for row in rows})
    connection.execute(
        sa.update(destination).where(destination.c.id.in_(touched)).values(generation=destination.c.generation + 1)
    )


class Shelves:
    """``worker.ports.Shelf`` on the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def operator(self) -> Operator:
        with self.database.read() as connection:
            plain = connection.execute(sa.select(installation.c.operator)).scalar_one_or_none()
        return from_plain(Operator, plain) if plain else Operator(name="Newsroad", contact="not set up yet")

    def destinations(self) -> tuple[Destination, ...]:
        query = (
            sa.select(destination.c.declared)
            .where(destination.c.kind.in_(LOCAL_KINDS), destination.c.retired_at.is_(None))
            .order_by(destination.c.position)
        )
        with self.database.read() as connection:
            return tuple(from_plain(Destination, plain) for plain in connection.execute(query).scalars())

    def channels(self) -> tuple[Channel, ...]:
        query = sa.select(channel.c.declared).where(channel.c.retired_at.is_(None)).order_by(channel.c.position)
        with self.database.read() as connection:
            return tuple(from_plain(Channel, plain) for plain in connection.execute(query).scalars())

    def generation(self, destination_key: str) -> int:
        query = sa.select(destination.c.generation).where(destination.c.key == destination_key)
        with self.database.read() as connection:
            return connection.execute(query).scalar_one_or_none() or 0

    def page(
        self, destination_key: str, channel_key: str, *, limit: int, cursor: str | None = None, withdrawn: bool = False
    ) -> ShelfPage:
        query = (
            sa.select(shelf, article.c.uuid, destination.c.generation)
            .join(destination, destination.c.id == shelf.c.destination_id)
            .join(article, article.c.id == shelf.c.article_id)
            .join(placement, placement.c.article_id == shelf.c.article_id)
            .join(channel, channel.c.id == placement.c.channel_id)
            .where(destination.c.key == destination_key, channel.c.key == channel_key)
            .order_by(shelf.c.sort_at.desc(), shelf.c.article_id.desc())
            .limit(limit + 1)
        )
        if not withdrawn:
            query = query.where(shelf.c.state == "shown")
        place = _read_cursor(cursor)
        if place is not None:
            at, last = place
            query = query.where(sa.or_(shelf.c.sort_at < at, sa.and_(shelf.c.sort_at == at, shelf.c.article_id < last)))
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        generation = rows[0].generation if rows else self.generation(destination_key)
        shown = rows[: _fitting(rows[:limit])]
        older = _cursor(shown[-1]) if len(rows) > len(shown) else None
        return ShelfPage(tuple(_row(row) for row in shown), generation, older)

    def row(self, destination_key: str, uuid: UUID) -> ShelfRow | None:
        query = (
            sa.select(shelf, article.c.uuid)
            .join(destination, destination.c.id == shelf.c.destination_id)
            .join(article, article.c.id == shelf.c.article_id)
            .where(destination.c.key == destination_key, article.c.uuid == str(uuid))
        )
        with self.database.read() as connection:
            found = connection.execute(query).one_or_none()
        return _row(found) if found else None

    def merged_into(self, uuid: UUID) -> UUID | None:
        """See the port."""
        with self.database.read() as connection:
            return merged.into(connection, uuid)

    def related(self, destination_key: str, uuid: UUID, limit: int) -> tuple[ShelfRow, ...]:
        """See the port."""
        newest = (shelf.c.sort_at.desc(), shelf.c.article_id.desc())
        place = sa.func.row_number().over(partition_by=entry.c.source_id, order_by=newest).label("place")
        found = (
            sa.select(shelf.c.article_id, shelf.c.destination_id, entry.c.source_id, place)
            .join(destination, destination.c.id == shelf.c.destination_id)
            .join(article, article.c.id == shelf.c.article_id)
            .join(entry, entry.c.id == article.c.lead_id)
            .where(
                destination.c.key == destination_key,
                shelf.c.state == "shown",
                shelf.c.article_id.in_(near_by(str(uuid))),
            )
            .subquery()
        )
        own = sa.select(entry.c.source_id).join(article, article.c.lead_id == entry.c.id)
        own = own.where(article.c.uuid == str(uuid))
        query = (
            sa.select(shelf, article.c.uuid)
            .join(
                found,
                sa.and_(found.c.article_id == shelf.c.article_id, found.c.destination_id == shelf.c.destination_id),
            )
            .join(article, article.c.id == shelf.c.article_id)
            .where(sa.or_(found.c.place <= _BESIDE, found.c.source_id == own.scalar_subquery()))
            .order_by(*newest)
            .limit(limit)
        )
        with self.database.read() as connection:
            return tuple(_row(row) for row in connection.execute(query))


def _fitting(rows: Sequence[Row[Any]]) -> int:
    """How many of these go on one page: whoever asks for it has us unpack and write out all of them."""
    size = 0
    for number, row in enumerate(rows):
        size += len(row.document)
        if number and size > MOST_BYTES:
            return number
    return len(rows)


def _row(row: Row[Any]) -> ShelfRow:
    shown = row.state == "shown"
    return ShelfRow(
        article=UUID(row.uuid),
        release=unpack(Release, row.document) if shown else None,
        withdrawal=None if shown else unpack(Withdrawal, row.document),
        changed=row.changed_at,
    )


def _cursor(row: Row[Any]) -> str:
    return f"{round(row.sort_at.timestamp() * 1_000_000)}-{row.article_id}"


def _read_cursor(text: str | None) -> tuple[datetime, int] | None:
    """A cursor is ``microseconds-id``; anything else is the first page."""
    micros, _, last = (text or "").partition("-")
    if not (micros.isdecimal() and last.isdecimal() and len(micros) <= 17 and len(last) <= 18):
        return None
    return datetime.fromtimestamp(int(micros) / 1_000_000, UTC), int(last)
