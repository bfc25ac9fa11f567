"""Deliveries and destinations: claiming what is due, recording what came of it.

A claim leases the destination and marks its deliveries SENDING before any byte leaves, so that a death shows as a
lease that ended without a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState, Result
from worker.model.dispatch import Attempted, DestinationChange, DestinationClaim, DueDelivery, Material
from worker.store import acts, media, stories
from worker.store.engine import Database
from worker.store.schema import article, delivery, destination, receipt, recheck, tombstone

DEATHS_TO_PARK = 3
DUE, SENDING = DeliveryState.DUE.value, DeliveryState.SENDING.value


def _takes_all() -> sa.ColumnElement[bool]:
    """Held, disabled and retired destinations still get their retractions, nothing else."""
    return sa.and_(destination.c.state == "active", destination.c.retired_at.is_(None))


def _has_due(now: datetime) -> sa.ColumnElement[bool]:
    """There is something to send, or something that a dead claimer left in flight."""
    due = sa.exists().where(
        delivery.c.destination_id == destination.c.id,
        delivery.c.state == DUE,
        delivery.c.due_at <= now,
        sa.or_(_takes_all(), delivery.c.priority == 0),
    )
    stranded = sa.exists().where(delivery.c.destination_id == destination.c.id, delivery.c.state == SENDING)
    return sa.or_(due, sa.and_(stranded, destination.c.lease.is_not(None)))


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        sa.or_(destination.c.lease_until.is_(None), destination.c.lease_until < now),
        sa.or_(destination.c.opened_at.is_(None), destination.c.probe_at <= now),
        _has_due(now),
    )


def _withdrawn(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(
        sa.select(tombstone.c.article_id, tombstone.c.reason).where(
            tombstone.c.article_id.in_(ids), tombstone.c.lifted_at.is_(None)
        )
    )
    return {row.article_id: row.reason for row in rows}


class Deliveries:
    """The deliver stage's view of the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def waiting(self, now: datetime) -> list[str]:
        """Keys of up to 64 destinations that could be sent to right now."""
        with self.database.read() as connection:
            query = sa.select(destination.c.key).where(_claimable(now)).limit(64)
            return list(connection.execute(query).scalars())

    def recheck_due(self, now: datetime) -> bool:
        """Whether any article waits to be decided about again."""
        with self.database.read() as connection:
            if connection.execute(sa.select(recheck.c.article_id).limit(1)).first() is not None:
                return True
            return connection.execute(stories.expired(now).limit(1)).first() is not None

    def claim(
        self, now: datetime, *, limit: int, batch: int, lease: str, until: datetime, first: str | None = None
    ) -> list[DestinationClaim]:
        """Lease up to ``limit`` destinations to ``lease`` until ``until``, with up to ``batch`` deliveries each;
        ``first`` is among them if it has anything due.

        What a dead claimer left in flight is taken back first: a death of a batch makes its deliveries go one by one,
        a death of a single one is counted, and the third parks it.
        """
        with self.database.write() as connection:
            query = sa.select(destination).where(_claimable(now)).limit(limit)
            if first is not None:
                query = query.order_by(destination.c.key != first)
            rows = connection.execute(self.database.skip_locked(query)).all()
            claims = [self._claim(connection, row, now, batch=batch, lease=lease, until=until) for row in rows]
            return [claim for claim in claims if claim is not None]

    def _claim(
        self, connection: Connection, row: Row[Any], now: datetime, *, batch: int, lease: str, until: datetime
    ) -> DestinationClaim | None:
        singly = row.singly
        if row.lease is not None:
            singly = self._take_back(connection, row, now)
        size = 1 if row.opened_at is not None or singly else batch
        due = self._due(connection, row, now, size)
        if not due:
            connection.execute(
                sa.update(destination)
                .where(destination.c.id == row.id)
                .values(lease=None, lease_until=None, singly=singly)
            )
            return None
        connection.execute(
            sa.update(destination)
            .where(destination.c.id == row.id)
            .values(lease=lease, lease_until=until, singly=max(0, singly - len(due)))
        )
        connection.execute(
            sa.update(delivery)
            .where(delivery.c.id.in_([one.id for one in due]))
            .values(state=SENDING, lease=lease, attempts=delivery.c.attempts + 1)
        )
        return DestinationClaim(row.key, row.failures, row.probes, row.opened_at is not None, tuple(due))

    def _take_back(self, connection: Connection, row: Row[Any], now: datetime) -> int:
        """Return what a dead claimer left in flight; how many must now go one by one."""
        mine = sa.and_(delivery.c.destination_id == row.id, delivery.c.state == SENDING)
        stranded = connection.execute(sa.select(delivery.c.id, delivery.c.deaths).where(mine)).all()
        if len(stranded) == 1:
            deaths = stranded[0].deaths + 1
            parked = deaths >= DEATHS_TO_PARK
            connection.execute(
                sa.update(delivery)
                .where(mine)
                .values(
                    deaths=deaths,
                    state=DeliveryState.PARKED.value if parked else DUE,
                    detail=f"its sender died {deaths} times" if parked else delivery.c.detail,
                    finished_at=now if parked else None,
                    result=Result.UNKNOWN.value,
                    lease=None,
                )
            )
            left = 0 if parked else 1
        else:
            back = {"state": DUE, "result": Result.UNKNOWN.value, "lease": None}
            connection.execute(sa.update(delivery).where(mine).values(**back))
            left = len(stranded)
        self._drop_superseded(connection, row.id, now)
        return max(int(row.singly), left)

    def _drop_superseded(self, connection: Connection, destination_id: int, now: datetime) -> None:
        """What came back from a dead claimer may have a successor by now: time only runs forward."""
        later = delivery.alias("later")
        newer = sa.exists().where(
            later.c.article_id == delivery.c.article_id,
            later.c.destination_id == delivery.c.destination_id,
            later.c.sequence > delivery.c.sequence,
        )
        connection.execute(
            sa.update(delivery)
            .where(delivery.c.destination_id == destination_id, delivery.c.state == DUE, newer)
            .values(state=DeliveryState.SUPERSEDED.value, finished_at=now)
        )

    def _due(self, connection: Connection, row: Row[Any], now: datetime, size: int) -> list[DueDelivery]:
        flying = delivery.alias("flying")
        query = (
            sa.select(delivery, article.c.uuid.label("article_uuid"))
            .join(article, article.c.id == delivery.c.article_id)
            .where(
                delivery.c.destination_id == row.id,
                delivery.c.state == DUE,
                delivery.c.due_at <= now,
                ~sa.exists().where(
                    flying.c.article_id == delivery.c.article_id,
                    flying.c.destination_id == delivery.c.destination_id,
                    flying.c.state == SENDING,
                ),
            )
            .order_by(delivery.c.priority, delivery.c.due_at, delivery.c.id)
            .limit(size)
        )
        if row.state != "active" or row.retired_at is not None:
            query = query.where(delivery.c.priority == 0)
        rows = connection.execute(query).all()
        firsts = self._first_released(connection, row.id, [one.article_id for one in rows if one.sequence > 1])
        return [
            DueDelivery(
                id=one.id,
                uuid=UUID(one.uuid),
                article=one.article_id,
                article_uuid=UUID(one.article_uuid),
                sequence=one.sequence,
                action=Action(one.action),
                version=one.version,
                use=Use(one.use),
                attempts=one.attempts + 1,
                failures=one.failures,
                unknown=one.result == Result.UNKNOWN.value,
                created_at=one.created_at,
                first_released=firsts.get(one.article_id),
            )
            for one in rows
        ]

    def _first_released(self, connection: Connection, destination_id: int, articles: list[int]) -> dict[int, datetime]:
        if not articles:
            return {}
        rows = connection.execute(
            sa.select(delivery.c.article_id, sa.func.min(delivery.c.finished_at).label("first"))
            .where(
                delivery.c.article_id.in_(articles),
                delivery.c.destination_id == destination_id,
                delivery.c.state == DeliveryState.ACCEPTED.value,
            )
            .group_by(delivery.c.article_id)
        )
        return {row.article_id: row.first for row in rows}

    def more(self, key: str, now: datetime, *, size: int, lease: str) -> tuple[DueDelivery, ...]:
        """Further due deliveries of a destination that is still leased to ``lease``."""
        with self.database.write() as connection:
            row = connection.execute(
                sa.select(destination).where(destination.c.key == key, destination.c.lease == lease)
            ).one_or_none()
            if row is None or row.opened_at is not None or row.singly:
                return ()
            due = self._due(connection, row, now, size)
            if due:
                connection.execute(
                    sa.update(delivery)
                    .where(delivery.c.id.in_([one.id for one in due]))
                    .values(state=SENDING, lease=lease, attempts=delivery.c.attempts + 1)
                )
            return tuple(due)

    def record(
        self,
        attempted: Sequence[Attempted],
        changes: Sequence[DestinationChange],
        *,
        lease: str,
        release: Sequence[str],
    ) -> None:
        """Commit a batch of results with their receipts; give back the destinations named in ``release``.

        A delivery whose lease was lost meanwhile is left as its new claimer has it; its receipt is kept all the same.
        """
        with self.database.write() as connection:
            if attempted:
                self._store(connection, attempted, lease)
            for change in changes:
                connection.execute(
                    sa.update(destination)
                    .where(destination.c.key == change.key)
                    .values(
                        failures=change.failures,
                        opened_at=change.opened_at,
                        probe_at=change.probe_at,
                        probes=change.probes,
                        state=sa.case((destination.c.state == "active", change.state), else_=destination.c.state),
                        state_reason=sa.case(
                            (destination.c.state == "active", change.state_reason), else_=destination.c.state_reason
                        ),
                    )
                )
            if release:
                self._release(connection, lease, release)

    def _store(self, connection: Connection, attempted: Sequence[Attempted], lease: str) -> None:
        connection.execute(
            sa.update(delivery)
            .where(delivery.c.id == sa.bindparam("b_id"), delivery.c.lease == lease)
            .values(
                state=sa.bindparam("b_state"),
                due_at=sa.bindparam("b_due"),
                finished_at=sa.bindparam("b_finished"),
                failures=sa.bindparam("b_failures"),
                result=sa.bindparam("b_result"),
                detail=sa.bindparam("b_detail"),
                lease=None,
                deaths=0,
            ),
            [
                {
                    "b_id": one.delivery,
                    "b_state": one.state.value,
                    "b_due": one.due_at,
                    "b_finished": None if one.state is DeliveryState.DUE else one.at,
                    "b_failures": one.failures,
                    "b_result": one.answer.result.value,
                    "b_detail": one.answer.detail[:500],
                }
                for one in attempted
            ],
        )
        connection.execute(
            sa.insert(receipt),
            [
                {
                    "delivery_id": one.delivery,
                    "attempt": one.attempt,
                    "at": one.at,
                    "result": one.answer.result.value,
                    "status": one.answer.status,
                    "elapsed_ms": round(one.answer.elapsed * 1000),
                    "detail": one.answer.detail[:500],
                    "excerpt": one.answer.excerpt[:2048],
                    "remote_id": one.answer.remote_id,
                    "remote_url": one.answer.remote_url,
                }
                for one in attempted
            ],
        )
        again = [one.delivery for one in attempted if one.state is DeliveryState.DUE]
        if again:
            self._supersede(connection, again, attempted[0].at)

    def _supersede(self, connection: Connection, again: list[int], now: datetime) -> None:
        """A retry whose successor is already written down never goes out again."""
        later = delivery.alias("later")
        connection.execute(
            sa.update(delivery)
            .where(
                delivery.c.id.in_(again),
                sa.exists().where(
                    later.c.article_id == delivery.c.article_id,
                    later.c.destination_id == delivery.c.destination_id,
                    later.c.sequence > delivery.c.sequence,
                ),
            )
            .values(state=DeliveryState.SUPERSEDED.value, finished_at=now)
        )

    def _release(self, connection: Connection, lease: str, keys: Sequence[str]) -> None:
        ids = sa.select(destination.c.id).where(destination.c.key.in_(keys), destination.c.lease == lease)
        connection.execute(
            sa.update(delivery)
            .where(delivery.c.destination_id.in_(ids), delivery.c.state == SENDING, delivery.c.lease == lease)
            .values(state=DUE, lease=None, attempts=delivery.c.attempts - 1)
        )
        connection.execute(
            sa.update(destination)
            .where(destination.c.key.in_(keys), destination.c.lease == lease)
            .values(lease=None, lease_until=None)
        )

    def material(self, key: str, due: Sequence[DueDelivery]) -> dict[int, Material]:
        """What the deliveries of destination ``key`` are decided again and rendered from, by delivery id."""
        ids = sorted({one.article for one in due})
        with self.database.read() as connection:
            currents = stories.currents(connection, {(one.article, one.version) for one in due})
            channels = stories.channels_of(connection, ids)
            approvals = stories.approvals(connection, ids)
            copies = media.copies(connection, ids)
            withdrawn = _withdrawn(connection, ids)
        found: dict[int, Material] = {}
        for one in due:
            approval, approved_for = approvals.get((one.article, key), (None, 0))
            found[one.id] = Material(
                current=currents.get((one.article, one.version)),
                channels=channels.get(one.article, ()),
                approval=approval,
                approval_version=approved_for,
                reason=withdrawn.get(one.article),
                withdrawn=one.article in withdrawn,
                media=copies.get(one.article, {}),
            )
        return found

    def cancel(self, due: Sequence[DueDelivery], detail: str, *, lease: str, now: datetime) -> None:
        """Write off claimed deliveries that must not go as they are, and have their articles settled again."""
        with self.database.write() as connection:
            connection.execute(
                sa.update(delivery)
                .where(delivery.c.id.in_([one.id for one in due]), delivery.c.lease == lease)
                .values(
                    state=DeliveryState.CANCELLED.value,
                    result=sa.case((delivery.c.result == Result.UNKNOWN.value, Result.UNKNOWN.value), else_="not_sent"),
                    detail=detail[:500],
                    finished_at=now,
                    lease=None,
                )
            )
            connection.execute(
                self.database.insert_ignore(recheck), [{"article_id": one} for one in {one.article for one in due}]
            )

    def replay(self, uuid: UUID, now: datetime, *, by: str, note: str | None = None) -> bool:
        """Make a parked delivery due again unless a later sequence took its place; True when it was. Audited."""
        later = delivery.alias("later")
        with self.database.write() as connection:
            done = connection.execute(
                sa.update(delivery)
                .where(
                    delivery.c.uuid == str(uuid),
                    delivery.c.state == DeliveryState.PARKED.value,
                    ~sa.exists().where(
                        later.c.article_id == delivery.c.article_id,
                        later.c.destination_id == delivery.c.destination_id,
                        later.c.sequence > delivery.c.sequence,
                    ),
                )
                .values(state=DUE, due_at=now, failures=0, deaths=0, finished_at=None)
            )
            if done.rowcount == 1:
                acts.record(connection, by=by, verb="replay", target=str(uuid), now=now, note=note)
            return done.rowcount == 1

    def resume(self, key: str, now: datetime, *, by: str, note: str | None = None) -> bool:
        """Lift a hold, a disablement or an open breaker of a destination; True when it exists. Audited."""
        with self.database.write() as connection:
            done = connection.execute(
                sa.update(destination)
                .where(destination.c.key == key)
                .values(state="active", state_reason=None, failures=0, opened_at=None, probe_at=None, probes=0)
            )
            if done.rowcount == 1:
                acts.record(connection, by=by, verb="resume", target=f"destination {key}", now=now, note=note)
            return done.rowcount == 1
