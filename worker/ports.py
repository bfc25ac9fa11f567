"""What pipelines and the web face ask of the outside: protocols only, each with one real implementation and a fake."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from worker.model.catalog import Channel, Destination, Operator, Source
from worker.model.delivery import Release, Withdrawal
from worker.model.dispatch import Gate, Shelved
from worker.model.feed import Found, ParsedEntry
from worker.model.fetch import Lane, Outcome
from worker.model.flood import Standing
from worker.model.ingest import Finished, Identified, Known, Order, Prepared, Ruling, Stored, Story, VersionRow
from worker.model.media import CheckedMedia, HostedMedia, MediaChange
from worker.model.nearness import Filed, Question
from worker.model.polling import LeasedSnapshot, SnapshotClaim
from worker.model.repair import Carrier, Parting
from worker.model.stops import Stop

Clock = Callable[[], datetime]
"""Now, as aware UTC."""


class Http(Protocol):
    """The network, as synchronous code sees it (``worker.http.client.Http``)."""

    def stream(
        self, refill: Callable[[int], Sequence[Lane]], *, slots: int, spare: int = 0, idle: float = 0.25
    ) -> Iterator[list[Outcome]]: ...


class Hints(Protocol):
    """Knocks on the next stage's door. Losing one costs time, never an article: the tick knocks again."""

    def poll(self) -> None: ...

    def ingest(self, snapshot: int, source: str) -> None: ...

    def deliver(self, destination: str) -> None: ...

    def recheck(self) -> None: ...

    def reindex(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One article at one local destination: shown (``release``) or retracted (``withdrawal``), never both."""

    article: UUID
    release: Release | None
    withdrawal: Withdrawal | None
    changed: datetime


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """Rows of one channel, newest first. ``generation`` grows with every change of the destination's shelf;
    ``older`` is the cursor of the next page or None."""

    rows: tuple[ShelfRow, ...]
    generation: int
    older: str | None


class Shelf(Protocol):
    """What the local destinations show. Readers see committed rows only."""

    def operator(self) -> Operator: ...

    def destinations(self) -> tuple[Destination, ...]:
        """The active ones that readers look at (kinds ``feed`` and ``portal``), in catalogue order."""
        ...

    def channels(self) -> tuple[Channel, ...]:
        """All channels in catalogue order; retired ones left out."""
        ...

    def generation(self, destination: str) -> int:
        """Cheap: for ETag and 304 before anything is rendered."""
        ...

    def page(
        self, destination: str, channel: str, *, limit: int, cursor: str | None = None, withdrawn: bool = False
    ) -> ShelfPage:
        """``withdrawn`` adds the retracted rows (feeds show their traces, pages do not)."""
        ...

    def row(self, destination: str, article: UUID) -> ShelfRow | None: ...

    def related(self, destination: str, article: UUID, limit: int) -> tuple[ShelfRow, ...]:
        """Articles shown there that are near this one without being it, newest first; of another source two."""
        ...

    def merged_into(self, article: UUID) -> UUID | None:
        """The article that a person merged this one into; None for one that stands for itself."""
        ...


@dataclass(frozen=True, slots=True)
class Puller:
    """A destination that a partner pulls from; ``retired``: it has left the catalogue."""

    destination: Destination
    retired: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an article at a destination. ``seq`` only grows, over all destinations."""

    seq: int
    destination: str
    subject: Release | Withdrawal


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes in order. ``newest`` is the last number given to anybody; ``more``: there are further ones by now."""

    changes: tuple[Change, ...]
    newest: int
    more: bool


class Changes(Protocol):
    """What partners pull."""

    def pullers(self) -> tuple[Puller, ...]:
        """In catalogue order, with those that left the file."""
        ...

    def page(self, destinations: Sequence[str], since: int, limit: int) -> ChangePage:
        """The changes after ``since`` at these destinations, at most ``limit`` of them, fewer where texts are long."""
        ...


class Copies(Protocol):
    """Our copies of pictures and files, as readers get them."""

    def find(self, article: UUID, key: bytes) -> HostedMedia | None:
        """The copy, if the article uses it and is live; for an article that was taken down, only that it was."""
        ...

    def read(self, key: bytes) -> bytes | None: ...


class Learnt(Protocol):
    """Which sentences belong to a site and not to its articles (``identity.near.furniture``)."""

    def known(self, host: str, marks: Sequence[int]) -> set[int]:
        """The positions among ``marks`` (one a sentence) that are furniture on that host."""
        ...

    def learn(
        self, host: str, sentences: Iterable[tuple[int, str]], title: frozenset[str], article: str, now: datetime | None
    ) -> None:
        """Take the sentences (mark, words) of one text of ``article`` into account."""
        ...


class NearIndex(Protocol):
    """What recognising asks of a store. Keys of one article are filed once: its copies add only new ones."""

    def exact(self, key: bytes) -> Filed | None:
        """The first text filed under that exact key."""
        ...

    def candidates(self, question: Question, most: int) -> Sequence[Filed]:
        """Texts with a key that is asked for, those of most promise first; none without any."""
        ...

    def pillars(self, article: str) -> Sequence[Filed]:
        """The first text of an article, its fullest, its briefest if that is a piece of it, and the one it shows; each
        once."""
        ...

    def add(self, filed: Filed) -> None: ...


class Nearby(Protocol):
    """What a store gives for recognising some texts together."""

    def furniture(self, hosts: Iterable[str]) -> Learnt:
        """What was learnt of these hosts."""
        ...

    def index(self, questions: Sequence[Question]) -> NearIndex:
        """An index that answers these."""
        ...

    def shown(self, article: int) -> Filed | None:
        """The text that an article shows."""
        ...


class Moves(Protocol):
    """What a store gives for recognising a source that moved (``pipeline.screen``), within a transaction of ingest."""

    def last_read(self, source_id: int) -> datetime | None:
        """When the source last brought something new, else when it was first read."""

    def standing(self, source_id: int, limit: int) -> list[Standing]:
        """The source's newest entries, removed ones too."""

    def known(self, source_id: int, keys: Collection[bytes]) -> set[bytes]:
        """Those of the keys that name an entry of the source or an address it led to."""

    def documents(self, entries: Iterable[int]) -> dict[int, ParsedEntry]:
        """Entries as they are now, by id."""

    def name(self, names: Sequence[tuple[int, bytes, int]], *, instead: bool = False) -> None:
        """Write down further names (source, key, entry). An entry with very many gets no more, or has them instead."""

    def adopt(self, digests: Sequence[tuple[int, bytes, bytes]]) -> None:
        """Let entries be known by these digests of content and terms: (entry, content, terms)."""

    def file(self, keys: Sequence[tuple[bytes, int]]) -> None:
        """Let live articles be joined by these keys: (key, article)."""

    def begin(self, resource_id: int, line: datetime) -> None:
        """A document of this resource is taken in as a flood, until it is ingested whole."""

    def mark(self, source_id: int, lines: Mapping[bytes, datetime]) -> None:
        """Note up to which date pages are old, by the keys of their addresses."""

    def end_pages(self, source_id: int, keys: Collection[bytes], *, but: int) -> None:
        """Ask for the articles' pages at these addresses no more, except for the resource ``but``."""

    def remark(self, source_id: int, words: str) -> None:
        """Have a person look at the source, unless it asks for that already."""

    def missing(self, source_id: int, since: datetime) -> tuple[int, int]:
        """(entries whose page went missing since then, pages that are followed)."""

    def removed(self, source_id: int, since: datetime) -> int:
        """How many entries the source took away since then."""

    def let_go(self, articles: Collection[int]) -> list[int]:
        """Take these articles off what is held back; those that were on it."""


class Work(Protocol):
    """One write transaction about articles (``worker.store.work.Work``), under the lock that makes two copies
    arriving together one article."""

    def held(self, claims: Sequence[SnapshotClaim]) -> frozenset[int]:
        """The ids of those whose lease is still their claim's."""
        ...

    def finish(self, finished: Sequence[Finished], now: datetime) -> None:
        """These are ingested whole. Raises LeaseLost when one of them is not leased to its claim any more."""
        ...

    def claim_next(self, now: datetime, *, lease: str, until: datetime, limit: int) -> list[LeasedSnapshot]:
        """Lease the oldest snapshots that wait: they are ours once this transaction is committed."""
        ...

    def lead_on(self, claim: SnapshotClaim, found: Sequence[Found], source: Source, now: datetime) -> int:
        """Write down the addresses a document leads to; how many are new or to be asked again."""
        ...

    def keep_part(self, claim: SnapshotClaim, part: ParsedEntry, now: datetime) -> None:
        """Keep what a later page of an article holds; when it is news, the article is read again."""
        ...

    def keep_media(self, claim: SnapshotClaim, found: CheckedMedia, now: datetime) -> bool:
        """Keep a picture or file, or why not; the articles that wait for it are to be decided about again. False when
        nobody wants it any more."""
        ...

    def mark_missing(self, source_id: int, keys: Iterable[bytes], missing_at: datetime | None) -> list[int]:
        """Note that the pages of these entries are not there any more (None: they are back); the articles whose
        entries that changes."""
        ...

    def known(self, prepared: Sequence[Prepared]) -> Known: ...

    def nearby(self) -> Nearby: ...

    def moves(self) -> Moves: ...

    def repairs(self) -> Repairs: ...

    def write_entries(self, identified: Sequence[Identified], now: datetime) -> list[Stored]: ...

    def stories(self, ids: Iterable[int]) -> list[Story]: ...

    def article(self, uuid: UUID) -> int: ...

    def entries_of(self, source_id: int, keys: Iterable[bytes]) -> dict[bytes, tuple[int, int]]: ...

    def live_entries(self, source_id: int) -> int: ...

    def remove_entries(self, entries: Iterable[int], now: datetime) -> None: ...

    def bury(
        self, article: int, *, reason: str, by: str, note: str | None, now: datetime, scope: int | None = None
    ) -> None: ...

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
    ) -> None: ...

    def correct(
        self, article: int, values: dict[str, str | datetime], undo: Iterable[str], *, by: str, note: str, now: datetime
    ) -> None:
        """Put corrections in force, by the names of ``Fixes``, and lift those of ``undo``."""
        ...

    def stops(self, now: datetime) -> tuple[Stop, ...]: ...

    def due_local(self, now: datetime, gate: Gate, limit: int) -> list[tuple[int, str]]: ...

    def cancel_waiting(self, pairs: Iterable[tuple[int, str]], detail: str, now: datetime) -> None: ...

    def take_recheck(self, limit: int) -> list[int]: ...

    def queue_expired(self, now: datetime) -> None: ...

    def note(
        self, *, by: str, verb: str, target: str, note: str | None, now: datetime, detail: object = None
    ) -> None: ...

    def raise_attention(self, source_id: int, words: str | None) -> None: ...


