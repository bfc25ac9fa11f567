"""Alerts as episodes, and what is told of them as rows that wait for their recipient.

An episode and the messages about it are written in one transaction, under one lock: two watchers open nothing twice.
A message is claimed by one watcher at a time, and per recipient in order, so that nobody hears of an end before the
beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from worker.model.alerts import AlertKind, Episode, Message, Telling, Told, Turn, WaitingTelling
from worker.store.engine import Database
from worker.store.pack import from_plain, to_plain
from worker.store.pulse import beat, last_beat
from worker.store.telling import alert, telling

WATCH_LOCK = 0x616C6572
WATCH, DIGEST = "watch", "digest"
WORDS = 1000  # characters of an episode's words that are kept

Key = tuple[AlertKind, str]
Judge = Callable[[Sequence[Episode]], Turn]
Compose = Callable[[Turn, Mapping[Key, int]], Message | None]

_WAITING = (telling.c.told_at.is_(None), telling.c.given_up_at.is_(None))


class AlertStore:
    """The watch's view of the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def begin(self, now: datetime, apart: timedelta) -> tuple[bool, datetime | None]:
        """Whether it is time for another look, the last one being ``apart`` ago or longer; and when that was."""
        with self.database.write(lock=WATCH_LOCK) as connection:
            last = last_beat(connection, WATCH)
            due = last is None or not timedelta() <= now - last < apart
            if due:
                beat(self.database, connection, WATCH, now)
        return due, last

    def open(self) -> tuple[Episode, ...]:
        """Episodes that are not over, oldest first."""
        with self.database.read() as connection:
            return _open(connection)

    def turn(self, now: datetime, judge: Judge, compose: Compose, recipients: Sequence[str]) -> Turn:
        """Let ``judge`` say what the open episodes come to, write it down, and put the message that ``compose`` makes
        of it on the way to each of ``recipients``."""
        with self.database.write(lock=WATCH_LOCK) as connection:
            turn = judge(_open(connection))
            ids = _write(connection, turn, now)
            message = compose(turn, ids)
            if message is not None:
                _post(connection, message, recipients, now)
        return turn

    def digested_at(self) -> datetime | None:
        """When the last daily summary was due."""
        with self.database.read() as connection:
            return last_beat(connection, DIGEST)

    def digest(self, due_at: datetime, message: Message | None, recipients: Sequence[str], now: datetime) -> bool:
        """Put the summary that was due at ``due_at`` on its way, once; False when another did. None: only note it."""
        with self.database.write(lock=WATCH_LOCK) as connection:
            last = last_beat(connection, DIGEST)
            if last is not None and last >= due_at:
                return False
            beat(self.database, connection, DIGEST, due_at)
            if message is not None:
                _post(connection, message, recipients, now)
        return True

    def claim(self, now: datetime, *, lease: str, until: datetime) -> Telling | None:
        """Lease the oldest message that is due, and the first that its recipient waits for, to ``lease`` until
        ``until``; None when there is none."""
        earlier = telling.alias()
        first = ~sa.exists().where(
            earlier.c.recipient == telling.c.recipient,
            earlier.c.id < telling.c.id,
            earlier.c.told_at.is_(None),
            earlier.c.given_up_at.is_(None),
        )
        free = sa.or_(telling.c.lease_until.is_(None), telling.c.lease_until <= now)
        due = sa.select(telling).where(*_WAITING, telling.c.due_at <= now, free, first).order_by(telling.c.id).limit(1)
        with self.database.read() as connection:
            if connection.execute(due).first() is None:
                return None
        with self.database.write() as connection:
            row = connection.execute(self.database.skip_locked(due)).one_or_none()
            if row is None:
                return None
            connection.execute(
                sa.update(telling)
                .where(telling.c.id == row.id)
                .values(lease=lease, lease_until=until, attempts=telling.c.attempts + 1)
            )
        return _telling(row)

    def record(self, one: Telling, told: Told, now: datetime, *, lease: str, again_at: datetime | None) -> None:
        """What came of a claimed message: told, due again at ``again_at``, or (None) given up. Nothing is written by
        whoever lost the lease."""
        ended = {"told_at": now} if told.ok else {"given_up_at": now} if again_at is None else {"due_at": again_at}
        with self.database.write() as connection:
            done = connection.execute(
                sa.update(telling)
                .where(telling.c.id == one.row, telling.c.lease == lease)
                .values(**ended, detail=told.detail[:500], lease=None, lease_until=None)
            )
            if told.ok and done.rowcount:
                for column, ids in ((alert.c.told_at, one.message.began), (alert.c.all_clear_at, one.message.over)):
                    connection.execute(
                        sa.update(alert).where(alert.c.id.in_(ids), column.is_(None)).values({column: now})
                    )

    def drop_others(self, recipients: Sequence[str], now: datetime) -> int:
        """Give up what waits for recipients that are no longer declared."""
        with self.database.write() as connection:
            return connection.execute(
                sa.update(telling)
                .where(*_WAITING, telling.c.recipient.not_in(recipients))
                .values(given_up_at=now, detail="its recipient has left [alerts]", lease=None, lease_until=None)
            ).rowcount

    def prune(self, before: datetime, limit: int) -> int:
        """Drop messages made before, whatever came of them."""
        old = sa.select(telling.c.id).where(telling.c.made_at < before).order_by(telling.c.id).limit(limit)
        with self.database.write() as connection:
            ids = list(connection.execute(old).scalars())
            connection.execute(sa.delete(telling).where(telling.c.id.in_(ids)))
        return len(ids)

    # For people.

    def episodes(self, limit: int, *, over: bool) -> list[Episode]:
        """Episodes, the newest first: the open ones, or with ``over`` all."""
        query = sa.select(alert).order_by(alert.c.id.desc()).limit(limit)
        with self.database.read() as connection:
            rows = connection.execute(query if over else query.where(alert.c.closed_at.is_(None)))
            return [_episode(row) for row in rows]

    def waiting(self) -> list[WaitingTelling]:
        """Messages that their recipient has not taken, oldest first, at most 100."""
        query = sa.select(telling).where(*_WAITING, telling.c.attempts > 0).order_by(telling.c.id).limit(100)
        with self.database.read() as connection:
            return [
                WaitingTelling(
                    *(row.recipient, row.document["subject"], row.made_at, row.due_at, row.attempts, row.detail)
                )
                for row in connection.execute(query)
            ]


