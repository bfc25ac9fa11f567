"""Everything about one article, and deliveries with their receipts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState
from worker.model.feed import ParsedEntry
from worker.model.overview import ArticleFacts, CopyRow, DeliveryRow, ReceiptRow, TombstoneRow, VersionMade, WaitingRow
from worker.store import corrections, stories
from worker.store.declared import destination, source
from worker.store.pack import unpack
from worker.store.people_find import MOST, starting
from worker.store.schema import article, delivery, entry, receipt, revision, tombstone, version

# A delivery's id as partners see it in ``webhook-id``; at least its first four digits.
_PLAIN_ID = re.compile(
    r"(?:msg_)?([0-9a-f]{4,8})([0-9a-f]{1,4})?([0-9a-f]{1,4})?([0-9a-f]{1,4})?([0-9a-f]{1,12})?", re.IGNORECASE
)


def facts(connection: Connection, article_id: int, *, versions: int = 50) -> ArticleFacts:
    """Everything about an article, with its newest ``versions`` versions."""
    row = connection.execute(sa.select(article).where(article.c.id == article_id)).one()
    return ArticleFacts(
        story=stories.load(connection, [article_id])[0],
        title=row.title,
        state=row.state,
        created_at=row.created_at,
        copies=tuple(_copies(connection, article_id)),
        versions=tuple(_versions(connection, article_id, versions)),
        tombstones=tuple(_tombstones(connection, article_id)),
        corrections=tuple(corrections.of_article(connection, article_id)),
    )


def _copies(connection: Connection, article_id: int) -> list[CopyRow]:
    rows = connection.execute(
        sa.select(entry, source.c.key, revision.c.document)
        .join(revision, sa.and_(revision.c.entry_id == entry.c.id, revision.c.number == entry.c.revision))
        .join(source, source.c.id == entry.c.source_id)
        .where(entry.c.article_id == article_id)
        .order_by(entry.c.first_seen_at, entry.c.id)
    )
    return [_copy(row, unpack(ParsedEntry, row.document)) for row in rows]


def _copy(row: Row[Any], document: ParsedEntry) -> CopyRow:
    return CopyRow(
        entry=row.id,
        source=row.key,
        title=document.title,
        link=document.link,
        first_seen=row.first_seen_at,
        revision=row.revision,
        joined_by=row.joined_by,
        removed_at=row.removed_at,
    )


def _versions(connection: Connection, article_id: int, limit: int) -> list[VersionMade]:
    rows = connection.execute(
        sa.select(version).where(version.c.article_id == article_id).order_by(version.c.number.desc()).limit(limit)
    )
    return [VersionMade(row.number, row.created_at, row.entry_id, row.revision) for row in rows]


def _tombstones(connection: Connection, article_id: int) -> list[TombstoneRow]:
    rows = connection.execute(
        sa.select(tombstone).where(tombstone.c.article_id == article_id).order_by(tombstone.c.id.desc())
    )
    return [TombstoneRow(row.at, row.reason, row.by, row.note, row.lifted_at) for row in rows]


def _deliveries() -> sa.Select[Any]:
    return (
        sa.select(delivery, article.c.uuid.label("article_uuid"), article.c.title, destination.c.key)
        .join(article, article.c.id == delivery.c.article_id)
        .join(destination, destination.c.id == delivery.c.destination_id)
    )


def deliveries(
    connection: Connection,
    limit: int,
    *,
    only: str | None = None,
    states: Sequence[DeliveryState] = (),
    since: datetime | None = None,
) -> list[DeliveryRow]:
    """Deliveries, newest first: ``only`` to one destination, in one of ``states`` (empty: any), written since."""
    query = _deliveries().order_by(delivery.c.id.desc()).limit(limit)
    if only is not None:
        query = query.where(destination.c.key == only)
    if states or since is not None:
        # Named one by one, so that the index on (state, created_at) serves a window over any state.
        query = query.where(delivery.c.state.in_([one.value for one in states or DeliveryState]))
    if since is not None:
        query = query.where(delivery.c.created_at >= since)
    return [_delivery(row) for row in connection.execute(query)]


def waiting(connection: Connection, key: str, limit: int) -> list[WaitingRow]:
    """What waits for a destination, in the order in which it goes."""
    rows = connection.execute(
        _deliveries()
        .where(destination.c.key == key, delivery.c.state == DeliveryState.DUE.value)
        .order_by(delivery.c.due_at, delivery.c.priority, delivery.c.id)
        .limit(limit)
    )
    return [WaitingRow(UUID(row.uuid), row.title, Action(row.action), row.due_at, row.urgent) for row in rows]


def of_article(connection: Connection, article_id: int) -> list[DeliveryRow]:
    """Every delivery of an article, by destination and sequence."""
    query = _deliveries().where(delivery.c.article_id == article_id)
    return [
        _delivery(row)
        for row in connection.execute(query.order_by(destination.c.position, destination.c.id, delivery.c.sequence))
    ]


def by_id(connection: Connection, text: str) -> list[DeliveryRow]:
    """Deliveries whose id is, or begins with, ``text``; a partner knows it as ``msg_…``, without hyphens."""
    named = _PLAIN_ID.fullmatch(text.strip())
    prefix = "-".join(part for part in named.groups() if part) if named else text
    query = _deliveries().where(starting(delivery.c.uuid, prefix)).limit(MOST)
    return [_delivery(row) for row in connection.execute(query)]


def receipts(connection: Connection, uuid: UUID, limit: int = 100) -> list[ReceiptRow]:
    """What came back of a delivery's attempts, the first one first."""
    rows = connection.execute(
        sa.select(receipt)
        .join(delivery, delivery.c.id == receipt.c.delivery_id)
        .where(delivery.c.uuid == str(uuid))
        .order_by(receipt.c.id)
        .limit(limit)
    )
    names = ("attempt", "at", "result", "status", "elapsed_ms", "detail", "excerpt", "remote_id", "remote_url")
    return [ReceiptRow(**{name: row[name] for name in names}) for row in rows.mappings()]


def _delivery(row: Row[Any]) -> DeliveryRow:
    return DeliveryRow(
        uuid=UUID(row.uuid),
        article=UUID(row.article_uuid),
        title=row.title,
        destination=row.key,
        sequence=row.sequence,
        action=Action(row.action),
        version=row.version,
        use=Use(row.use),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        failures=row.failures,
        created_at=row.created_at,
        due_at=row.due_at,
        finished_at=row.finished_at,
        visible_at=row.visible_at,
        result=row.result,
        detail=row.detail,
    )