class Repairs(Protocol):
    """Which entries are one article, as people say; within a ``Work``."""

    def article_of(self, entry_id: int) -> int:
        """The article of an entry. Raises NotFound."""
        ...

    def parting(self, article_id: int) -> Parting:
        """What a split asks of an article beside its story."""
        ...

    def carriers(self, article_id: int) -> list[Carrier]:
        """Every entry of an article, the earliest first."""
        ...

    def found_by_text(self, article_id: int) -> set[int]:
        """Those of its entries whose texts later ones are recognised by."""
        ...

    def merge(self, other: int, into: int, *, media_too: bool) -> None:
        """Make ``other`` a part of ``into``: its entries, keys and channels, and with ``media_too`` its pictures."""
        ...

    def begin(self, entry_id: int, old: int, keys: Iterable[bytes], title: str, now: datetime) -> tuple[int, UUID]:
        """Let an entry of ``old`` begin an article, which ``keys`` lead to from now on; its id and uuid."""
        ...

    def lead(self, article_id: int, entry_id: int) -> None:
        """Who leads an article of which no version is written now."""
        ...

    def share_media(self, giver: int, taker: int) -> None: ...

    def forget_media(self, article_id: int) -> None: ...

    def refile(self, filed: Sequence[Filed], now: datetime) -> None:
        """Recognise later texts by these, as parts of their articles, whatever was kept of them before."""
        ...

    def hasten(self, article_id: int, keys: Sequence[str], now: datetime) -> None:
        """Let what waits of an article at these destinations go now."""
        ...


class Works(Protocol):
    """Opens write transactions about articles."""

    def open(self) -> AbstractContextManager[Work]: ...


class Heartbeats(Protocol):
    """When each part last said it lives; and whether the database answers."""

    def beat(self, name: str, at: datetime) -> None: ...

    def last(self) -> dict[str, datetime]: ...
