"""Deliveries as the deliver stage records them: what came of each attempt, what is decided and rendered from.

What is due, and who sends it, is in ``worker.store.claims``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from worker.errors import NotFound
from worker.model.delivery import DeliveryState, Reason, Result
from worker.model.dispatch import Attempted, DestinationChange, DestinationClaim, DueDelivery, Gate, Material, Pushed
from worker.model.ingest import Current
from worker.model.stops import Stop, roughly
from worker.store import acts, claims, media, merged, orders, pushing, stops, stories, turns
from worker.store.bulk import Insert, Update
from worker.store.declared import destination
from worker.store.engine import INGEST_LOCK, Database, among
from worker.store.schema import delivery, receipt, recheck, tombstone


class _UpdateLeased(Update):
    """UPDATE of the delivery with the id in the last column but one, while its lease is the one in the last; it has
    no lease afterwards."""

    def _write(self, dialect: Dialect) -> str:
        table, names, sign = self._names(dialect)
        *changed, key, lease = (f"{name} = {sign}" for name in names)
        changes = ", ".join((*changed, f"{names[-1]} = NULL"))
        return " ".join(("UPDATE", table, "SET", changes, "WHERE", key, "AND", lease))


_CONCLUDE = _UpdateLeased(
    *(delivery, "state", "due_at", "finished_at", "failures", "result", "detail", "deaths", "id", "lease")
)
_ADD_RECEIPTS = Insert(
    *(receipt, "delivery_id", "attempt", "at", "result", "status", "elapsed_ms"),
    *("detail", "excerpt", "remote_id", "remote_url"),
)
_WITHDRAWN = sa.select(tombstone.c.article_id, tombstone.c.reason).where(
    among(tombstone.c.article_id, "ids"), tombstone.c.lifted_at.is_(None)
)


EVERYTHING = Gate()


class Deliveries:
    """The deliver stage's view of the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def waiting(self, now: datetime) -> list[str]:
        """Keys of up to 64 destinations that could be sent to right now, as far as that can be told without the
        catalogue: whoever is knocked at looks closer."""
        with self.database.read() as connection:
            return claims.waiting(connection, now, roughly(stops.read(connection, now)))

    def stops(self, now: datetime) -> tuple[Stop, ...]:
        """The stops in force."""
        with self.database.read() as connection:
            return stops.read(connection, now)

    def local_due(self, now: datetime, gate: Gate) -> bool:
        """Whether anything that waited for a local destination may be shown."""
        with self.database.read() as connection:
            return claims.has_local_due(connection, now, gate)

    def recheck_due(self, now: datetime) -> bool:
        """Whether any article waits to be decided about again."""
        with self.database.read() as connection:
            return stories.recheck_due(connection, now)

    def claim(
        self,
        now: datetime,
        *,
        limit: int,
        batch: int,
        lease: str,
        until: datetime,
        first: str | None = None,
        gate: Gate = EVERYTHING,
    ) -> list[DestinationClaim]:
        """Lease up to ``limit`` destinations to ``lease`` until ``until``, with up to ``batch`` deliveries each that
        ``gate`` lets go; ``first`` is among them if it has anything due, then those served least recently.

        What a dead claimer left in flight is taken back first: a death of a batch makes its deliveries go one by one,
        a death of a single one is counted, and the third parks it.
        """
        with self.database.write() as connection:
            return claims.claim(connection, now, gate, limit=limit, batch=batch, lease=lease, until=until, first=first)

    def more(
        self, keys: Sequence[str], now: datetime, *, size: int, lease: str, gate: Gate = EVERYTHING
    ) -> Mapping[str, tuple[DueDelivery, ...]]:
        """Up to ``size`` further due deliveries of each of these destinations, as far as it is still leased to
        ``lease``."""
        with self.database.write() as connection:
            return claims.more(connection, keys, now, gate, size=size, lease=lease)

    def recalled(self, keys: Sequence[str], now: datetime, *, lease: str) -> list[str]:
        """Those of these destinations, leased to ``lease``, that a retraction waits for."""
        with self.database.read() as connection:
            return claims.recalled(connection, keys, now, lease)

    def retractions(
        self, keys: Sequence[str], now: datetime, *, size: int, lease: str
    ) -> Mapping[str, tuple[DueDelivery, ...]]:
        """As ``more``, of retractions only: no stop and no schedule keeps them."""
        with self.database.write() as connection:
            return claims.retractions(connection, keys, now, size=size, lease=lease)

    def replaced(self, ids: Sequence[int]) -> frozenset[int]:
        """Those of these deliveries that a later one of the same article and destination took the place of."""
        with self.database.read() as connection:
            return turns.replaced(connection, ids)

    def put_back(self, ids: Sequence[int], now: datetime, *, lease: str) -> None:
        """Let these claimed deliveries, of which nothing was sent, wait again where they did; what a later one took the
        place of meanwhile is superseded."""
        with self.database.write() as connection:
            claims.put_back(connection, ids, now, lease)

    def record(
        self,
        attempted: Sequence[Attempted],
        changes: Sequence[DestinationChange],
        *,
        lease: str,
        release: Sequence[str],
        now: datetime,
    ) -> None:
        """Commit a batch of results with their receipts; give back the destinations named in ``release``.

        A delivery whose lease was lost meanwhile is left as its new claimer has it; its receipt is kept all the same.
        """
        with self.database.write() as connection:
            if attempted:
                _conclude(connection, attempted, lease)
            for change in changes:
                _change(connection, change)
            if release:
                claims.release(connection, lease, release, now)

    def leave_unknown(self, ids: Sequence[int], now: datetime, *, lease: str) -> None:
        """Let these deliveries, which ``lease`` has in flight, be due again with an unknown end, uncharged; their
        destinations stay leased until the lease ends, and are then sent to one by one."""
        with self.database.write() as connection:
            claims.leave_unknown(connection, ids, now, lease)

    def currents(self, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Current]:
        """The texts of versions by (article, number); those that were never made are missing. A version never
        changes."""
        with self.database.read() as connection:
            return stories.currents(connection, wanted)

    def material(self, due: Mapping[str, Sequence[DueDelivery]]) -> dict[int, Material]:
        """What deliveries, by the key of their destination, are decided again from, by delivery id."""
        ids = sorted({one.article for some in due.values() for one in some})
        with self.database.read() as connection:
            channels = stories.channels_of(connection, ids)
            approvals = stories.approvals(connection, ids)
            copies = media.copies(connection, ids)
            again = {one.article for some in due.values() for one in some if one.first_released is not None}
            out = stories.out_there(connection, sorted(again))
            joined = merged.named(connection, ids)
            withdrawn = dict.fromkeys(joined, Reason.MERGED.value)
            withdrawn |= {row.article_id: row.reason for row in connection.execute(_WITHDRAWN, {"ids": ids})}
        found: dict[int, Material] = {}
        for key, one in ((key, one) for key, some in due.items() for one in some):
            approval, approved_for = approvals.get((one.article, key), (None, 0))
            found[one.id] = Material(
                channels=channels.get(one.article, ()),
                approval=approval,
                approval_version=approved_for,
                reason=withdrawn.get(one.article),
                withdrawn=one.article in withdrawn,
                media=copies.get(one.article, {}),
                out=out.get((one.article, key), (None, 0))[0],
                out_version=out.get((one.article, key), (None, 0))[1],
                merged=joined.get(one.article),
            )
        return found

    def as_due(self, uuid: UUID) -> tuple[str, DueDelivery]:
        """A delivery with the key of its destination, as if it were due again. Raises NotFound."""
        with self.database.read() as connection:
            found = turns.as_due(connection, uuid)
        if found is None:
            raise NotFound(f"no delivery has the id {uuid}")
        return found

    def cancel(self, due: Sequence[DueDelivery], detail: str, *, lease: str, now: datetime) -> None:
        """Write off claimed deliveries that must not go as they are, and have their articles settled again."""
        with self.database.write(lock=INGEST_LOCK) as connection:
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
        parked = delivery.c.state == DeliveryState.PARKED.value
        with self.database.write() as connection:
            why = connection.execute(sa.select(delivery.c.detail).where(delivery.c.uuid == str(uuid))).scalar()
            done = connection.execute(
                sa.update(delivery)
                .where(delivery.c.uuid == str(uuid), parked, ~orders.has_successor())
                .values(state=DeliveryState.DUE.value, due_at=now, failures=0, deaths=0, finished_at=None)
            )
            if done.rowcount == 1:
                detail = {"before": {"state": "parked", "detail": why}, "after": {"state": "due"}}
                acts.record(connection, by=by, verb="replay", target=str(uuid), now=now, note=note, detail=detail)
            return done.rowcount == 1

    def push(
        self, article_id: int, keys: Sequence[str] | None, now: datetime, *, by: str, note: str | None = None
    ) -> list[Pushed]:
        """Make what waits of an article, at these destinations or everywhere, due now and urgent: windows, fixed times,
        delay, rate and cap keep it no longer; stops do. What a person dropped is taken up again. Audited."""
        with self.database.write(lock=INGEST_LOCK) as connection:
            pushed = pushing.push(connection, article_id, keys, now)
            for one in pushed:
                before = {"state": "dropped" if one.dropped else "due", "due": one.was_due.isoformat()}
                after = {"state": "due", "due": now.isoformat(), "urgent": True}
                detail = {"destination": one.destination, "before": before, "after": after}
                what = str(one.article)
                acts.record(connection, by=by, verb="push", target=what, note=note, now=now, detail=detail)
            return pushed

    def resume(self, key: str, now: datetime, *, by: str, note: str | None = None) -> bool:
        """Lift a hold, a disablement or an open breaker of a destination; True when it exists. Audited."""
        state = (destination.c.state, destination.c.state_reason, destination.c.opened_at)
        with self.database.write() as connection:
            was = connection.execute(sa.select(*state).where(destination.c.key == key)).first()
            done = connection.execute(
                sa.update(destination)
                .where(destination.c.key == key)
                .values(state="active", state_reason=None, failures=0, opened_at=None, probe_at=None, probes=0)
            )
            if was is not None:
                name = "open" if was.state == "active" and was.opened_at is not None else was.state
                before = {"state": name, "reason": was.state_reason}
                detail = {"before": before, "after": {"state": "active"}}
                target = f"destination {key}"
                acts.record(connection, by=by, verb="resume", target=target, now=now, note=note, detail=detail)
            return done.rowcount == 1


