"""One write transaction of ingest, settle, withdraw or review: everything about articles inside one commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker.errors import NotFound
from worker.model import catalog
from worker.model.dispatch import Gate, Shelved
from worker.model.feed import Found, ParsedEntry
from worker.model.ingest import Finished, Identified, Known, Order, Prepared, Ruling, Stored, Story, VersionRow
from worker.model.media import CheckedMedia, MediaChange
from worker.model.polling import LeasedSnapshot, SnapshotClaim
from worker.model.stops import Stop
from worker.store import (
    acts,
    articles,
    claims,
    corrections,
    media,
    near,
    related,
    repair,
    resources,
    shelf,
    snapshots,
    stops,
    stories,
    tombstones,
)
from worker.store import moves as move_store
from worker.store import orders as order_store
from worker.store.catalogue import CatalogueStore, Ids, Loaded
from worker.store.declared import source
from worker.store.engine import INGEST_LOCK, Database
from worker.store.schema import article


class StoreWork:
    """What may be read and written about articles within the open transaction."""

    def __init__(self, database: Database, connection: Connection, catalogue: CatalogueStore) -> None:
        self._database, self._connection, self._catalogue = database, connection, catalogue
        self._known: Loaded | None = None
        self._nearby = near.StoredNearby(connection)

    @property
    def _loaded(self) -> Loaded:
        """Looked up when first needed: most snapshots of a day bring nothing that goes anywhere."""
        if self._known is None:
            self._known = self._catalogue.loaded_in(self._connection)
            if self._known is None:
                raise NotFound("no catalogue is in force; run: newsroad apply")
        return self._known

    @property
    def _ids(self) -> Ids:
        return self._loaded.ids

    def held(self, claims: Sequence[SnapshotClaim]) -> frozenset[int]:
        return snapshots.held(self._connection, claims)

    def finish(self, finished: Sequence[Finished], now: datetime) -> None:
        snapshots.finish(self._connection, finished, now)

    def claim_next(self, now: datetime, *, lease: str, until: datetime, limit: int) -> list[LeasedSnapshot]:
        return snapshots.claim(self._connection, now, lease=lease, until=until, limit=limit)

    def lead_on(self, claim: SnapshotClaim, found: Sequence[Found], source: catalog.Source, now: datetime) -> int:
        return resources.lead_on(self._database, self._connection, claim, found, source, now)

    def keep_part(self, claim: SnapshotClaim, part: ParsedEntry, now: datetime) -> None:
        resources.keep_part(self._connection, claim, part, now)

    def keep_media(self, claim: SnapshotClaim, found: CheckedMedia, now: datetime) -> bool:
        """Keep a picture or file, or why not; the articles that wait for it are to be decided about again. False when
        nobody wants it any more."""
        kept = media.keep(self._connection, claim, found, now)
        if kept:
            stories.queue_recheck(self._database, self._connection, media.users(claim.own_url))
        return kept

    def mark_missing(self, source_id: int, keys: Iterable[bytes], missing_at: datetime | None) -> list[int]:
        return articles.mark_missing(self._connection, source_id, keys, missing_at)

    def known(self, prepared: Sequence[Prepared]) -> Known:
        return articles.known(self._connection, prepared)

    def nearby(self) -> near.StoredNearby:
        """What texts are recognised by that are nearly the same."""
        return self._nearby

    def repairs(self) -> repair.StoredRepairs:
        """What people say of which entries are one article."""
        return repair.StoredRepairs(self._database, self._connection, self._nearby)

    def moves(self) -> move_store.StoredMoves:
        """What a source that moved is recognised by."""
        return move_store.StoredMoves(self._connection)

    def write_entries(self, identified: Sequence[Identified], now: datetime) -> list[Stored]:
        stored = articles.write_entries(self._connection, identified, now)
        near.write_near(self._nearby, stored, now)
        related.write_translations(self._connection, stored, now)
        return stored

    def stories(self, ids: Iterable[int]) -> list[Story]:
        wanted = list(ids)
        if wanted and not self._database.sqlite:  # whose writers are one at a time
            order_store.lock_due(self._connection, wanted)
        return stories.load(self._connection, wanted, self._loaded.floor) if wanted else []

    def article(self, uuid: UUID) -> int:
        """The id behind a public one. Raises NotFound."""
        found = articles.find_article(self._connection, uuid)
        if found is None:
            raise NotFound(f"no article has the id {uuid}")
        return found

    def entries_of(self, source_id: int, keys: Iterable[bytes]) -> dict[bytes, tuple[int, int]]:
        """(entry, article) of the source's live entries known by these aliases."""
        return tombstones.entries_of(self._connection, source_id, keys)

    def live_entries(self, source_id: int) -> int:
        return tombstones.live_entries(self._connection, source_id)

    def remove_entries(self, entries: Iterable[int], now: datetime) -> None:
        tombstones.remove_entries(self._connection, entries, now)

    def bury(
        self, article: int, *, reason: str, by: str, note: str | None, now: datetime, scope: int | None = None
    ) -> None:
        tombstones.bury(self._connection, article, reason=reason, by=by, note=note, now=now, scope=scope)

    def write(
        self,
        *,
        versions: Sequence[VersionRow],
        placements: Sequence[tuple[int, str]],
        rulings: Sequence[Ruling],
        orders: Sequence[Order],
        shelved: Sequence[Shelved],
        media_changes: Sequence[MediaChange] = (),
        now: datetime,
    ) -> None:
        """Write what settling decided: versions first, deliveries and shelves last."""
        stories.write_versions(self._connection, versions, now)
        if not (placements or rulings or orders or shelved or media_changes):
            return
        stories.write_placements(self._connection, placements, self._ids.channels)
        stories.write_rulings(self._connection, rulings, self._ids.destinations, now)
        order_store.write(self._connection, orders, self._ids.destinations, now)
        shelf.write(self._database, self._connection, shelved, self._ids.destinations, now)
        for wish in media_changes:
            if media.change(self._database, self._connection, wish, self._ids.sources[wish.source], now):
                mine = sa.select(article.c.id).where(article.c.id == wish.article)
                stories.queue_recheck(self._database, self._connection, mine)

    def correct(
        self, article: int, values: dict[str, str | datetime], undo: Iterable[str], *, by: str, note: str, now: datetime
    ) -> None:
        corrections.change(self._connection, article, values, undo, by=by, note=note, now=now)

    def stops(self, now: datetime) -> tuple[Stop, ...]:
        """The stops in force."""
        return stops.read(self._connection, now)

    def due_local(self, now: datetime, gate: Gate, limit: int) -> list[tuple[int, str]]:
        """Up to ``limit`` due deliveries of the local destinations, as (article, destination), that ``gate`` lets
        go."""
        return claims.local_due(self._connection, now, gate, limit)

    def cancel_waiting(self, pairs: Iterable[tuple[int, str]], detail: str, now: datetime) -> None:
        """Write off what waits for these (article, destination)."""
        order_store.cancel(self._connection, [(one, self._ids.destinations[key]) for one, key in pairs], detail, now)

    def take_recheck(self, limit: int) -> list[int]:
        return stories.take_recheck(self._connection, limit)

    def queue_expired(self, now: datetime) -> None:
        stories.queue_expired(self._database, self._connection, now)

    def note(self, *, by: str, verb: str, target: str, note: str | None, now: datetime, detail: object = None) -> None:
        """One audited row for every human act."""
        acts.record(self._connection, by=by, verb=verb, target=target, note=note, now=now, detail=detail)

    def raise_attention(self, source_id: int, words: str | None) -> None:
        """What a person should look at, shown by ``status`` and ``source list``; None clears it."""
        self._connection.execute(sa.update(source).where(source.c.id == source_id).values(attention=words))


class StoreWorks:
    """Opens them."""

    def __init__(self, database: Database, catalogue: CatalogueStore) -> None:
        self._database, self._catalogue = database, catalogue

    @contextmanager
    def open(self) -> Iterator[StoreWork]:
        """A transaction under the ingest lock, committed on leaving, undone by an exception."""
        with self._database.write(lock=INGEST_LOCK) as connection:
            yield StoreWork(self._database, connection, self._catalogue)
