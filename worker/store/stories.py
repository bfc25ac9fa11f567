"""Articles with all that a decision looks at, and what was decided: versions, placements, rulings, orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from worker.model.article import Credit
from worker.model.catalog import Use
from worker.model.correction import NONE, Fixes
from worker.model.delivery import Decision, DeliveryState, Reason
from worker.model.feed import ParsedEntry
from worker.model.ingest import Current, Pair, Ruling, Story, VersionRow
from worker.store import articles as article_store
from worker.store import corrections, holds, orders, stops
from worker.store import media as media_store
from worker.store.bulk import Insert, Update
from worker.store.columns import UtcDateTime
from worker.store.declared import channel, destination, installation
from worker.store.engine import Database, among
from worker.store.pack import pack, pack_again, unpack
from worker.store.schema import article, decision, delivery, placement, recheck, version

EXPIRED_MOST = 10_000  # decisions that are looked at in one go
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
OPEN_LONGEST = timedelta(minutes=2)  # no task lives longer, and clocks differ by seconds

_CHANNELS = (
    sa.select(placement.c.article_id, channel.c.key)
    .join(channel, channel.c.id == placement.c.channel_id)
    .where(among(placement.c.article_id, "ids"))
    .order_by(channel.c.position)
)
_DELIVERIES = (
    sa.select(delivery, destination.c.key)
    .join(destination, destination.c.id == delivery.c.destination_id)
    .where(among(delivery.c.article_id, "ids"))
    .order_by(delivery.c.sequence)
)


def _newest(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The newest decision of every pair of the articles ``ids``, of those that meet ``conditions``."""
    newest = (
        sa.select(sa.func.max(decision.c.id))
        .where(among(decision.c.article_id, "ids"), *conditions)
        .group_by(decision.c.article_id, decision.c.destination_id)
    )
    return (
        sa.select(decision, destination.c.key)
        .join(destination, destination.c.id == decision.c.destination_id)
        .where(decision.c.id.in_(newest))
    )


_NEWEST = _newest().add_columns(holds.held_since(decision.c).label("held_since"))
_NEWEST_BY_PEOPLE = _newest(decision.c.decided_by.is_not(None))
_ADD_DECISION = sa.insert(decision)
_ADD_VERSIONS = Insert(version, "article_id", "number", "entry_id", "revision", "credit", "fixes", "created_at")
_SHOW_VERSIONS = Update(article, "version", "lead_id", "title", "id")
_ADD_PLACEMENTS = Insert(placement, "article_id", "channel_id", or_ignore=True)


def load(connection: Connection, wanted: Iterable[int], floor: int = 0) -> list[Story]:
    """The stories of these articles, in the order of their ids. ``floor`` is what sequences begin above."""
    ids = sorted(set(wanted))
    if not ids:
        return []
    rows = article_store.article_rows(connection, ids)
    copies = article_store.copies(connection, ids)
    channels = _channels(connection, ids)
    pairs = _pairs(connection, ids, floor)
    copies_of_media = media_store.copies(connection, ids)
    fixes = corrections.in_force(connection, ids)
    stopped = stops.unlifted(connection)
    versions = article_store.version_rows(connection, [(row.id, row.version) for row in rows if row.version])
    return [
        Story(
            article=row.id,
            uuid=UUID(row.uuid),
            lead=row.lead_id,
            current=_current(versions.get((row.id, row.version))),
            withdrawn=row.state != "live",
            merged=row.state == "merged",
            copies=tuple(copies.get(row.id, ())),
            channels=tuple(channels.get(row.id, ())),
            pairs=pairs.get(row.id, {}),
            media=copies_of_media.get(row.id, {}),
            fixes=fixes.get(row.id, NONE),
            stops=stopped,
            floor=floor,
        )
        for row in sorted(rows, key=lambda row: row.id)
    ]


def _current(row: Row[Any] | None) -> Current | None:
    if row is None:
        return None
    return Current(
        number=row.number,
        entry=row.entry_id,
        revision=row.revision,
        source=row.source,
        first_seen=row.first_seen_at,
        credit=unpack(Credit, row.credit),
        document=unpack(ParsedEntry, row.document),
        fixes=unpack(Fixes, row.fixes) if row.fixes else NONE,
    )


