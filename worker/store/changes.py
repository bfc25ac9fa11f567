"""What partners pull: one row per change of an article at a destination of kind ``pull``, numbered as it happened.

Rows are written under the ingest lock, which is kept until they can be seen, so that a number never shows up behind
one that was read already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.catalog import Destination, Use
from worker.model.delivery import Action, Release, Withdrawal
from worker.model.dispatch import Shelved
from worker.ports import Change, ChangePage, Puller
from worker.store.declared import destination
from worker.store.engine import Database, among
from worker.store.pack import from_plain, pack, unpack
from worker.store.schema import change, delivery

KIND = "pull"
MOST_CHARACTERS = 4_000_000  # of texts in one page
MOST_PACKED = 8_000_000  # bytes of changes that are read for one

_PULLED = sa.select(destination.c.id).where(among(destination.c.id, "ids"), destination.c.kind == KIND)
_DELIVERIES = sa.select(delivery.c.uuid, delivery.c.article_id, delivery.c.destination_id, delivery.c.sequence).where(
    among(delivery.c.article_id, "articles"), among(delivery.c.destination_id, "ids")
)
_OLDER = sa.and_(
    change.c.article_id == sa.bindparam("b_article"),
    change.c.destination_id == sa.bindparam("b_destination"),
    change.c.delivery != sa.bindparam("b_delivery"),
)
_OLDER_ROWS = sa.select(change.c.id, change.c.document).where(_OLDER)
_FORGET_OLDER = sa.delete(change).where(_OLDER)
_NAMED = (
    sa.select(change.c.id, destination.c.key, change.c.document)
    .join(destination, destination.c.id == change.c.destination_id)
    .where(among(change.c.id, "ids"))
    .order_by(change.c.id)
)


def pulled(connection: Connection, ids: Iterable[int]) -> frozenset[int]:
    """Those of these destinations that partners pull from."""
    return frozenset(connection.execute(_PULLED, {"ids": sorted(set(ids))}).scalars())


def write(connection: Connection, rows: Sequence[Shelved], ids: Mapping[str, int], now: datetime) -> None:
    """Append ``rows``, whose deliveries are written already, in their order. The transaction holds the ingest lock.

    What may not be shown any more is not handed out any more: a retraction takes the article's earlier changes away,
    an update those of them that show more than it does.
    """
    if not rows:
        return
    places = {"articles": sorted({row.article for row in rows}), "ids": sorted({ids[row.destination] for row in rows})}
    found = connection.execute(_DELIVERIES, places)
    uuids = {(one.article_id, one.destination_id, one.sequence): one.uuid for one in found}
    for row in rows:
        place = row.article, ids[row.destination]
        uuid = uuids[*place, row.sequence]
        connection.execute(
            sa.insert(change).values(
                destination_id=place[1], article_id=place[0], delivery=uuid, at=now, document=pack(row.subject)
            )
        )
        if row.sequence > 1:
            _forget(connection, row.subject, {"b_article": place[0], "b_destination": place[1], "b_delivery": uuid})


def _forget(connection: Connection, subject: Release | Withdrawal, place: Mapping[str, object]) -> None:
    if isinstance(subject, Withdrawal):
        connection.execute(_FORGET_OLDER, place)
        return
    rows = connection.execute(_OLDER_ROWS, place).all()
    gone = [row.id for row in rows if _shows_more(_read(row.document), subject)]
    if gone:
        connection.execute(sa.delete(change).where(change.c.id.in_(gone)))


def _shows_more(old: Release | Withdrawal, new: Release) -> bool:
    """A wider use, or pictures and files that the newer one does not have."""
    if isinstance(old, Withdrawal):
        return False
    widest_first = tuple(Use)
    return widest_first.index(old.use) < widest_first.index(new.use) or not _media(old) <= _media(new)


def _media(release: Release) -> frozenset[str]:
    return frozenset(one.url for some in (release.images, release.attachments, release.enclosures) for one in some)


def _read(document: bytes) -> Release | Withdrawal:
    """What was packed: only a withdrawal says who withdrew."""
    try:
        return unpack(Release, document)
    except ValueError:
        return unpack(Withdrawal, document)


def _fitting(listed: Iterable[tuple[int, int]]) -> list[int]:
    """The ids of the first of these (id, bytes) that are read at once; at least one."""
    ids: list[int] = []
    total = 0
    for number, size in listed:
        total += size
        if ids and total > MOST_PACKED:
            break
        ids.append(number)
    return ids


class Changes:
    """``worker.ports.Changes`` on the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def pullers(self) -> tuple[Puller, ...]:
        query = (
            sa.select(destination.c.declared, destination.c.retired_at)
            .where(destination.c.kind == KIND)
            .order_by(destination.c.position)
        )
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Puller(from_plain(Destination, row.declared), row.retired_at is not None) for row in rows)

    def page(self, destinations: Sequence[str], since: int, limit: int) -> ChangePage:
        """See the port. A destination that left the catalogue gives its retractions only."""
        retracted = sa.exists().where(delivery.c.uuid == change.c.delivery, delivery.c.action == Action.RETRACT.value)
        query = (
            sa.select(change.c.id, sa.func.length(change.c.document).label("size"))
            .join(destination, destination.c.id == change.c.destination_id)
            .where(destination.c.key.in_(destinations), destination.c.kind == KIND, change.c.id > since)
            .where(sa.or_(destination.c.retired_at.is_(None), retracted))
            .order_by(change.c.id)
            .limit(limit + 1)
        )
        with self.database.read() as connection:
            newest = connection.execute(sa.select(sa.func.max(change.c.id))).scalar_one() or 0
            listed = connection.execute(query).all()
            rows = connection.execute(_NAMED, {"ids": _fitting((row.id, row.size) for row in listed[:limit])}).all()
        found: list[Change] = []
        size = 0
        for row in rows:
            subject = _read(row.document)
            size += len(subject.body or "") if isinstance(subject, Release) else 0
            if found and size > MOST_CHARACTERS:
                break
            found.append(Change(row.id, row.key, subject))
        return ChangePage(tuple(found), newest, more=len(listed) > len(found))
