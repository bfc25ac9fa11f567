"""What waits for a person's word: newest decisions that hold. What was dropped, and what was decided before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState, Reason
from worker.model.overview import DecisionRow
from worker.model.review import ANY, Baseline, HeldFilter, HeldRow
from worker.store import holds
from worker.store.declared import channel, destination, source
from worker.store.schema import article, decision, delivery, entry, placement
from worker.store.stories import channels_of, read_decision

BOUND = 10_000  # holds looked at, newest first


def held_pairs(limit: int = BOUND, *, dropped: bool = False) -> sa.Subquery:
    """Article and destination of the newest decisions that hold and still count, at most ``limit``, newest first; those
    that nobody decided in time are left out, or are what is asked for."""
    late = holds.is_dropped(decision.c)
    return (
        sa.select(decision.c.id, decision.c.article_id, decision.c.destination_id)
        .join(article, article.c.id == decision.c.article_id)
        .join(destination, destination.c.id == decision.c.destination_id)
        .where(
            decision.c.use == Use.HOLD.value,
            late if dropped else ~late,
            ~decision.c.reasons.startswith(Reason.GRANT_ENDED.value),  # no person's word changes that
            article.c.state == "live",
            destination.c.retired_at.is_(None),
            holds.is_newest(decision.c),
        )
        .order_by(decision.c.id.desc())
        .limit(limit)
        .subquery()
    )


def held(connection: Connection, limit: int, wanted: HeldFilter = ANY) -> list[HeldRow]:
    """What waits of ``wanted``, oldest first; of what was dropped, the newest first."""
    pairs = held_pairs(dropped=wanted.dropped)
    since = sa.func.coalesce(holds.held_since(decision.c), decision.c.decided_at)
    query = (
        sa.select(decision, article.c.uuid, article.c.title, source.c.key.label("source"), destination.c.key)
        .add_columns(since.label("since"))
        .join(pairs, pairs.c.id == decision.c.id)
        .join(article, article.c.id == decision.c.article_id)
        .join(entry, entry.c.id == article.c.lead_id)
        .join(source, source.c.id == entry.c.source_id)
        .join(destination, destination.c.id == decision.c.destination_id)
        .where(*_conditions(wanted, since))
    )
    order = (decision.c.id.desc(),) if wanted.dropped else (since, decision.c.article_id, destination.c.position)
    rows = connection.execute(query.order_by(*order).limit(limit)).all()
    channels = channels_of(connection, sorted({row.article_id for row in rows}))
    return [
        HeldRow(
            article=UUID(row.uuid),
            title=row.title,
            source=row.source,
            channels=channels.get(row.article_id, ()),
            destination=row.key,
            version=row.version,
            decision=read_decision(row),
            decided_at=row.decided_at,
            since=row.since,
        )
        for row in rows
    ]


def _conditions(wanted: HeldFilter, since: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
    found = [sa.func.lower(article.c.title).contains(word.lower(), autoescape=True) for word in wanted.words]
    if wanted.source is not None:
        found.append(source.c.key == wanted.source)
    if wanted.channel is not None:
        placed = sa.select(placement.c.article_id).join(channel, channel.c.id == placement.c.channel_id)
        found.append(decision.c.article_id.in_(placed.where(channel.c.key == wanted.channel)))
    if wanted.destinations:
        found.append(destination.c.key.in_(wanted.destinations))
    if wanted.reason is not None:
        spaced = sa.literal(" ").concat(decision.c.reasons).concat(" ")
        found.append(spaced.contains(f" {wanted.reason} ", autoescape=True))
    if wanted.before is not None:
        found.append(since <= wanted.before)
    return found


def dropped(connection: Connection, since: datetime, until: datetime) -> int:
    """How many articles were dropped within that time because nobody decided about them; at most ``BOUND`` holds are
    looked at, newest first."""
    newest = sa.select(decision.c.id).where(holds.is_dropped(decision.c)).order_by(decision.c.id.desc()).limit(BOUND)
    late = sa.select(sa.func.count(decision.c.article_id.distinct())).where(
        decision.c.id.in_(newest), decision.c.decided_at >= since, decision.c.decided_at <= until
    )
    return connection.execute(late).scalar_one()


def baseline(connection: Connection, article_id: int, below: int, only: str | None = None) -> Baseline | None:
    """The last version before ``below`` that a person approved or a destination took (``only`` at one of them)."""
    approved = (
        sa.select(decision.c.version, decision.c.decided_by, destination.c.key, decision.c.decided_at, decision.c.use)
        .join(destination, destination.c.id == decision.c.destination_id)
        .where(
            decision.c.article_id == article_id,
            decision.c.version < below,
            decision.c.decided_by.is_not(None),
            decision.c.use.not_in((Use.HOLD.value, Use.REJECT.value)),
        )
        .order_by(decision.c.version.desc(), decision.c.id.desc())
    )
    sent = (
        sa.select(delivery.c.version, sa.null(), destination.c.key, delivery.c.finished_at, delivery.c.use)
        .join(destination, destination.c.id == delivery.c.destination_id)
        .where(
            delivery.c.article_id == article_id,
            delivery.c.version < below,
            delivery.c.state == DeliveryState.ACCEPTED.value,
            delivery.c.action != Action.RETRACT.value,
        )
        .order_by(delivery.c.version.desc(), delivery.c.id.desc())
    )
    found = []
    for query in (approved, sent):
        row = connection.execute((query if only is None else query.where(destination.c.key == only)).limit(1)).first()
        if row is not None:
            version, by, key, at, use = row
            found.append(Baseline(version, by, key, at, Use(use)))
    return max(found, key=lambda one: one.version, default=None)


@dataclass(frozen=True, slots=True)
class HeldCounts:
    """How many articles are held: in all, by the id of the source that leads them, by the id of the destination."""

    articles: int
    by_source: dict[int, int]
    by_destination: dict[int, int]


def held_counts(connection: Connection) -> HeldCounts:
    """What waits, counted; at most ``BOUND`` holds are looked at."""
    waiting = held_pairs()
    rows = connection.execute(
        sa.select(waiting.c.article_id, waiting.c.destination_id, entry.c.source_id)
        .select_from(waiting)
        .join(article, article.c.id == waiting.c.article_id)
        .join(entry, entry.c.id == article.c.lead_id)
    ).all()
    leads = {row.article_id: row.source_id for row in rows}
    return HeldCounts(len(leads), Counter(leads.values()), Counter(row.destination_id for row in rows))


def decisions(connection: Connection, article_id: int, limit: int) -> list[DecisionRow]:
    """Everything decided about an article, newest first."""
    rows = connection.execute(
        sa.select(decision, destination.c.key)
        .join(destination, destination.c.id == decision.c.destination_id)
        .where(decision.c.article_id == article_id)
        .order_by(decision.c.id.desc())
        .limit(limit)
    )
    return [DecisionRow(row.key, row.version, read_decision(row), row.decided_at) for row in rows]