def currents(connection: Connection, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Current]:
    """Versions by (article, number)."""
    found = article_store.version_rows(connection, wanted)
    return {key: made for key, row in found.items() if (made := _current(row)) is not None}


def _channels(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    rows = connection.execute(_CHANNELS, {"ids": list(ids)})
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.article_id, []).append(row.key)
    return found


def channels_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Channel keys of each article, in catalogue order."""
    return {key: tuple(value) for key, value in _channels(connection, ids).items()}


def _pairs(connection: Connection, ids: Sequence[int], floor: int) -> dict[int, dict[str, Pair]]:
    found: dict[int, dict[str, Pair]] = {}
    decisions = {(row.article_id, row.key): row for row in connection.execute(_NEWEST, {"ids": list(ids)})}
    approvals = _approvals(connection, ids)
    deliveries: dict[tuple[int, str], list[Row[Any]]] = {}
    rows = connection.execute(_DELIVERIES, {"ids": list(ids)})
    for row in rows:
        deliveries.setdefault((row.article_id, row.key), []).append(row)
    for key in {*deliveries, *decisions}:
        made = decisions.get(key)
        approval, approved_for = approvals.get(key, (None, 0))
        found.setdefault(key[0], {})[key[1]] = replace(
            orders.pair_of(key[1], deliveries[key]) if key in deliveries else Pair(key[1], floor),
            decision=read_decision(made) if made else None,
            decision_version=made.version if made else 0,
            approval=approval,
            approval_version=approved_for,
            held_since=made.held_since if made else None,
        )
    return found


def out_there(connection: Connection, ids: Sequence[int]) -> dict[tuple[int, str], tuple[Use | None, int]]:
    """In which use and version each destination has each of these articles, by (article, destination's key)."""
    deliveries: dict[tuple[int, str], list[Row[Any]]] = {}
    for row in connection.execute(_DELIVERIES, {"ids": list(ids)}) if ids else ():
        deliveries.setdefault((row.article_id, row.key), []).append(row)
    pairs = {key: orders.pair_of(key[1], rows) for key, rows in deliveries.items()}
    return {key: (pair.out, pair.out_version) for key, pair in pairs.items()}


def _approvals(connection: Connection, ids: Sequence[int]) -> dict[tuple[int, str], tuple[Decision, int]]:
    rows = connection.execute(_NEWEST_BY_PEOPLE, {"ids": list(ids)})
    return {(row.article_id, row.key): (read_decision(row), row.version) for row in rows}


def approvals(connection: Connection, ids: Sequence[int]) -> dict[tuple[int, str], tuple[Decision, int]]:
    """The newest decision a person made for each pair, with its version."""
    return _approvals(connection, ids) if ids else {}


def read_decision(row: Row[Any]) -> Decision:
    """A ``decision`` row as the value it was."""
    return Decision(
        use=Use(row.use),
        reasons=tuple(Reason(code) for code in row.reasons.split()),
        obligations=tuple(row.obligations.split()),
        grant=row.grant_key,
        grant_version=row.grant_version,
        valid_until=row.valid_until,
        by=row.decided_by,
        note=row.note,
    )


def write_versions(connection: Connection, rows: Sequence[VersionRow], now: datetime) -> None:
    made = [
        (row.article, row.number, row.entry, row.revision, pack_again(row.credit), _packed(row.fixes), now)
        for row in rows
    ]
    _ADD_VERSIONS.run(connection, made)
    _SHOW_VERSIONS.run(connection, [(row.number, row.entry, row.title[:1000], row.article) for row in rows])


def _packed(fixes: Fixes) -> bytes | None:
    return pack(fixes) if fixes else None


def write_placements(connection: Connection, rows: Sequence[tuple[int, str]], channel_ids: dict[str, int]) -> None:
    """``rows`` are (article id, channel key)."""
    _ADD_PLACEMENTS.run(connection, [(one, channel_ids[key]) for one, key in rows])


def write_rulings(
    connection: Connection, rulings: Sequence[Ruling], destination_ids: dict[str, int], now: datetime
) -> None:
    """Append decisions; those that cancel take what waits for their pair off the road."""
    if not rulings:
        return
    connection.execute(
        _ADD_DECISION,
        [
            {
                "article_id": ruling.article,
                "destination_id": destination_ids[ruling.destination],
                "version": ruling.version,
                "use": ruling.decision.use.value,
                "reasons": " ".join(ruling.decision.reasons),
                "obligations": " ".join(ruling.decision.obligations),
                "grant_key": ruling.decision.grant,
                "grant_version": ruling.decision.grant_version,
                "valid_until": ruling.decision.valid_until,
                "decided_by": ruling.decision.by,
                "note": ruling.decision.note,
                "decided_at": now,
            }
            for ruling in rulings
        ],
    )
    cancelled = [
        {"b_article": ruling.article, "b_destination": destination_ids[ruling.destination], "b_now": now}
        for ruling in rulings
        if ruling.cancels
    ]
    orders.retire_due(connection, cancelled, DeliveryState.CANCELLED)


def queue_recheck(database: Database, connection: Connection, query: sa.Select[tuple[int]]) -> None:
    """Put the articles that ``query`` names on the list of those to decide about again. ``query`` needs a WHERE:
    without one SQLite takes ON CONFLICT for a join (sqlite.org/lang_upsert.html, "parsing ambiguity")."""
    connection.execute(database.insert_ignore(recheck).from_select(["article_id"], query))


def _expired() -> sa.Select[Any]:
    """(article_id, valid_until) of newest decisions that passed their end by ``now`` and had not at the last look. A
    mark that lies ahead of the clock does not count."""
    newer, mark = decision.alias("newer"), installation.c.expired_to
    latest = sa.bindparam("latest", type_=UtcDateTime)
    looked = sa.case((mark.is_(None), sa.literal(BEGINNING, UtcDateTime)), (mark < latest, mark), else_=latest)
    return sa.select(decision.c.article_id, decision.c.valid_until).where(
        decision.c.valid_until >= sa.select(looked).scalar_subquery(),
        decision.c.valid_until <= sa.bindparam("now", type_=UtcDateTime),
        ~sa.exists().where(
            newer.c.article_id == decision.c.article_id,
            newer.c.destination_id == decision.c.destination_id,
            newer.c.id > decision.c.id,
        ),
    )


_RECHECK_DUE = sa.select(sa.or_(sa.exists(sa.select(recheck.c.article_id)), sa.exists(_expired())))
_EXPIRED = _expired().order_by(decision.c.valid_until).limit(EXPIRED_MOST)
_LOOKED = sa.update(installation).values(expired_to=sa.bindparam("b_mark"))


def recheck_due(connection: Connection, now: datetime) -> bool:
    """Whether any article waits to be decided about again, listed or not yet."""
    return bool(connection.execute(_RECHECK_DUE, {"now": now, "latest": now - OPEN_LONGEST}).scalar_one())


def queue_expired(database: Database, connection: Connection, now: datetime) -> None:
    """Queue articles with an expired newest decision, a transaction's worth: the end of a grant is that of millions.

    How far that went is remembered with it: nobody reads the ends of all the years again. The mark stays behind by as
    long as a transaction may be open: one may yet write a decision whose end is over when it commits.
    """
    mark = now - OPEN_LONGEST
    rows = connection.execute(_EXPIRED, {"now": now, "latest": mark}).all()
    if rows:
        again = [{"article_id": one} for one in sorted({row.article_id for row in rows})]
        connection.execute(database.insert_ignore(recheck), again)
    if len(rows) == EXPIRED_MOST:
        mark = min(mark, rows[-1].valid_until)
    connection.execute(_LOOKED, {"b_mark": mark})


def take_recheck(connection: Connection, limit: int) -> list[int]:
    """Take up to ``limit`` articles off the list."""
    ids = list(
        connection.execute(sa.select(recheck.c.article_id).order_by(recheck.c.article_id).limit(limit)).scalars()
    )
    if ids:
        connection.execute(sa.delete(recheck).where(recheck.c.article_id.in_(ids)))
    return ids
