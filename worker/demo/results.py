"""What the demonstration tells of the road: counts and times, read from the database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState
from worker.model.feed import ParsedEntry
from worker.store.declared import destination, source
from worker.store.engine import Database
from worker.store.nearby import nearness
from worker.store.pack import unpack
from worker.store.schema import article, decision, delivery, entry, resource, revision


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source: ``new`` articles it brought first, ``revised`` revisions of known entries, ``duplicate`` entries that
    joined an article we had, ``held`` articles of its that wait for a person."""

    key: str
    polls: int
    new: int
    revised: int
    duplicate: int
    held: int


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """One destination: accepted deliveries by action. ``latency`` is fetch → accepted in seconds: (median, worst)."""

    key: str
    kind: str
    published: int
    updated: int
    retracted: int
    latency: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Copied:
    """One copy of an article: the key of its source, and what joined it (None: it came first)."""

    source: str
    joined_by: str | None


class Ledger:
    """Reads the demonstration's database."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def close(self) -> None:
        self._database.close()

    def ready(self) -> bool:
        """Whether the catalogue is in force."""
        with self._database.read() as connection:
            if not sa.inspect(connection).has_table("source"):
                return False
            return bool(connection.execute(sa.select(sa.func.count()).select_from(source)).scalar_one())

    def entries(self) -> int:
        return self._count(sa.select(sa.func.count()).select_from(entry))

    def articles(self) -> int:
        return self._count(sa.select(sa.func.count()).select_from(article))

    def accepted(self, key: str) -> int:
        """Deliveries that ``destination`` accepted."""
        query = sa.select(sa.func.count()).select_from(delivery.join(destination, _to_destination))
        return self._count(query.where(destination.c.key == key, delivery.c.state == DeliveryState.ACCEPTED.value))

    def open_deliveries(self) -> int:
        states = [DeliveryState.DUE.value, DeliveryState.SENDING.value]
        return self._count(sa.select(sa.func.count()).select_from(delivery).where(delivery.c.state.in_(states)))

    def held(self) -> set[str]:
        """Titles of the articles that some destination's newest decision holds."""
        newest = sa.select(sa.func.max(decision.c.id)).group_by(decision.c.article_id, decision.c.destination_id)
        query = sa.select(article.c.title).join(decision, decision.c.article_id == article.c.id)
        with self._database.read() as connection:
            return set(
                connection.execute(
                    query.where(decision.c.id.in_(newest), decision.c.use == Use.HOLD.value).distinct()
                ).scalars()
            )

    def reasons(self, title: str) -> set[str]:
        """Reason codes of every decision about the article called ``title``."""
        query = sa.select(decision.c.reasons).join(article, article.c.id == decision.c.article_id)
        with self._database.read() as connection:
            found = connection.execute(query.where(article.c.title == title)).scalars().all()
        return {reason for reasons in found for reason in re.split(r"[\s,]+", reasons) if reason}

    def article_of(self, title: str) -> UUID | None:
        query = sa.select(article.c.uuid).where(article.c.title == title)
        with self._database.read() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return UUID(found) if found else None

    def copies(self, title: str) -> list[Copied]:
        """The entries of the article called ``title``, in the order in which they came."""
        query = (
            sa.select(source.c.key, entry.c.joined_by)
            .join(source, source.c.id == entry.c.source_id)
            .join(article, article.c.id == entry.c.article_id)
            .where(article.c.title == title)
            .order_by(entry.c.id)
        )
        with self._database.read() as connection:
            return [Copied(row.key, row.joined_by) for row in connection.execute(query)]

    def verdict(self, title: str) -> str | None:
        """What the entry that made the article called ``title`` was found to be."""
        query = (
            sa.select(nearness.c.verdict)
            .join(article, article.c.lead_id == nearness.c.entry_id)
            .where(article.c.title == title)
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def statements(self, title: str) -> list[str]:
        """What the page of the article called ``title`` states on reuse and liability, word for word."""
        query = (
            sa.select(revision.c.document)
            .join(entry, entry.c.id == revision.c.entry_id)
            .join(article, article.c.id == entry.c.article_id)
            .where(article.c.title == title)
        )
        with self._database.read() as connection:
            documents = connection.execute(query).scalars().all()
        return [one.text for document in documents for one in unpack(ParsedEntry, document).statements]

    def sources(self) -> list[SourceRow]:
        held = self._held_by_source()
        with self._database.read() as connection:
            polls = dict(
                connection.execute(
                    sa.select(resource.c.source_id, sa.func.sum(resource.c.polls)).group_by(resource.c.source_id)
                ).all()
            )
            entries = connection.execute(sa.select(entry.c.source_id, entry.c.revision, entry.c.joined_by)).all()
            rows = connection.execute(sa.select(source.c.id, source.c.key).order_by(source.c.position)).all()
        return [
            SourceRow(
                key=row.key,
                polls=int(polls.get(row.id) or 0),
                new=sum(one.source_id == row.id and one.joined_by is None for one in entries),
                revised=sum(one.revision - 1 for one in entries if one.source_id == row.id),
                duplicate=sum(one.source_id == row.id and one.joined_by is not None for one in entries),
                held=held.get(row.id, 0),
            )
            for row in rows
        ]

    def destinations(self) -> list[DestinationRow]:
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(destination.c.id, destination.c.key, destination.c.kind).order_by(destination.c.position)
            ).all()
            done = connection.execute(
                sa.select(
                    delivery.c.destination_id, delivery.c.action, delivery.c.visible_at, delivery.c.finished_at
                ).where(delivery.c.state == DeliveryState.ACCEPTED.value)
            ).all()
        return [
            _destination_row(row.key, row.kind, [one for one in done if one.destination_id == row.id]) for row in rows
        ]

    def _held_by_source(self) -> Mapping[int, int]:
        newest = sa.select(sa.func.max(decision.c.id)).group_by(decision.c.article_id, decision.c.destination_id)
        query = (
            sa.select(entry.c.source_id, sa.func.count(article.c.id.distinct()))
            .select_from(
                article.join(entry, entry.c.id == article.c.lead_id).join(
                    decision, decision.c.article_id == article.c.id
                )
            )
            .where(decision.c.id.in_(newest), decision.c.use == Use.HOLD.value)
            .group_by(entry.c.source_id)
        )
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def _count(self, query: sa.Select[int]) -> int:
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()


_to_destination = destination.c.id == delivery.c.destination_id


def _destination_row(key: str, kind: str, done: list[Any]) -> DestinationRow:
    actions = [one.action for one in done]
    waits = [(one.finished_at - one.visible_at).total_seconds() for one in done if one.visible_at and one.finished_at]
    return DestinationRow(
        key=key,
        kind=kind,
        published=actions.count(Action.PUBLISH.value),
        updated=actions.count(Action.UPDATE.value),
        retracted=actions.count(Action.RETRACT.value),
        latency=(median(waits), max(waits)) if waits else None,
    )