def _change(connection: Connection, change: DestinationChange) -> None:
    """Move a destination's breaker; its state only while it is active, for what a person set stays."""
    active = destination.c.state == "active"
    connection.execute(
        sa.update(destination)
        .where(destination.c.key == change.key)
        .values(
            failures=change.failures,
            opened_at=change.opened_at,
            probe_at=change.probe_at,
            probes=change.probes,
            state=sa.case((active, change.state), else_=destination.c.state),
            state_reason=sa.case((active, change.state_reason), else_=destination.c.state_reason),
        )
    )


def _conclude(connection: Connection, attempted: Sequence[Attempted], lease: str) -> None:
    _CONCLUDE.run(connection, [_conclusion(one, lease) for one in attempted])
    _ADD_RECEIPTS.run(connection, [_receipt(one) for one in attempted])
    again = [one.delivery for one in attempted if one.state is DeliveryState.DUE]
    if again:  # a retry whose successor is already written down never goes out
        connection.execute(
            sa.update(delivery)
            .where(delivery.c.id.in_(again), orders.has_successor())
            .values(state=DeliveryState.SUPERSEDED.value, finished_at=attempted[0].at)
        )


def _conclusion(one: Attempted, lease: str) -> tuple[object, ...]:
    """A row for ``_CONCLUDE``."""
    finished = None if one.state is DeliveryState.DUE else one.at
    sure = one.answer.result is Result.ACCEPTED or not one.unknown
    result, detail = one.answer.result if sure else Result.UNKNOWN, one.answer.detail[:500]
    return (one.state.value, one.due_at, finished, one.failures, result.value, detail, 0, one.delivery, lease)


def _receipt(one: Attempted) -> tuple[object, ...]:
    """A row for ``_ADD_RECEIPTS``."""
    answer = one.answer
    came = (one.delivery, one.attempt, one.at, answer.result.value, answer.status, round(answer.elapsed * 1000))
    return (*came, answer.detail[:500], answer.excerpt[:2048], answer.remote_id, answer.remote_url)
