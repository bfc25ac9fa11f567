"""What people ask: where is this article, what did that destination get, what waits for me."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from worker.errors import NotFound
from worker.identity.near.furniture import Furniture
from worker.model.delivery import DeliveryState
from worker.model.feed import Role
from worker.model.flood import HeldBack
from worker.model.ingest import Current, Story
from worker.model.nearness import EntryText, NearRow
from worker.model.overview import (
    ArticleFacts,
    ArticleRow,
    DecisionRow,
    DeliveryRow,
    DestinationRow,
    Overview,
    PollState,
    ReceiptRow,
    SnapshotRow,
    SourceRow,
    WaitingRow,
)
from worker.model.polling import SnapshotClaim
from worker.model.repair import Parting
from worker.model.review import ANY, ActFilter, ActRow, Baseline, HeldFilter, HeldRow
from worker.model.text import ArticleText, TextFilter
from worker.store import (
    acts,
    media,
    moves,
    people_articles,
    people_channels,
    people_find,
    people_grants,
    people_near,
    people_overview,
    people_reviews,
    people_texts,
    repair,
    stories,
)
from worker.store.engine import Database
from worker.store.schema import receipt, resource, snapshot


class People:
    """Reading for commands and pages; every list is bounded and newest first unless it says otherwise."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def overview(self, now: datetime, since: datetime) -> Overview:
        """The whole installation on one screen; counts of the window begin at ``since``."""
        with self.database.read() as connection:
            return people_overview.overview(connection, now, since)

    def source(self, key: str, now: datetime, since: datetime) -> SourceRow:
        """One source. Raises NotFound for a key that is not in the catalogue."""
        with self.database.read() as connection:
            rows = people_overview.sources(connection, now, since, key)
        if not rows:
            raise NotFound(f"no source is called {key}; see: newsroad source list")
        return rows[0]

    def polled(self, source_key: str) -> PollState:
        """How a source's polls stand: cheap, for waiting on one. Raises NotFound."""
        with self.database.read() as connection:
            found = people_overview.polled(connection, source_key)
        if found is None:
            raise NotFound(f"no source is called {source_key}; see: newsroad source list")
        return found

    def snapshots(self, source_key: str, limit: int) -> list[SnapshotRow]:
        """The last bodies fetched for a source."""
        with self.database.read() as connection:
            return people_overview.snapshots(connection, source_key, limit)

    def held_back(self, source_key: str) -> list[HeldBack]:
        """What of a source came with a flood and waits for a person, newest first. Raises NotFound."""
        self.polled(source_key)
        with self.database.read() as connection:
            return moves.held_back(connection, source_key)

    def pages(self, source_key: str, limit: int) -> list[SnapshotClaim]:
        """The last article pages read for a source, newest first, as far as their bytes are still kept (7 days)."""
        with self.database.read() as connection:
            return people_overview.pages(connection, source_key, limit)

    def destinations(self, since: datetime) -> list[DestinationRow]:
        """Every destination in catalogue order, retired ones last."""
        with self.database.read() as connection:
            return people_overview.destinations(connection, since)

    def destination(self, key: str, since: datetime) -> DestinationRow:
        """One destination, retired or not. Raises NotFound."""
        with self.database.read() as connection:
            rows = people_overview.destinations(connection, since, key)
        if not rows:
            raise NotFound(f"no destination is called {key}; see: newsroad destination list")
        return rows[0]

    def named(self, text: str) -> list[ArticleRow]:
        """The articles that an id, the beginning of one or an address names (``people_find.article_ids``)."""
        with self.database.read() as connection:
            return people_find.rows(connection, people_find.article_ids(connection, text))

    def titled(self, words: Sequence[str], limit: int) -> list[ArticleRow]:
        """Articles with all these words in the title."""
        with self.database.read() as connection:
            return people_find.by_words(connection, words, limit)

    def article(self, uuid: UUID) -> ArticleFacts:
        """Everything about one article. Raises NotFound."""
        with self.database.read() as connection:
            return people_articles.facts(connection, people_find.article_id(connection, uuid))

    def near(self, uuid: UUID) -> list[NearRow]:
        """What an article's entries were found to be, and entries of others against it. Raises NotFound."""
        with self.database.read() as connection:
            return people_near.of_article(connection, people_find.article_id(connection, uuid))

    def entry_texts(self, *entries: int) -> tuple[list[EntryText], Furniture]:
        """The texts of entries, and what was learnt of the hosts they stand on. Raises NotFound."""
        with self.database.read() as connection:
            found = [people_near.text(connection, each) for each in entries]
            return found, people_near.furniture(connection, [each.host for each in found])

    def entry(self, text: str) -> list[int]:
        """The ids of entries that ``text``, an id, a link or a guid, names."""
        with self.database.read() as connection:
            return people_find.entry_ids(connection, text)

    def home(self, entry_id: int) -> tuple[ArticleFacts, Parting]:
        """The article of an entry, with what splitting it off asks. Raises NotFound."""
        with self.database.read() as connection:
            article_id = repair.article_of(connection, entry_id)
            return people_articles.facts(connection, article_id), repair.parting(connection, article_id)

    def article_deliveries(self, uuid: UUID) -> list[DeliveryRow]:
        """An article's deliveries, by destination and sequence. Raises NotFound."""
        with self.database.read() as connection:
            return people_articles.of_article(connection, people_find.article_id(connection, uuid))

    def decisions(self, uuid: UUID, limit: int) -> list[DecisionRow]:
        """Everything decided about an article. Raises NotFound."""
        with self.database.read() as connection:
            return people_reviews.decisions(connection, people_find.article_id(connection, uuid), limit)

    def routed_since(self, since: datetime, limit: int) -> list[int]:
        """Ids of the newest live articles that came since then and were ever sent on, newest first."""
        with self.database.read() as connection:
            return people_texts.ids(connection, TextFilter(since), limit)

    def hanging(self, ends: Mapping[str, datetime], now: datetime) -> dict[str, int]:
        """How many live articles hang on grants, by key; ``ends`` is when they end."""
        with self.database.read() as connection:
            return people_grants.hanging(connection, ends, now)

    def channel_counts(self, since: datetime) -> dict[str, int]:
        """How many live articles came since then, by the key of their channels."""
        with self.database.read() as connection:
            return people_channels.counts(connection, since)

    def in_channel(self, key: str, limit: int) -> list[ArticleRow]:
        """The newest live articles in a channel."""
        with self.database.read() as connection:
            return people_find.rows(connection, people_channels.newest(connection, key, limit))

    def texts(self, wanted: TextFilter, limit: int, *, below: int | None = None) -> list[ArticleText]:
        """Up to ``limit`` live articles of ``wanted`` with their texts and ids ``below``, newest first."""
        with self.database.read() as connection:
            return people_texts.texts(connection, wanted, limit, below=below)

    def stories(self, ids: Sequence[int]) -> list[Story]:
        """The stories of these articles, for looking ahead without writing."""
        with self.database.read() as connection:
            return stories.load(connection, ids)

    def deliveries(
        self,
        limit: int,
        *,
        destination: str | None = None,
        states: Sequence[DeliveryState] = (),
        since: datetime | None = None,
    ) -> list[DeliveryRow]:
        """Deliveries to one destination or all, in some states or any."""
        with self.database.read() as connection:
            return people_articles.deliveries(connection, limit, only=destination, states=states, since=since)

    def waiting(self, destination: str, limit: int) -> list[WaitingRow]:
        """What waits for a destination, in the order in which it goes."""
        with self.database.read() as connection:
            return people_articles.waiting(connection, destination, limit)

    def delivery_named(self, text: str) -> list[DeliveryRow]:
        """Deliveries whose id is, or begins with, ``text``."""
        with self.database.read() as connection:
            return people_articles.by_id(connection, text)

    def receipts(self, delivery: UUID) -> list[ReceiptRow]:
        """What came back of a delivery's attempts, the first one first."""
        with self.database.read() as connection:
            return people_articles.receipts(connection, delivery)

    def held(self, limit: int, wanted: HeldFilter = ANY) -> list[HeldRow]:
        """What waits for a person's word, oldest first."""
        with self.database.read() as connection:
            return people_reviews.held(connection, limit, wanted)

    def baseline(self, uuid: UUID, below: int, only: str | None = None) -> tuple[Baseline, Current] | None:
        """The last version before ``below`` that was approved or sent (``only`` to one destination), with its text."""
        with self.database.read() as connection:
            article = people_find.article_id(connection, uuid)
            found = people_reviews.baseline(connection, article, below, only)
            if found is None:
                return None
            return found, stories.currents(connection, [(article, found.version)])[article, found.version]

    def acts(self, limit: int, *, wanted: ActFilter) -> list[ActRow]:
        """What people did."""
        with self.database.read() as connection:
            return acts.listed(connection, limit, wanted)

    def prune_snapshots(self, *, done_before: datetime, quarantined_before: datetime, limit: int) -> int:
        old = (
            sa.select(snapshot.c.id)
            .where(
                sa.or_(
                    sa.and_(snapshot.c.state == "done", snapshot.c.ingested_at < done_before),
                    sa.and_(snapshot.c.state == "quarantined", snapshot.c.fetched_at < quarantined_before),
                )
            )
            .limit(limit)
        )
        with self.database.write() as connection:
            ids = list(connection.execute(old).scalars())
            connection.execute(sa.delete(snapshot).where(snapshot.c.id.in_(ids)))
        return len(ids)

    def prune_pages(self, read_before: datetime, limit: int) -> int:
        """Pages that are followed no longer: their entries and their listing's memory keep them from coming back."""
        over = (
            sa.select(resource.c.id)
            .where(
                resource.c.due_at.is_(None),
                resource.c.polled_at < read_before,
                resource.c.role.in_((Role.ARTICLE.value, Role.PART.value, Role.MEDIA.value)),
                ~sa.exists().where(snapshot.c.resource_id == resource.c.id),
            )
            .limit(limit)
        )
        with self.database.write() as connection:
            ids = list(connection.execute(over).scalars())
            connection.execute(sa.delete(resource).where(resource.c.id.in_(ids)))
        return len(ids)

    def prune_media(self, limit: int) -> int:
        with self.database.write() as connection:
            return media.prune(connection, limit)

    def prune_answers(self, before: datetime, limit: int) -> int:
        old = sa.select(receipt.c.id).where(receipt.c.at < before, receipt.c.excerpt.is_not(None)).limit(limit)
        with self.database.write() as connection:
            ids = list(connection.execute(old).scalars())
            connection.execute(sa.update(receipt).where(receipt.c.id.in_(ids)).values(excerpt=None))
        return len(ids)