def _open(connection: Connection) -> tuple[Episode, ...]:
    rows = connection.execute(sa.select(alert).where(alert.c.closed_at.is_(None)).order_by(alert.c.id))
    return tuple(_episode(row) for row in rows)


def _episode(row: Row[Any]) -> Episode:
    return Episode(
        id=row.id,
        kind=AlertKind(row.kind),
        target=row.target,
        words=row.words,
        level=row.level,
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        closed_at=row.closed_at,
        told_at=row.told_at,
        all_clear_at=row.all_clear_at,
    )


def _write(connection: Connection, turn: Turn, now: datetime) -> dict[Key, int]:
    """Write ``turn`` down; the ids of the episodes that began."""
    ids: dict[Key, int] = {}
    for one in turn.began:
        values = {"kind": one.kind.value, "target": one.target, "words": one.words[:WORDS], "level": one.level}
        made = connection.execute(sa.insert(alert).values(**values, opened_at=now, seen_at=now).returning(alert.c.id))
        ids[one.kind, one.target] = made.scalar_one()
    for episode, one in turn.worse:
        connection.execute(
            sa.update(alert)
            .where(alert.c.id == episode.id)
            .values(words=one.words[:WORDS], level=one.level, seen_at=now)
        )
    if turn.last:
        connection.execute(
            sa.update(alert)
            .where(alert.c.id == sa.bindparam("b_id"))
            .values(seen_at=now, words=sa.bindparam("b_words")),
            [{"b_id": episode.id, "b_words": one.words[:WORDS]} for episode, one in turn.last],
        )
    if turn.over:
        connection.execute(
            sa.update(alert).where(alert.c.id.in_([episode.id for episode in turn.over])).values(closed_at=now)
        )
    return ids


def _post(connection: Connection, message: Message, recipients: Sequence[str], now: datetime) -> None:
    if recipients:
        document = to_plain(message)
        rows = [
            {"uuid": str(uuid4()), "recipient": one, "document": document, "made_at": now, "due_at": now}
            for one in recipients
        ]
        connection.execute(sa.insert(telling), rows)


def _telling(row: Row[Any]) -> Telling:
    return Telling(
        row=row.id,
        id=UUID(row.uuid),
        recipient=row.recipient,
        message=from_plain(Message, row.document),
        made_at=row.made_at,
        attempt=row.attempts + 1,
    )
